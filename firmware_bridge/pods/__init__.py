"""The kinds of pod: what to write to them, and what their packets mean."""
