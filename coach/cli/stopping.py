"""How Ctrl-C ends what goes on."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stopped_by_signal(stop: Callable[[], object]) -> Iterator[None]:
    """The first Ctrl-C, the system's word to end or a terminal that closes calls `stop`, which ends it in
    good order; the next ends the program at once."""
    kinds = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {kind: signal.getsignal(kind) for kind in kinds}

    def restore() -> None:
        for kind, handler in before.items():
            signal.signal(kind, handler)

    def once(kind: int, frame: FrameType | None) -> None:
        restore()
        stop()

    for kind in before:
        signal.signal(kind, once)
    try:
        yield
    finally:
        restore()
