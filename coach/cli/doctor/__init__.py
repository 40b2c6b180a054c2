"""`coach doctor`: what this machine lacks."""
