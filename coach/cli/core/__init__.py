"""`coach core`: the on-device core, built for other machines and checked."""
