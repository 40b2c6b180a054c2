"""What comes over a link: packets as received, and what happened to the link itself.

Messages are all that a run depends on. A recording holds them as they came, and a replay hands them out
again, so nothing downstream can tell a live run from a replayed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SERIAL_CHANNEL = "serial"
"""The channel of a serial port; over BLE a channel is the characteristic's UUID in lower case."""


class LinkState(StrEnum):
    """What happened to a link."""

    CONNECTED = "connected"
    LOST = "lost"
    STALLED = "stalled"  # connected, but silent for longer than the pod ever is
    RESUMED = "resumed"  # a packet ended the silence
    OVERFLOW = "overflow"  # packets were dropped because the program did not keep up
    CLOSED = "closed"  # on purpose, by this side


@dataclass(frozen=True, slots=True)
class Packet:
    """Bytes as the link delivered them: one notification, or what stood between two zeros on a serial line.

    Attributes:
        t_host_ns: when they arrived, ns since 1970 on a clock of the host that never steps.
        channel: SERIAL_CHANNEL, or the characteristic's UUID in lower case.
        data: the bytes.
        number: which pod of the run sent it, from 0.
    """

    t_host_ns: int
    channel: str
    data: bytes
    number: int = 0


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """Something that happened to the link.

    Attributes:
        t_host_ns: when, as in `Packet`.
        state: what happened.
        pod: with CONNECTED, the name of the pod's protocol.
        detail: a few plain words, such as the reason of a loss; may be empty.
        count: with OVERFLOW, how many packets were dropped.
        number: to which pod of the run the link goes, from 0.
    """

    t_host_ns: int
    state: LinkState
    pod: str = ""
    detail: str = ""
    count: int = 0
    number: int = 0


Message = Packet | LinkEvent
