"""`coach replay`: a recording gone through again."""
