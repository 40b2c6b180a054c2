"""Strides in, cues out: the coach, the journal, reports and the command line."""
