"""The journal as people read it: the list of runs, and one run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from cadence.cue import CueKind, CueReason
from coach.cli.view import UNKNOWN, clock, console, shown, span, table
from coach.journal.run_head import RunHead
from coach.kept_run import ME, KeptRun


def print_runs(path: Path, heads: Sequence[RunHead], *, demos: bool, others: int) -> None:
    """One line a run, and where the journal lies. `others` is how many runs there are that are not listed."""
    out = console()
    if not heads:
        how = "'coach demo' makes one" if demos else "'coach run' makes one"
        out.print(Text(f"no {'demo' if demos else 'run'} is kept yet; {how}"))
        if others and not demos:
            out.print(Text(f"{others} of demos and simulated pods: 'coach journal --demos' lists them"))
    else:
        out.print(_list(heads, demos=demos))
        out.print()
    out.print(Text(f"journal: {path}", style="dim"))


def _list(heads: Sequence[RunHead], *, demos: bool) -> Table:
    rows = table()
    rows.add_column("\nrun", justify="right", no_wrap=True)
    rows.add_column("\nstarted", no_wrap=True)
    if demos:
        rows.add_column("\nrunner", no_wrap=True)
    measures = (
        "length\nmin:s", "running\nmin:s", "distance\nkm", "cadence\nspm", "target\nspm", "on target\n%",
        "speed\nm/s",
    )  # fmt: skip
    for measure in measures:
        rows.add_column(measure, justify="right", no_wrap=True)
    rows.add_column("", no_wrap=True)
    for head in heads:
        rows.add_row(
            str(head.run_id),
            f"{head.started:%Y-%m-%d %H:%M}",
            *([Text(head.runner)] if demos else []),
            clock(head.duration_s),
            *_numbers(head),
            Text("" if head.finished else "cut off, or goes on", style="yellow"),
        )
    return rows


def _numbers(head: RunHead) -> list[str]:
    sums = head.sums
    return [
        UNKNOWN if sums is None else clock(sums.running_s),
        shown(None if sums is None else sums.distance_m / 1000, 2),
        shown(None if sums is None else sums.cadence_spm, 1),
        shown(head.target_spm, 0),
        shown(100 * head.on_target_share, 0),
        shown(None if sums is None else sums.speed_m_s, 2),
    ]


def print_run(head: RunHead, run: KeptRun) -> None:
    """The numbers and the cues of one run."""
    out = console()
    lines = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column(overflow="fold")
    lines.add_row("run", Text(f"{head.run_id}, {head.started:%A %Y-%m-%d %H:%M}", style="bold"))
    if head.runner != ME:
        lines.add_row("runner", Text(head.runner))
    lines.add_row("pod", Text(", ".join(filter(None, (head.pod, head.device))) or UNKNOWN))
    lines.add_row("length", span(head.duration_s) + ("" if head.finished else ", cut off, or goes on"))
    sums, facts = head.sums, head.facts
    if sums is not None:
        lines.add_row("time", f"{span(sums.running_s)} running, {span(sums.walking_s)} walking")
        lines.add_row("strides", f"{sums.strides}, {sums.running_strides} of them running")
        lines.add_row("cadence", f"{shown(sums.cadence_spm, 1)} spm (median of the running)")
        lines.add_row("distance", f"{shown(sums.distance_m / 1000, 2)} km")
        lines.add_row("speed", f"{shown(sums.speed_m_s, 2)} m/s (median of the running)")
    lines.add_row(
        "coach", f"baseline {shown(head.baseline_spm, 0)} spm, target {shown(head.target_spm, 0)} spm"
    )
    if facts is not None and facts.level_s:
        share = shown(100 * head.on_target_share, 0)
        lines.add_row("on target", f"{share} % of {span(facts.level_s)} easy level running")
    if head.surface:
        lines.add_row("surface", Text(head.surface))
    if head.plan:
        lines.add_row("plan", Text(f"{head.plan} (minutes of running : minutes of walking × times)"))
    lines.add_row("recording", Text(head.recording or "not kept"))
    out.print(lines)
    if len(run.cues):
        out.print()
        out.print(_cues(run))


def _cues(run: KeptRun) -> Table:
    rows = table()
    rows.add_column("at\nmin:s", justify="right", no_wrap=True)
    rows.add_column("\ncue", no_wrap=True)
    rows.add_column("tempo\nspm", justify="right", no_wrap=True)
    rows.add_column("\nwhy", no_wrap=True)
    for cue in run.cues:
        rows.add_row(
            clock(float(cue["t_s"])),
            _words(CueKind(int(cue["kind"]))),
            shown(float(cue["tempo_spm"]), 0),
            _words(CueReason(int(cue["reason"]))),
        )
    return rows


def _words(code: CueKind | CueReason) -> str:
    return code.name.lower().replace("_", " ")
