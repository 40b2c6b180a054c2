"""A simulated pod, the way to it and the link with it, put together as its name asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from firmware_bridge.frames import Mode
from firmware_bridge.links.link import Carrier, Link
from firmware_bridge.links.live import CAPACITY_PACKETS, Company, LiveLink
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.readings import PodProfile
from hardware.ble.simulated_ble import SimulatedBle, Way
from hardware.faults.plan import FIRMWARE_FAULTS, FaultPlan, Injected
from hardware.faults.slow_consumer import SlowConsumer
from hardware.firmware.qemu_pod import FirmwarePod
from hardware.listener import Listener
from hardware.memory import MemoryCarrier, MemoryMedium
from hardware.movesense_pod import MovesensePod
from hardware.other_foot import Wearer
from hardware.peripheral import Medium
from hardware.pod import SimulatedPod
from hardware.pod_spec import PodSpec
from hardware.polar_pod import PolarPod
from hardware.pty_line import PtyMedium
from hardware.rsc_pod import RscPod
from hardware.runner import Body, Segment
from hardware.sensor_pod import SensorPod

Pod = SimulatedPod | SensorPod | FirmwarePod

OTHER_SEED = 1_000_003
"""Added for the other pod of a runner: another chip, another foot. Our choice, far from what people give."""


@dataclass(frozen=True, slots=True)
class Worn:
    """What a simulated pod shares with the other pod of its runner.

    Attributes:
        wearer: who wears them.
        air: of BLE pods; None for a pod that has one of its own, or none.
        company: of their links.
        is_other: whether this is the one on the foot that follows the other.
    """

    wearer: Wearer
    air: SimulatedBle | None = None
    company: Company | None = None
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated pod and a link with it.

    Attributes:
        pod: the pod, with its truth.
        injected: what befell it so far.
        link: to it; ends when it is closed.
    """

    pod: Pod
    injected: Injected
    link: Link


@asynccontextmanager
async def simulation(
    spec: PodSpec,
    plan: FaultPlan,
    profiles: Sequence[PodProfile] = (OpenPod(),),
    *,
    ble_way: Way = "best",
    capacity: int = CAPACITY_PACKETS,
    segments: Sequence[Segment] | None = None,
    listener: Listener | None = None,
    worn: Worn | None = None,
) -> AsyncIterator[Simulation]:
    """Switch a simulated pod on, have a link with it, and end both afterwards.

    An error in the pod's own work ends the link at once, and is raised in the end.

    Args:
        spec: what is asked for; its lapse is up to the loop that this runs on.
        plan: what shall befall it.
        profiles: the kinds of pods that the host knows, over BLE.
        ble_way: as of `SimulatedBle`.
        capacity: of the link's queue, in packets.
        segments: what the runner does, over and over, in place of the scenario that the spec names.
        listener: how the runner answers to what is heard, fresh; None for one who hears nothing.
        worn: what it shares with the other pod of its runner; None for a runner with one pod.

    Raises:
        ValueError: the pod cannot be as asked for.
        SimulationUnavailableError: it cannot be simulated here.
    """
    chosen = spec.segments() if segments is None else segments
    worn = Worn(Wearer(spec.seed)) if worn is None else worn
    async with AsyncExitStack() as stack:
        if spec.way == "ble":
            air = worn.air
            if air is None:
                air = await stack.enter_async_context(SimulatedBle(ble_way, seed=spec.seed))
            over_air = air.medium()
            pod = _pod(spec, plan, over_air, chosen, listener, worn)
            # By its address: two pods of one runner have one name.
            carrier = _over(air, over_air.address, profiles)
        else:
            medium, carrier = _by_wire(spec.way, spec.mode)
            pod = _pod(spec, plan, medium, chosen, listener, worn)
        await stack.enter_async_context(pod)
        live = await stack.enter_async_context(LiveLink(carrier, capacity=capacity, company=worn.company))
        injected = pod.injected if isinstance(pod, SimulatedPod | FirmwarePod) else Injected()
        link = SlowConsumer(live, plan, injected)
        failing: list[asyncio.Future[None]] = []
        pod.on_failure = lambda: failing.append(asyncio.ensure_future(link.close()))
        try:
            yield Simulation(pod, injected, link)
        finally:
            await asyncio.gather(*failing)


def _pod(
    spec: PodSpec,
    plan: FaultPlan,
    medium: Medium,
    segments: Sequence[Segment],
    listener: Listener | None,
    worn: Worn,
) -> Pod:
    seed, side = spec.seed, spec.side
    if worn.is_other and (spec.way == "firmware" or spec.pod != "open"):
        raise ValueError(
            "of two simulated pods both are the open pod: take sim, sim+serial or sim+ble without pod="
        )
    if spec.way == "firmware":
        return FirmwarePod(medium, segments, side=side, seed=seed, faults=plan, listener=listener)
    if plan.named(*FIRMWARE_FAULTS):
        raise ValueError(f"{' and '.join(FIRMWARE_FAULTS)} befall real firmware alone: take sim+firmware")
    if spec.pod == "open":
        return SimulatedPod(
            medium,
            segments,
            rate_hz=spec.rate_hz,
            side=side,
            seed=seed + OTHER_SEED if worn.is_other else seed,
            faults=plan,
            listener=listener,
            body=Body(contact_factor=1.0 + spec.contact_percent / 100.0),
            wearer=worn.wearer,
            is_other=worn.is_other,
        )
    if plan.faults:
        raise ValueError("faults befall the simulated open pod alone: leave out pod= or the faults")
    if listener is not None:
        raise ValueError("a runner with the simulated open pod alone hears the coach: leave out pod=")
    match spec.pod:
        case "movesense":
            return MovesensePod(medium, segments, side=side, seed=seed)
        case "polar":
            return PolarPod(medium, segments, side=side, seed=seed)
        case "rsc":
            return RscPod(medium, segments, side=side, seed=seed)


def _by_wire(way: Literal["direct", "serial", "firmware"], mode: Mode) -> tuple[Medium, Carrier]:
    if way == "direct":
        memory = MemoryMedium()
        return memory, MemoryCarrier(memory, OpenPod())
    from firmware_bridge.links.serial_port import SerialCarrier

    line = PtyMedium()
    return line, SerialCarrier(line.port, OpenPod(mode))


def _over(air: SimulatedBle, name: str, profiles: Sequence[PodProfile]) -> Carrier:
    from firmware_bridge.links.ble import BleCarrier

    return BleCarrier(
        name,
        profiles,
        path=air.path,
        scanner_options=air.scanner_options(),
        client_options=air.client_options(),
    )
