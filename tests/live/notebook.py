"""A recording that keeps its messages in memory."""

from __future__ import annotations

from firmware_bridge.message import Message


class Notebook:
    """Keeps the messages as a recording does."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def write(self, message: Message) -> None:
        self.messages.append(message)

    def write_stride(self, *_: object, pod: int = 0) -> None: ...
    def write_cue(self, *_: object, pod: int = 0) -> None: ...
    def write_update(self, *_: object, pod: int = 0) -> None: ...
