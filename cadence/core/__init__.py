"""The on-device core: code in the kernel subset, compiled for host, pod and web page alike."""
