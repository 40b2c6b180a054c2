"""What a run is planned to be: running and walking by turns, and no more than a tenth beyond the longest."""
