"""Options that several commands share."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import typer


def positive(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"{value:g} is not above zero")
    return value


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
        "drop=0.02,link-loss@10+3.",
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
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
