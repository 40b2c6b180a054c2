"""The phone page: the coach in a browser, and what serves it."""
