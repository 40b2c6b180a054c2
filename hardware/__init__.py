"""Pods: sensor models, a simulated runner, simulated pods and the firmware."""
