"""What the runner hears: ticks, earcons and spoken lines, and where they go."""
