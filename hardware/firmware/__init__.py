"""The pod's firmware: what goes into the on-device core, C around it, its build, and its board in QEMU."""
