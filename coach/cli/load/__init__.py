"""`coach load`: what the runs ask of the body."""
