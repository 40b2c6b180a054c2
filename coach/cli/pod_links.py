"""From a pod's name to a link with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace

from cadence.stride import Side
from coach.cli.errors import CommandError
from coach.cli.pod_names import PodName
from coach.run_settings import RunSettings, read_settings
from firmware_bridge.links.link import Link
from firmware_bridge.links.live import LiveLink


@dataclass(frozen=True, slots=True)
class OpenPod:
    """A pod that can be followed.

    Attributes:
        link: to it.
        injected: what a simulated pod's faults did so far, by name; None for a real pod.
        notes: what a reader must know of a recording, once it has been read.
    """

    link: Link
    injected: Callable[[], dict[str, int]] | None = None
    notes: Callable[[], tuple[str, ...]] = tuple


def check_pod(name: PodName, faults: str) -> None:
    """Whether the pod can be as asked for, before anything is begun.

    Raises:
        CommandError: the name of a simulated pod or its faults cannot be read, or there can be no faults.
    """
    if name.kind == "sim":
        from coach.cli.simulated_pods import plan_of, spec_of

        spec_of(name.rest)
        plan_of(faults)
    elif faults:
        raise CommandError(
            "faults befall simulated pods alone: take --pod sim, sim+serial, sim+ble or sim+firmware"
        )


def recorded_settings(name: PodName, asked: RunSettings) -> RunSettings:
    """The settings of a run: as asked for, and for what was not asked as a recording has them.

    Raises:
        SourceError: the recording cannot be read.
    """
    if name.kind != "file":
        return asked
    from firmware_bridge.recording_reader import Recording

    recorded = read_settings(Recording(name.rest).settings)
    return replace(
        recorded,
        pod=asked.pod,
        side=recorded.side if asked.side is Side.UNKNOWN else asked.side,
        convention=asked.convention or recorded.convention,
        coach=recorded.coach if asked.coach.target_spm is None else asked.coach,
    )


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
        SourceError: the recording cannot be read.
        CommandError: the name of a simulated pod or its faults cannot be read.
    """
    if name.kind == "sim":
        from coach.cli.simulated_pods import open_simulated

        async with open_simulated(name.rest, settings, faults) as simulated:
            yield OpenPod(simulated.link, lambda: asdict(simulated.injected))
        return
    pod = _recorded(name.rest) if name.kind == "file" else OpenPod(_live(name, settings))
    try:
        yield pod
    finally:
        await pod.link.close()


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


def _recorded(path: str) -> OpenPod:
    from firmware_bridge.links.replay import ReplayLink
    from firmware_bridge.recording_reader import Recording

    recording = Recording(path)
    return OpenPod(ReplayLink(recording.messages(), pace=1.0), notes=lambda: recording.notes)
