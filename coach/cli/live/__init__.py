"""`coach run` and `record`: a pod followed while the run goes on."""
