"""A simulated pod for anyone's tests: it runs beside the code under test, which reaches it as a real one.

    from hardware import simulated_pod

    with simulated_pod("stops", link="serial", faults="drop=0.02") as pod:
        my_program(pod.port)
        assert abs(my_cadence - pod.truth.strides["cadence_spm"][-10:].mean()) < 1.0

The pod lives in a thread of its own, with its own event loop.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from threading import Thread
from typing import Literal, TypedDict, TypeVar

from cadence.stride import Side
from hardware.faults.plan import Injected, parse_faults
from hardware.gait import Pace
from hardware.lapse import LapsedEventLoop
from hardware.outing import Truth
from hardware.peripheral import Medium
from hardware.pod import SimulatedPod
from hardware.pod_spec import ROUND_S
from hardware.rsc_pod import RscPod
from hardware.scenarios import scenario

Link = Literal["serial", "ble"]
Kind = Literal["open", "rsc"]
Answer = TypeVar("Answer")

_BUS_VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"


class _Whereabouts(TypedDict, total=False):
    port: str
    address: str
    environment: dict[str, str]


class RunningPod:
    """A pod that runs beside a test.

    Attributes:
        port: what to open; empty for a pod without a serial port.
        address: of the BLE device; empty for one without a radio.
        environment: what another process needs in its environment to find a BLE pod: the address of the
            D-Bus on which it is. In this process it is set already.
    """

    def __init__(
        self,
        pod: SimulatedPod | RscPod,
        loop: asyncio.AbstractEventLoop,
        *,
        port: str = "",
        address: str = "",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.port, self.address, self.environment = port, address, environment or {}
        self._pod, self._loop = pod, loop

    @property
    def truth(self) -> Truth:
        """What the runner really did so far: its strides and segments. Their times are on the pod's clock
        from its first sample on."""
        return self._ask(lambda: self._pod.truth)

    @property
    def injected(self) -> Injected:
        """What befell the pod so far; nothing ever befalls another than the open pod."""
        pod = self._pod
        return self._ask(lambda: replace(pod.injected)) if isinstance(pod, SimulatedPod) else Injected()

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        """The answer from the pod's thread; once that has ended, nothing changes any more."""
        if self._loop.is_closed():
            return question()

        async def answer() -> Answer:
            return question()

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result()


@contextmanager
def simulated_pod(
    scenario_name: str = "steady",
    *,
    kind: Kind = "open",
    link: Link = "serial",
    faults: str = "",
    seed: int = 1,
    lapse: float = 1.0,
    pace: Pace | None = None,
    side: Side = Side.RIGHT,
    rate_hz: float = 208.0,
) -> Iterator[RunningPod]:
    """A simulated pod, switched on for as long as the context lasts.

    Args:
        scenario_name: what the runner does, one of `hardware.scenarios.SCENARIOS`, over and over.
        kind: "open" for the open pod, "rsc" for a running speed and cadence sensor, which needs the link
            "ble" and has neither faults nor a rate.
        link: "serial" for a serial port (Linux, macOS), "ble" for a BLE device that BlueZ's clients find
            (Linux with dbus-daemon, extra `sim`).
        faults: what shall befall it, in the grammar of `hardware.faults.plan`.
        seed: of everything drawn.
        lapse: seconds of the pod for each real one.
        pace: of the running; by default 165 spm at 3 m/s.
        side: the foot that carries the pod.
        rate_hz: samples a second.

    Raises ValueError for what is not known, SimulationUnavailableError where there is no such link.
    """
    segments, plan = scenario(scenario_name, ROUND_S, pace), parse_faults(faults)
    if kind not in ("open", "rsc"):
        raise ValueError(f"there is no simulated pod '{kind}' here: choose open or rsc")
    if kind == "rsc" and (link != "ble" or plan.faults):
        raise ValueError("a running speed and cadence sensor has the link ble alone, and no faults")
    with _loop_in_thread(lapse) as loop:
        everything = AsyncExitStack()

        async def switch_on() -> RunningPod:
            medium, whereabouts = await _medium(link, everything)
            pod = (
                RscPod(medium, segments, side=side, seed=seed)
                if kind == "rsc"
                else SimulatedPod(medium, segments, rate_hz=rate_hz, side=side, seed=seed, faults=plan)
            )
            await everything.enter_async_context(pod)
            return RunningPod(pod, loop, **whereabouts)

        try:
            yield asyncio.run_coroutine_threadsafe(switch_on(), loop).result()
        finally:
            asyncio.run_coroutine_threadsafe(everything.aclose(), loop).result()


async def _medium(link: Link, everything: AsyncExitStack) -> tuple[Medium, _Whereabouts]:
    if link == "serial":
        from hardware.pty_line import PtyMedium

        line = PtyMedium()
        everything.push_async_callback(line.stop)
        return line, {"port": line.port}
    if link != "ble":
        raise ValueError(f"there is no link '{link}' to a simulated pod: choose serial or ble")
    from hardware.ble.simulated_ble import SimulatedBle

    air = await everything.enter_async_context(SimulatedBle("bluez-dbus"))
    medium = air.medium()
    return medium, {"address": medium.address, "environment": {_BUS_VARIABLE: os.environ[_BUS_VARIABLE]}}


@contextmanager
def _loop_in_thread(lapse: float) -> Iterator[asyncio.AbstractEventLoop]:
    loop = LapsedEventLoop(lapse)
    thread = Thread(target=loop.run_forever, name="simulated pod", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
