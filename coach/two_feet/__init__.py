"""Two pods in one run, one on each foot: which of them counts, on which clock, and how they differ."""
