"""Plays the faults of a plan that have their hour: those of the link and those of the pod."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Protocol

from hardware.faults.plan import Fault, FaultPlan, Injected
from hardware.peripheral import Medium

REBOOT_S = 0.5
"""How long a pod that restarts is away. Our choice: some tenths for a bootloader and a sensor."""

SAG_S = 0.3
"""How long a supply that sags is too low. Our choice: a cell that is nearly empty, under a motor's start."""

BURST_OPEN_S = 0.1
"""How long the link is open for a burst: some connection intervals of a radio. Our choice."""


class Device(Protocol):
    """What the timeline does to a pod."""

    def power_off(self) -> None: ...
    def power_on(self) -> None: ...
    def set_battery(self, percent: int) -> None: ...


class FirmwareDevice(Device, Protocol):
    """What else can befall a pod with real firmware."""

    def hang(self) -> None: ...


Deeds = dict[str, Callable[[Fault], Coroutine[None, None, None]]]


class _Switch:
    """A switch that is on for as long as anyone wants it on, since faults may overlap."""

    def __init__(self, turn: Callable[[bool], None]) -> None:
        self._turn, self._wanted = turn, 0

    @contextmanager
    def on(self) -> Iterator[None]:
        self._wanted += 1
        if self._wanted == 1:
            self._turn(True)
        try:
            yield
        finally:
            self._wanted -= 1
            if self._wanted == 0:
                self._turn(False)


class FaultTimeline:
    """Does to a pod and its link what the plan says, and counts it."""

    def __init__(self, plan: FaultPlan, device: Device, medium: Medium, injected: Injected) -> None:
        self._plan, self._device, self._injected = plan, device, injected
        self._held, self._cut = _Switch(medium.hold), _Switch(medium.cut)

    async def play(self) -> None:
        """From now, the zero of the plan, until the last fault is over."""
        does = self._deeds()
        zero_s = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for fault in self._plan.named(*does):
                group.create_task(self._at(zero_s + fault.start_s, does[fault.name], fault))

    def _deeds(self) -> Deeds:
        return {
            "stall": self._stall,
            "burst": self._burst,
            "link-loss": self._lose_link,
            "restart": self._restart,
            "low-battery": self._drain,
        }

    async def _at(
        self, due_s: float, do: Callable[[Fault], Coroutine[None, None, None]], fault: Fault
    ) -> None:
        await asyncio.sleep(due_s - asyncio.get_running_loop().time())
        await do(fault)

    async def _stall(self, fault: Fault) -> None:
        self._injected.stalls += 1
        with self._held.on():
            await asyncio.sleep(fault.length_s)

    async def _burst(self, fault: Fault) -> None:
        loop = asyncio.get_running_loop()
        end_s = loop.time() + fault.length_s
        while (rest_s := end_s - loop.time()) > BURST_OPEN_S:
            with self._held.on():
                await asyncio.sleep(min(fault.amount, rest_s))
            self._injected.bursts += 1
            await asyncio.sleep(BURST_OPEN_S)

    async def _lose_link(self, fault: Fault) -> None:
        self._injected.link_losses += 1
        with self._cut.on():
            await asyncio.sleep(fault.length_s)

    async def _restart(self, fault: Fault) -> None:
        self._injected.restarts += 1
        with self._cut.on():
            self._device.power_off()
            await asyncio.sleep(REBOOT_S)
            self._device.power_on()

    async def _drain(self, fault: Fault) -> None:
        self._device.set_battery(int(fault.amount))


class FirmwareTimeline(FaultTimeline):
    """The same for a pod with real firmware, with the faults that befall such a one alone."""

    def __init__(self, plan: FaultPlan, device: FirmwareDevice, medium: Medium, injected: Injected) -> None:
        super().__init__(plan, device, medium, injected)
        self._firmware = device

    def _deeds(self) -> Deeds:
        return super()._deeds() | {"watchdog": self._hang, "brown-out": self._sag}

    async def _hang(self, fault: Fault) -> None:
        self._injected.watchdogs += 1
        self._firmware.hang()

    async def _sag(self, fault: Fault) -> None:
        for _ in range(int(fault.amount)):
            self._injected.brown_outs += 1
            self._firmware.power_off()
            await asyncio.sleep(SAG_S)
            self._firmware.power_on()
            await asyncio.sleep(SAG_S)
