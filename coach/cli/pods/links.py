"""From a pod's name to a link with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial

from cadence.stride import Side
from coach.cli.errors import CommandError, say
from coach.cli.pods.names import PodName
from coach.cli.pods.of_run import RunPod
from coach.run_settings import RunSettings, read_settings
from firmware_bridge.links.joined import JoinedLinks
from firmware_bridge.links.link import Link
from firmware_bridge.links.live import Company, LiveLink


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


def check_pods(pods: Sequence[RunPod], faults: str) -> None:
    """Whether the pods of a run can be as asked for, before anything is begun.

    Raises:
        CommandError: as of `check_pod`, or two simulated pods are not of one runner.
    """
    if len(pods) > 1 and pods[0].name.kind == "sim":
        from coach.cli.pods.simulated import check_worn

        check_worn(pods, faults)
        return
    for pod in pods:
        check_pod(pod.name, faults)


def check_pod(name: PodName, faults: str) -> None:
    """Whether the pod can be as asked for, before anything is begun.

    Raises:
        CommandError: the name of a simulated pod or its faults cannot be read, or there can be no faults.
    """
    if name.kind == "sim":
        from coach.cli.pods.simulated import plan_of, spec_of

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
        plan=asked.plan or recorded.plan,
    )


def loop_lapse(name: PodName) -> float | None:
    """How much faster than real time the event loop must run; None for the ordinary loop.

    Raises:
        CommandError: the name of a simulated pod cannot be read.
    """
    if name.kind != "sim":
        return None
    from coach.cli.pods.simulated import spec_of

    return spec_of(name.rest).lapse


@asynccontextmanager
async def open_pods(pods: Sequence[RunPod], settings: RunSettings, faults: str) -> AsyncIterator[OpenPod]:
    """Have a link with the pods of a run, as one, and end it afterwards. Of two the one that is not there is
    looked for while the run goes on with the other.

    Raises:
        SourceError: the recording cannot be read.
        CommandError: the name of a simulated pod or its faults cannot be read.
    """
    async with AsyncExitStack() as stack:
        if len(pods) == 1:
            yield await stack.enter_async_context(open_pod(pods[0].name, settings, faults))
            return
        company = Company(tell=say)
        if pods[0].name.kind == "sim":
            from coach.cli.pods.simulated import open_worn

            worn = await stack.enter_async_context(open_worn(pods, settings, faults, company))
            opened = [OpenPod(pod.link, partial(asdict, pod.injected)) for pod in worn]
        else:
            opened = [
                await stack.enter_async_context(open_pod(pod.name, settings, faults, company)) for pod in pods
            ]
        yield OpenPod(JoinedLinks([pod.link for pod in opened], tell=say), _all_injected(opened))


def _all_injected(pods: Sequence[OpenPod]) -> Callable[[], dict[str, int]] | None:
    """What the faults of all pods did together; None where they are real."""
    each = [pod.injected for pod in pods if pod.injected is not None]
    if not each:
        return None

    def added() -> dict[str, int]:
        counts = [injected() for injected in each]
        return {name: sum(count[name] for count in counts) for name in counts[0]}

    return added


@asynccontextmanager
async def open_pod(
    name: PodName, settings: RunSettings, faults: str, company: Company | None = None
) -> AsyncIterator[OpenPod]:
    """Have a link with a pod alone, or in the company of another, and end it afterwards.

    Raises:
        SourceError: the recording cannot be read.
        CommandError: the name of a simulated pod or its faults cannot be read.
    """
    if name.kind == "sim":
        from coach.cli.pods.simulated import open_simulated

        async with open_simulated(name.rest, settings, faults) as simulated:
            yield OpenPod(simulated.link, lambda: asdict(simulated.injected))
        return
    pod = _recorded(name.rest) if name.kind == "file" else OpenPod(_live(name, settings, company))
    try:
        yield pod
    finally:
        await pod.link.close()


def _live(name: PodName, settings: RunSettings, company: Company | None) -> Link:
    from firmware_bridge.pods.catalogue import profile, profiles

    if name.kind == "serial":
        from firmware_bridge.links.serial_port import SerialCarrier

        return LiveLink(SerialCarrier(name.rest, profile("open")), company=company)
    from firmware_bridge.links.ble import BleCarrier

    kinds = profiles(convention=settings.convention)
    if name.kind == "rsc":
        kinds = tuple(kind for kind in kinds if kind.name == "rsc")
    return LiveLink(BleCarrier(name.rest, kinds), company=company)


def _recorded(path: str) -> OpenPod:
    from firmware_bridge.links.replay import ReplayLink
    from firmware_bridge.recording_reader import Recording

    recording = Recording(path)
    return OpenPod(ReplayLink(recording.messages(), pace=1.0), notes=lambda: recording.notes)
