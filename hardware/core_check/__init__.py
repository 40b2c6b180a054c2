"""Is the on-device core the same everywhere? Samples go through it on every route; each word must agree."""
