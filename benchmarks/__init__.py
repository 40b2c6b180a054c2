"""How good and how fast it is: run from the repository's root with `python -m benchmarks`."""
