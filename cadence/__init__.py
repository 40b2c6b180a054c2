"""Samples in, strides out: the detector and the on-device core."""
