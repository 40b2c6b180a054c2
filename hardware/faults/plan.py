"""What can befall a simulated pod and its link, by name, and how it is asked for.

    name[=amount][@start+length], comma separated, such as drop=0.02,link-loss@10+3,restart@20

Times are pod seconds from the first START on. Where a part is left out the table `FAULTS` says what holds;
without a start, what happens once happens after 10 s and what lasts, lasts for the whole run.

What befalls single frames, where the pod hands them to its link (see `frame_faults`):
    drop: the share of frames that vanish after they got their sequence number.
    duplicate: the share of frames that are sent twice.
    truncate: the share of frames that lose their end.
    corrupt: the share of frames in which one bit is flipped.
    mtu: each frame loses what is beyond amount - 3 bytes, as by a server that does not know its MTU.
What befalls the link:
    stall: nothing passes, though the connection lasts.
    burst: what is sent is held back and let through all at once, after every so many seconds.
    link-loss: the connection is gone and the pod is not to be found.
What befalls the pod:
    restart: it is away for half a second, then begins anew, with a new boot id, clock and sequence from 0
        and nothing kept, and sends nothing but a hello before START.
    low-battery: from then on it tells this charge, in percent.
    clock-error: its clock runs fast by so many parts in a million.
What befalls the firmware in QEMU alone, with the line to the host lasting:
    watchdog: the firmware stands still until its watchdog resets it.
    brown-out: the supply sags so many times in a row, and each time the pod begins anew.
What befalls the host:
    slow-consumer: nothing is taken from the link (see `slow_consumer`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.numbers import finite

Floats = NDArray[np.float64]

LONG_S = math.inf
ONCE_AT_S = 10.0
_ATT_HEADER_BYTES = 3


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault by its name.

    Attributes:
        amount_is: what the amount means, for people; empty when there is none.
        amount, smallest, largest: by default, and the limits.
        length_s: by default: 0 for what has no length, infinite for what lasts to the end of the run.
        start_s: by default.
    """

    amount_is: str = ""
    amount: float = 0.0
    smallest: float = 0.0
    largest: float = math.inf
    length_s: float = LONG_S
    start_s: float = 0.0


FAULTS: dict[str, FaultKind] = {
    "drop": FaultKind("share of frames", 0.02, 0.0, 1.0),
    "duplicate": FaultKind("share of frames", 0.02, 0.0, 1.0),
    "truncate": FaultKind("share of frames", 0.02, 0.0, 1.0),
    "corrupt": FaultKind("share of frames", 0.02, 0.0, 1.0),
    "mtu": FaultKind("MTU in bytes", 23.0, 23.0, 517.0),
    "stall": FaultKind(length_s=2.0, start_s=ONCE_AT_S),
    "burst": FaultKind("s held back before each burst", 0.5, 0.05, 60.0),
    "link-loss": FaultKind(length_s=3.0, start_s=ONCE_AT_S),
    "restart": FaultKind(length_s=0.0, start_s=ONCE_AT_S),
    "low-battery": FaultKind("percent", 5.0, 0.0, 100.0, length_s=0.0, start_s=ONCE_AT_S),
    "clock-error": FaultKind("ppm", 200.0, -100_000.0, 100_000.0),
    "watchdog": FaultKind(length_s=0.0, start_s=ONCE_AT_S),
    "brown-out": FaultKind("times in a row", 2.0, 1.0, 10.0, length_s=0.0, start_s=ONCE_AT_S),
    "slow-consumer": FaultKind(length_s=5.0, start_s=ONCE_AT_S),
}
"""By name. The defaults are our choice: plain to see in a run of half a minute."""

FRAME_FAULTS = ("drop", "duplicate", "truncate", "corrupt")
FIRMWARE_FAULTS = ("watchdog", "brown-out")

