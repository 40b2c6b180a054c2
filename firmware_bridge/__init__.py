"""Bytes and files in, samples out: links, wire formats, recordings, importers."""
