"""From a pod's name to a link with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from coach.cli.pod_names import PodName
from coach.run_settings import RunSettings
from firmware_bridge.links.link import Link, LinkError
from firmware_bridge.links.live import LiveLink


@dataclass(frozen=True, slots=True)
class OpenPod:
    """A pod that can be followed.

    Attributes:
        link: to it.
        injected: what a simulated pod's faults did so far, by name; None for a real pod.
    """

    link: Link
    injected: Callable[[], dict[str, int]] | None = None


def loop_lapse(name: PodName) -> float | None:
    """How much faster than real time the event loop must run; None for the ordinary loop.

    Raises:
        CommandError: the name of a simulated pod cannot be read.
    """
    if name.kind != "sim":
        return None
    from coach.cli.simulated_pods import spec_of

    return spec_of(name.rest).lapse


@asynccontextmanager
async def open_pod(name: PodName, settings: RunSettings, faults: str) -> AsyncIterator[OpenPod]:
    """Have a link with the pod, and end it afterwards.

    Raises:
        LinkError: there is no such pod.
        CommandError: the name of a simulated pod or its faults cannot be read.
    """
    if name.kind == "sim":
        from coach.cli.simulated_pods import open_simulated

        async with open_simulated(name.rest, settings, faults) as simulated:
            yield OpenPod(simulated.link, lambda: asdict(simulated.injected))
        return
    link = _recorded(name.rest) if name.kind == "file" else _live(name, settings)
    try:
        yield OpenPod(link)
    finally:
        await link.close()


def _live(name: PodName, settings: RunSettings) -> Link:
    from firmware_bridge.pods.catalogue import profile, profiles

    if name.kind == "serial":
        from firmware_bridge.links.serial_port import SerialCarrier

        return LiveLink(SerialCarrier(name.rest, profile("open")))
    from firmware_bridge.links.ble import BleCarrier

    kinds = profiles(convention=settings.convention)
    if name.kind == "rsc":
        kinds = tuple(kind for kind in kinds if kind.name == "rsc")
    return LiveLink(BleCarrier(name.rest, kinds))


def _recorded(path: str) -> Link:
    from firmware_bridge.links.replay import ReplayLink
    from firmware_bridge.recording_reader import Recording
    from firmware_bridge.source import SourceError

    try:
        return ReplayLink(Recording(path).messages(), pace=1.0)
    except SourceError as error:
        raise LinkError(str(error)) from None
