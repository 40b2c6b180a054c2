"""Routines around running: stretches and strength, guided by voice or screen, counted by the pod."""
