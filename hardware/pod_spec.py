"""How simulated pods are named: sim, sim+serial, sim+ble or sim+firmware, then :SCENARIO, then ,key=value.

sim    sim:hill    sim+ble:steady,spm=172,speed=3.2,seed=4    sim+serial:stops,lapse=10
sim+firmware:walk,mode=strides
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeGuard, get_args

from cadence.stride import Side
from coach.plan.run_walk import RunWalkPlan, parse_plan
from firmware_bridge.frames import Mode
from hardware.athlete.exercise import ExerciseName
from hardware.athlete.routine import routine
from hardware.gait import Pace
from hardware.numbers import finite
from hardware.pod import RATES_HZ
from hardware.run_walker import run_walk
from hardware.runner import Segment
from hardware.scenarios import SCENARIOS, scenario

Way = Literal["direct", "serial", "ble", "firmware"]
Kind = Literal["open", "movesense", "polar", "rsc"]

ROUND_S = 120.0
"""A scenario is gone through in this time, and then again: short enough to see all of it. Our choice."""

PLANNED_S = 6 * 3600.0
"""A plan is followed for no longer, and begun again after that. Our choice."""

LARGEST_LAPSE = 50.0
"""Where a machine does not keep up, the link is seen to stall. Our choice: on two cores of a 2020s server
that have nothing else to do, runs of 250 s at this lapse lost nothing and never stalled, whatever the way."""

LARGEST_FIRMWARE_LAPSE = 10.0
"""The same where a board is emulated, which computes in real time. Our choice."""

MOST_CONTACT_PERCENT = 20.0
"""More than feet of a runner differ. Our choice."""

_WAYS: dict[str, Way] = {
    "sim": "direct",
    "sim+serial": "serial",
    "sim+ble": "ble",
    "sim+firmware": "firmware",
}
_MODES = {"raw": Mode.RAW, "strides": Mode.STRIDES, "both": Mode.BOTH}
_KEYS = (
    "seed, spm, speed (m/s), side (left, right), contact (percent longer on the ground), "
    "lapse, for run-walk plan (such as 4:1x6), for calf-raises and heel-drops reps, sets, tempo (s) and leg, "
    "for sim+ble pod, for all but sim+firmware rate (Hz), "
    f"and for sim+firmware mode ({', '.join(_MODES)})"
)


@dataclass(frozen=True, slots=True)
class PodSpec:
    """A simulated pod as it was asked for.

    Attributes:
        way: how its bytes go: by function calls, over a serial line, over the simulated radio; or from the
            real firmware in QEMU, over a serial line.
        scenario: what the runner does.
        pace: of its running.
        seed: of everything drawn.
        side: the foot that carries the pod.
        contact_percent: how much longer this foot stays on the ground than the runner's feet do.
        plan: of running and walking, that the runner of run-walk follows; None for a minute of each.
        reps, sets: of a scenario that is an exercise.
        tempo_s: of one repetition; None for as long as is usual.
        lapse: seconds of the pod for each real one.
        rate_hz: samples a second.
        pod: which kind of pod it is.
        mode: what the firmware is asked to send.
    """

    way: Way
    scenario: str = "steady"
    pace: Pace = field(default_factory=Pace)
    seed: int = 1
    side: Side = Side.RIGHT
    contact_percent: float = 0.0
    plan: RunWalkPlan | None = None
    reps: int = 8
    sets: int = 3
    tempo_s: float | None = None
    lapse: float = 1.0
    rate_hz: float = 208.0
    pod: Kind = "open"
    mode: Mode = Mode.RAW

    def segments(self) -> list[Segment]:
        """What the runner does in one round."""
        if self.scenario == "run-walk":
            return run_walk(self.pace, PLANNED_S, self.plan)
        if is_exercise(self.scenario):
            return routine(
                self.scenario, reps=self.reps, sets=self.sets, tempo_s=self.tempo_s, seed=self.seed
            )
        return scenario(self.scenario, ROUND_S, self.pace)


def is_exercise(name: str) -> TypeGuard[ExerciseName]:
    """Whether a scenario is an exercise, counted by repetitions."""
    return name in get_args(ExerciseName)


def parse_pod_spec(text: str) -> PodSpec:
    """Read the name of a simulated pod.

    Raises:
        ValueError: it names nothing that is known. One plain line that says what is.
    """
    head, *settings = text.split(",")
    way_name, _, scenario_name = (part.strip() for part in head.partition(":"))
    if "=" in scenario_name:
        settings, scenario_name = [scenario_name, *settings], ""
    if way_name not in _WAYS:
        raise ValueError(f"there is no simulated pod '{way_name}': choose one of {', '.join(_WAYS)}")
    if scenario_name and scenario_name not in SCENARIOS:
        raise ValueError(f"there is no scenario '{scenario_name}': choose one of {', '.join(SCENARIOS)}")
    spec = PodSpec(_WAYS[way_name], scenario_name or "steady")
    for setting in settings:
        key, _, value = setting.partition("=")
        spec = _with(spec, key.strip(), value.strip())
    return spec


def _with(spec: PodSpec, key: str, value: str) -> PodSpec:
    match key:
        case "seed":
            if not value.isdecimal():
                raise ValueError(f"seed={value} is no seed: give a whole number from 0 up")
            return replace(spec, seed=int(value))
        case "spm":
            return replace(spec, pace=replace(spec.pace, cadence_spm=_number(key, value)))
        case "speed":
            return replace(spec, pace=replace(spec.pace, speed_m_s=_number(key, value)))
        case "side" | "leg" if key == "side" or is_exercise(spec.scenario):
            sides = {"left": Side.LEFT, "right": Side.RIGHT}
            return replace(spec, side=sides[_one_of(key, value, tuple(sides))])
        case "reps" | "sets" if is_exercise(spec.scenario):
            if not value.isdecimal():
                raise ValueError(f"{key}={value} is no whole number")
            spec = replace(spec, reps=int(value)) if key == "reps" else replace(spec, sets=int(value))
            spec.segments()  # says what cannot be
            return spec
        case "tempo" if is_exercise(spec.scenario):
            spec = replace(spec, tempo_s=_number(key, value))
            spec.segments()
            return spec
        case "contact" if spec.way != "firmware":
            percent = _number(key, value)
            if abs(percent) > MOST_CONTACT_PERCENT:
                raise ValueError(
                    f"contact={value} cannot be: at most {MOST_CONTACT_PERCENT:g} percent either way"
                )
            return replace(spec, contact_percent=percent)
        case "plan" if spec.scenario == "run-walk":
            return replace(spec, plan=parse_plan(value))
        case "lapse":
            lapse = _number(key, value)
            largest = LARGEST_FIRMWARE_LAPSE if spec.way == "firmware" else LARGEST_LAPSE
            if not 0.0 < lapse <= largest:
                raise ValueError(
                    f"lapse={value} cannot be: give a number above 0, up to {largest:g}, "
                    "beyond which a machine does not keep up and the link seems to stall"
                )
            return replace(spec, lapse=lapse)
        case "rate" if spec.way != "firmware":
            rates = {f"{rate_hz:g}": rate_hz for rate_hz in RATES_HZ}
            return replace(spec, rate_hz=rates[_one_of(key, value, tuple(rates))])
        case "pod" if spec.way == "ble":
            return replace(spec, pod=_one_of(key, value, get_args(Kind)))
        case "mode" if spec.way == "firmware":
            return replace(spec, mode=_MODES[_one_of(key, value, tuple(_MODES))])
        case _:
            raise ValueError(f"a simulated pod has no setting '{key}': there are {_KEYS}")


def _number(key: str, value: str) -> float:
    number = finite(value)
    if number is None:
        raise ValueError(f"{key}={value} is not a number")
    return number


def _one_of(key: str, value: str, known: tuple[Any, ...]) -> Any:
    if value not in known:
        raise ValueError(f"{key}={value} is not known: choose one of {', '.join(known)}")
    return value
