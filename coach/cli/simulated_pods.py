"""Simulated pods on the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from coach.cli.errors import CommandError
from coach.run_settings import RunSettings
from firmware_bridge.pods.catalogue import profiles
from hardware.ble.simulated_ble import SimulationUnavailableError
from hardware.faults.plan import FaultPlan, parse_faults
from hardware.firmware.build import FirmwareError
from hardware.pod_spec import PodSpec, parse_pod_spec
from hardware.simulation import Simulation, simulation


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
