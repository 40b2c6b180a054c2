"""`coach routine`: guided and counted exercises."""
