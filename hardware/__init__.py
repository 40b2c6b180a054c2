"""Pods: sensor models, a simulated runner, simulated pods and the firmware."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hardware.harness import RunningPod, simulated_pod

__all__ = ["RunningPod", "simulated_pod"]


def __getattr__(name: str) -> Any:
    """Imported when asked for: it needs much that a sensor model does not."""
    if name not in __all__:
        raise AttributeError(f"module 'hardware' has no attribute '{name}'")
    from hardware import harness

    return getattr(harness, name)
