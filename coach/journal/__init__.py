"""What is kept of every run, in one SQLite file that only the runner can read."""
