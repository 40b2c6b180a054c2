"""A simulated pod, the way to it and the link with it, put together as its name asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from firmware_bridge.links.link import Carrier, Link
from firmware_bridge.links.live import CAPACITY_PACKETS, LiveLink
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.readings import PodProfile
from hardware.ble.simulated_ble import SimulatedBle, Way
from hardware.faults.plan import FaultPlan
from hardware.faults.slow_consumer import SlowConsumer
from hardware.memory import MemoryCarrier, MemoryMedium
from hardware.peripheral import Medium
from hardware.pod import SimulatedPod
from hardware.pod_spec import PodSpec
from hardware.pty_line import PtyMedium


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated pod and a link with it.

    Attributes:
        pod: the pod, with its truth and what befell it.
        link: to it; ends when it is closed.
    """

    pod: SimulatedPod
    link: Link


@asynccontextmanager
async def simulation(
    spec: PodSpec,
    plan: FaultPlan,
    profiles: Sequence[PodProfile] = (OpenPod(),),
    *,
    ble_way: Way = "best",
    capacity: int = CAPACITY_PACKETS,
) -> AsyncIterator[Simulation]:
    """Switch a simulated pod on, have a link with it, and end both afterwards.

    Args:
        spec: what is asked for; its lapse is up to the loop that this runs on.
        plan: what shall befall it.
        profiles: the kinds of pods that the host knows, over BLE.
        ble_way: as of `SimulatedBle`.
        capacity: of the link's queue, in packets.

    Raises:
        ValueError: the pod cannot be as asked for.
        SimulationUnavailableError: it cannot be simulated here.
    """
    async with AsyncExitStack() as stack:
        medium, carrier = await _way(stack, spec, profiles, ble_way)
        pod = SimulatedPod(
            medium,
            spec.segments(),
            rate_hz=spec.rate_hz,
            side=spec.side,
            seed=spec.seed,
            faults=plan,
        )
        await stack.enter_async_context(pod)
        live = await stack.enter_async_context(LiveLink(carrier, capacity=capacity))
        yield Simulation(pod, SlowConsumer(live, plan, pod.injected))


async def _way(
    stack: AsyncExitStack, spec: PodSpec, profiles: Sequence[PodProfile], ble_way: Way
) -> tuple[Medium, Carrier]:
    """What carries the bytes, on the pod's side and on the host's."""
    if spec.way == "direct":
        memory = MemoryMedium()
        return memory, MemoryCarrier(memory, OpenPod())
    if spec.way == "serial":
        from firmware_bridge.links.serial_port import SerialCarrier

        line = PtyMedium()
        return line, SerialCarrier(line.port, OpenPod())
    air = await stack.enter_async_context(SimulatedBle(ble_way, seed=spec.seed))
    from firmware_bridge.links.ble import BleCarrier

    carrier = BleCarrier(
        SimulatedPod.name,
        profiles,
        path=air.path,
        scanner_options=air.scanner_options(),
        client_options=air.client_options(),
    )
    return air.medium(), carrier