_FORM = re.compile(r"(?P<name>[a-z-]+)(=(?P<amount>[^@+]+))?(@(?P<start>[^+]+)(\+(?P<length>.+))?)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: from `start_s` for `length_s`, in pod seconds."""

    name: str
    amount: float
    start_s: float
    length_s: float

    def lasts(self, t_s: float) -> bool:
        """Whether it is on at an instant."""
        return self.start_s <= t_s < self.start_s + self.length_s


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """All faults of a run."""

    faults: tuple[Fault, ...] = ()

    def named(self, *names: str) -> tuple[Fault, ...]:
        """Those of some names, by their start."""
        return tuple(
            sorted((fault for fault in self.faults if fault.name in names), key=lambda fault: fault.start_s)
        )

    def clock_fast_s(self, t_s: Floats) -> Floats:
        """By how much the plan's clock errors have put a clock forward at some instants, any shape."""
        fast_s = np.zeros_like(t_s)
        for fault in self.named("clock-error"):
            fast_s += fault.amount * 1e-6 * np.clip(t_s - fault.start_s, 0.0, fault.length_s)
        return fast_s

    def cut_bytes(self, t_s: float) -> int | None:
        """How long a frame may be at an instant as the plan has it; None for any length."""
        cuts = [int(fault.amount) - _ATT_HEADER_BYTES for fault in self.named("mtu") if fault.lasts(t_s)]
        return min(cuts, default=None)


@dataclass(slots=True)
class Injected:
    """What really befell a run, counted where it was done.

    Attributes:
        dropped, duplicated, truncated, corrupted: frames, as under these names in `FAULTS`.
        cut: frames cut short by `mtu`.
        given_up: frames that left the pod's full buffer to make room: not a fault, but what comes of one.
        stalls, bursts, link_losses, restarts, slow_consumers: how often; a burst is one letting through.
        watchdogs: how often the firmware was made to stand still.
        brown_outs: how often the supply sagged.
    """

    dropped: int = 0
    duplicated: int = 0
    truncated: int = 0
    corrupted: int = 0
    cut: int = 0
    given_up: int = 0
    stalls: int = 0
    bursts: int = 0
    link_losses: int = 0
    restarts: int = 0
    slow_consumers: int = 0
    watchdogs: int = 0
    brown_outs: int = 0


def parse_faults(text: str) -> FaultPlan:
    """Read a list of faults; an empty text is none.

    Raises:
        ValueError: it cannot be read. One plain line that says what is known.
    """
    plan = FaultPlan(tuple(_parse(part.strip()) for part in text.split(",") if part.strip()))
    if sum(fault.amount for fault in plan.faults if fault.name in FRAME_FAULTS) > 1.0:
        raise ValueError("the shares of drop, duplicate, truncate and corrupt are more than 1 together")
    return plan


def _parse(text: str) -> Fault:
    form = _FORM.fullmatch(text)
    kind = FAULTS.get(form["name"]) if form is not None else None
    if form is None or kind is None:
        raise ValueError(f"there is no fault '{text}': write name[=amount][@start+length], with {known()}")
    if form["amount"] is not None and not kind.amount_is:
        raise ValueError(f"the fault {form['name']} takes no amount: write {form['name']}[@start+length]")
    if form["length"] is not None and kind.length_s == 0.0:
        raise ValueError(f"the fault {form['name']} has no length: write {form['name']}@start")
    amount = _number(form["amount"], kind.amount, text)
    if not kind.smallest <= amount <= kind.largest:
        raise ValueError(
            f"the fault '{text}' asks too much: its amount, {kind.amount_is}, "
            f"is from {kind.smallest:g} to {kind.largest:g}"
        )
    start_s = _number(form["start"], kind.start_s, text)
    length_s = _number(form["length"], kind.length_s, text)
    if start_s < 0.0 or length_s < 0.0:
        raise ValueError(f"the fault '{text}' has a time below 0: start and length are seconds from 0 up")
    return Fault(form["name"], amount, start_s, length_s)


def known() -> str:
    """All faults with what their amounts mean, in one line."""
    return ", ".join(
        f"{name}={kind.amount:g} ({kind.amount_is})" if kind.amount_is else name
        for name, kind in FAULTS.items()
    )


def _number(text: str | None, default: float, whole: str) -> float:
    if text is None:
        return default
    number = finite(text)
    if number is None:
        raise ValueError(f"'{text}' in the fault '{whole}' is not a number")
    return number
