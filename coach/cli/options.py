"""Options that several commands share."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import typer


def positive(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"{value:g} is not above zero")
    return value


def _feet(sides: list[str] | None) -> list[str] | None:
    for side in sides or ():
        if side not in ("left", "right"):
            raise typer.BadParameter(f"'{side}' is not one of 'left', 'right'.")
    return sides


Pod = Annotated[
    str,
    typer.Option(
        metavar="POD",
        help="sim, sim+serial, sim+ble or sim+firmware (simulated, with :SCENARIO and ,key=value), "
        "serial:PATH, ble:NAME-OR-ADDRESS, rsc:NAME-OR-ADDRESS, "
        "or file:PATH for a recording at its own pace.",
        show_default=False,
    ),
]
Pods = Annotated[
    list[str],
    typer.Option(
        "--pod",
        metavar="POD",
        help="sim, sim+serial, sim+ble or sim+firmware (simulated, with :SCENARIO and ,key=value), "
        "serial:PATH, ble:NAME-OR-ADDRESS, rsc:NAME-OR-ADDRESS, "
        "or file:PATH for a recording at its own pace. With a pod on each foot: "
        "--pod left=NAME --pod right=NAME.",
        show_default=False,
    ),
]
Sides = Annotated[
    list[str] | None,
    typer.Option(
        "--side",
        metavar="[left|right]",
        callback=_feet,
        help="The foot that carries the pod; of two pods in their order. It is never guessed.",
        show_default=False,
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        callback=positive,
        help="Stop after so many seconds; else Ctrl-C stops.",
        show_default=False,
    ),
]
Side = Annotated[
    Literal["left", "right"] | None,
    typer.Option(help="The foot that carries the pod. It is never guessed.", show_default=False),
]
Counts = Annotated[
    Literal["steps", "strides"] | None,
    typer.Option(
        help="What a running speed and cadence sensor counts a minute, where it is not found out.",
        show_default=False,
    ),
]
Faults = Annotated[
    str,
    typer.Option(
        metavar="SPEC",
        help="What shall befall a simulated pod: name[=amount][@start+length], comma separated, as in "
        "drop=0.02,link-loss@10+3. Of two pods both, or one: left:link-loss@60+60.",
        show_default=False,
    ),
]
Target = Annotated[
    float | None,
    typer.Option(
        metavar="SPM",
        min=100,
        max=240,
        help="The cadence to come to, steps of both feet a minute; else the coach chooses.",
        show_default=False,
    ),
]


def _plan(text: str | None) -> str | None:
    if text is None:
        return None
    from coach.plan.run_walk import PlanError, format_plan, parse_plan

    try:
        return format_plan(parse_plan(text))
    except PlanError as error:
        raise typer.BadParameter(str(error)) from None


Plan = Annotated[
    str | None,
    typer.Option(
        metavar="RUN:WALKxN",
        callback=_plan,
        help="Run and walk by turns, in minutes: 4:1x6 is six times 4 of running and 1 of walking. "
        "It begins when you begin to run, and tells you each change.",
        show_default=False,
    ),
]
Surface = Annotated[
    Literal["road", "trail", "track", "grass", "treadmill", "sand"] | None,
    typer.Option(
        help="On what you run. Else it is asked for after the run, at a terminal.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
