"""`coach journal`: the list of runs, and everything in or out."""
