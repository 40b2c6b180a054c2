"""What a pod is called on the command line, and links to it; `coach pods`."""
