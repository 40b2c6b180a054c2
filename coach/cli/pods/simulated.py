"""Simulated pods on the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from cadence.stride import Side
from coach.cli.errors import CommandError
from coach.cli.pods.of_run import RunPod
from coach.run_settings import RunSettings
from firmware_bridge.links.live import Company
from firmware_bridge.pods.catalogue import profiles
from hardware.ble.simulated_ble import SimulatedBle, SimulationUnavailableError
from hardware.faults.plan import FaultPlan, parse_faults
from hardware.firmware.build import FirmwareError
from hardware.other_foot import Wearer
from hardware.pod_spec import PodSpec, parse_pod_spec
from hardware.simulation import Simulation, Worn, simulation


def spec_of(name: str) -> PodSpec:
    """Read the name of a simulated pod.

    Raises:
        CommandError: it names nothing that is known.
    """
    try:
        return parse_pod_spec(name)
    except ValueError as error:
        raise CommandError(str(error)) from None


def plan_of(faults: str) -> FaultPlan:
    """Read what shall befall a simulated pod.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        return parse_faults(faults)
    except ValueError as error:
        raise CommandError(str(error)) from None


@asynccontextmanager
async def open_simulated(name: str, settings: RunSettings, faults: str) -> AsyncIterator[Simulation]:
    """Switch a simulated pod on, have a link with it, and end both afterwards.

    Raises:
        CommandError: the name or the faults cannot be read, or the pod cannot be simulated here.
    """
    try:
        known = profiles(convention=settings.convention)
        async with simulation(spec_of(name), plan_of(faults), known) as simulated:
            yield simulated
    except (ValueError, SimulationUnavailableError, FirmwareError) as error:
        raise CommandError(str(error)) from None


def check_worn(pods: Sequence[RunPod], faults: str) -> None:
    """Whether two simulated pods can be worn by one runner, and befallen by such faults.

    Raises:
        CommandError: they cannot, or a name or the faults cannot be read.
    """
    runners = [(spec.scenario, spec.pace, spec.seed, spec.lapse) for spec in _worn_specs(pods)]
    if runners[0] != runners[1]:
        raise CommandError(
            "two simulated pods are worn by one runner: give both the same scenario, spm, speed, seed, lapse"
        )
    for pod in pods:
        plan_of(faults_on(pod.side, faults))


def faults_on(side: Side, faults: str) -> str:
    """Of `--faults` what befalls the pod on one foot: all, or what stands behind `left:` or `right:`."""
    foot, told, rest = faults.partition(":")
    return faults if not told else rest if foot == side.name.lower() else ""


@asynccontextmanager
async def open_worn(
    pods: Sequence[RunPod], settings: RunSettings, faults: str, company: Company
) -> AsyncIterator[list[Simulation]]:
    """Switch the two simulated pods of one runner on, have links with them, and end all afterwards.

    Raises:
        CommandError: as of `open_simulated`.
    """
    specs = _worn_specs(pods)
    known = profiles(convention=settings.convention)
    try:
        async with AsyncExitStack() as stack:
            air = None
            if any(spec.way == "ble" for spec in specs):
                air = await stack.enter_async_context(SimulatedBle(seed=specs[0].seed))
            worn = Worn(Wearer(specs[0].seed), air, company)
            yield [
                await stack.enter_async_context(
                    simulation(
                        spec,
                        plan_of(faults_on(spec.side, faults)),
                        known,
                        worn=replace(worn, is_other=number > 0),
                    )
                )
                for number, spec in enumerate(specs)
            ]
    except (ValueError, SimulationUnavailableError, FirmwareError) as error:
        raise CommandError(str(error)) from None


def _worn_specs(pods: Sequence[RunPod]) -> list[PodSpec]:
    return [replace(spec_of(pod.text), side=pod.side) for pod in pods]
