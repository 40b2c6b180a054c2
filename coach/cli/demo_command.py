"""`coach demo`: a simulated run goes through the detector, and what it finds is set beside the truth."""

from __future__ import annotations

import json
from typing import Any

import typer

from cadence.stride import Activity
from coach.cli.progress import tell_if_compiling
from coach.cli.view import clock, console, shown, span, table
from coach.comparison import Part, tell_part
from coach.replay import replay
from hardware.gait import Pace
from hardware.runner import SimulatedRun, TrueSegment, simulate
from hardware.scenarios import scenario

SCHEMA = "cadence-coach/demo/1"
_LEVEL_PERCENT = 1.0
_TOTALS = ("strides", "distance_m", "climb_m")  # a mean over walking and running says nothing

_COLUMNS: tuple[tuple[str, str, float, int], ...] = (
    ("strides", "\nstrides", 1, 0),
    ("cadence_spm", "cadence\nspm", 1, 1),
    ("contact_time_s", "contact\nms", 1000, 0),
    ("stride_length_m", "length\nm", 1, 2),
    ("speed_m_s", "speed\nm/s", 1, 2),
    ("strike_angle_deg", "strike\n°", 1, 1),
    ("distance_m", "distance\nm", 1, 1),
    ("climb_m", "climb\nm", 1, 1),
)
"""What is compared, head, factor to the unit in the head, decimals."""


def run_demo(seed: int, minutes: float, as_json: bool) -> None:
    """Simulate a run of so many minutes, replay it and print truth and finding side by side."""
    run = simulate(scenario("session", 60.0 * minutes), seed=seed)
    tell_if_compiling()
    found = replay(run)
    parts = [_part(segment) for segment in run.truth_segments]
    compared: list[dict[str, Any]] = [
        {
            "name": part.name,
            "start_s": part.start_s,
            "end_s": part.end_s,
            "truth": tell_part(run.truth_strides, part),
            "found": tell_part(found.strides, part),
        }
        for part in parts
    ]
    whole = Part("whole run", parts[0].start_s, parts[-1].end_s)
    total = {
        name: {key: value for key, value in tell_part(strides, whole).items() if key in _TOTALS}
        for name, strides in (("truth", run.truth_strides), ("found", found.strides))
    }
    if as_json:
        document = {
            "schema": SCHEMA,
            "seed": seed,
            "samples": found.counters.samples,
            "duration_s": found.counters.duration_s,
            "parts": compared,
            "total": total,
        }
        typer.echo(json.dumps(document, indent=1, allow_nan=False))
    else:
        _print(run, seed, found.counters.duration_s, [*compared, {"name": whole.name, **total}])


def _part(segment: TrueSegment) -> Part:
    return Part(_name(segment.pace), segment.t_start_s, segment.t_end_s)


def _name(pace: Pace | None) -> str:
    if pace is None:
        return "standing"
    if pace.activity is Activity.RUNNING and abs(pace.grade_percent) > _LEVEL_PERCENT:
        return "uphill" if pace.grade_percent > 0 else "downhill"
    return pace.activity.name.lower()


def _print(run: SimulatedRun, seed: int, duration_s: float, compared: list[dict[str, Any]]) -> None:
    out = console()
    out.print(f"A simulated run of {span(duration_s)}, seed {seed}: {run.rate_hz:.0f} samples a second from")
    out.print("a pod on one shoe. Means over the strides of each part; distance and climb are sums.")
    out.print()
    rows = table()
    rows.add_column("\nfrom", justify="right", no_wrap=True)
    rows.add_column("\n", no_wrap=True)
    rows.add_column("\n", style="dim", no_wrap=True)
    for _, head, _, _ in _COLUMNS:
        rows.add_column(head, justify="right", no_wrap=True)
    for part in compared:
        if "start_s" not in part:
            rows.add_section()
        for name in ("truth", "found"):
            cells = (
                shown(value if (value := part[name].get(key)) is None else value * factor, decimals)
                for key, _, factor, decimals in _COLUMNS
            )
            first = name == "truth"
            start = clock(part["start_s"]) if first and "start_s" in part else ""
            rows.add_row(start, part["name"] if first else "", name, *cells, style="" if first else "bold")
    out.print(rows)
