"""`coach report` and `export`: a run of the journal in other forms."""
