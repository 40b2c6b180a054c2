"""The commands of `coach`. Nothing imports this package; it may import everything."""
