"""The pods of a run as the user named them: one, or one on each foot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cadence.stride import Side
from coach.cli.errors import CommandError
from coach.cli.pods.names import PodName, parse_pod_name

BOTH = "--pod left=NAME --pod right=NAME"
_WITH_SIDE = re.compile(r"(left|right)=(.+)")
_SIM_SIDE = re.compile(r",side=(left|right)(?:,|$)")
_OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}


@dataclass(frozen=True, slots=True)
class RunPod:
    """A pod of a run.

    Attributes:
        text: as the user named it, without its side.
        name: the same, read.
        side: of the foot that carries it; UNKNOWN where one pod alone is on a foot that was not told.
    """

    text: str
    name: PodName
    side: Side


def run_pods(pods: Sequence[str], sides: Sequence[str]) -> tuple[RunPod, ...]:
    """Read the `--pod` and `--side` options of a run.

    Args:
        pods: one or two names, each with `left=` or `right=` before it or not.
        sides: "left" or "right", in the order of the pods.

    Raises:
        CommandError: they name nothing that can be.
    """
    if len(pods) > 2:
        raise CommandError(f"a run takes two pods at most, one on each foot: {BOTH}")
    if len(sides) > len(pods):
        raise CommandError("there are more --side than --pod: give one for each pod, in the same order")
    asked = [_run_pod(text, side) for text, side in zip(pods, [*sides, *[""] * len(pods)], strict=False)]
    if len(asked) == 2:
        _check_both(*asked)
        asked = _on_both_feet(*asked)
    return tuple(asked)


def pod_text(pods: Sequence[RunPod]) -> str:
    """The pods of a run in a few words, for journal and recording."""
    if len(pods) == 1:
        return pods[0].text
    return " + ".join(f"{pod.side.name.lower()}={pod.text}" for pod in pods)


def _run_pod(text: str, side: str) -> RunPod:
    told = _WITH_SIDE.fullmatch(text)
    name = told[2] if told else text
    if told and side and told[1] != side:
        raise CommandError(f"the pod '{name}' is told to be on both feet: leave out --side, or {told[1]}=")
    word = told[1] if told else side
    return RunPod(name, parse_pod_name(name), Side[word.upper()] if word else Side.UNKNOWN)


def _check_both(first: RunPod, second: RunPod) -> None:
    kinds = {first.name.kind, second.name.kind}
    if "file" in kinds:
        raise CommandError("a recording holds all pods of its run: name it alone")
    if "rsc" in kinds:
        raise CommandError("a running speed and cadence sensor tells no strides to compare: use it alone")
    if "sim" in kinds and len(kinds) > 1:
        raise CommandError(
            "a simulated pod is worn by a simulated runner: take another simulated one beside it"
        )
    if kinds != {"sim"} and first.text.casefold() == second.text.casefold():
        raise CommandError(f"'{first.text}' is named twice: name the pod of each foot, {BOTH}")


def _on_both_feet(first: RunPod, second: RunPod) -> list[RunPod]:
    """The same with their sides: of two feet one tells the other."""
    sides = [_simulated_side(pod) if pod.side is Side.UNKNOWN else pod.side for pod in (first, second)]
    if sides == [Side.UNKNOWN] * 2:
        raise CommandError(f"which pod is on which foot? Name them as {BOTH}")
    left_over = [_OTHER[side] for side in reversed(sides) if side is not Side.UNKNOWN]
    one, other = (side if side is not Side.UNKNOWN else left_over[0] for side in sides)
    if one is other:
        raise CommandError(f"two pods on the {one.name.lower()} foot cannot be: name them as {BOTH}")
    return [RunPod(first.text, first.name, one), RunPod(second.text, second.name, other)]


def _simulated_side(pod: RunPod) -> Side:
    told = _SIM_SIDE.search(pod.text) if pod.name.kind == "sim" else None
    return Side[told[1].upper()] if told else Side.UNKNOWN
