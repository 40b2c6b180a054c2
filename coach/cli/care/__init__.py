"""`coach pain`, `today` and `why`."""
