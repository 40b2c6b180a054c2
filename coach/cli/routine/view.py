"""Routines as people read them: what is in them, how they go on, what was done."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.text import Text

from coach.care.progress import Proposal
from coach.care.records import RoutineDone
from coach.cli.big_digits import big_digits
from coach.cli.view import clock, console, shown, span, table
from coach.routines.catalogue import COUNTED, GUIDED
from coach.routines.counting import Counting
from coach.routines.exercise import Counted, Guided
from coach.routines.spoken import Spoken
from coach.routines.timeline import Timeline, timeline

GuidedScreen = Callable[[float, Sequence[Spoken]], None]
CountingScreen = Callable[[Counting, float, Sequence[Spoken]], None]


def print_how(routine: Guided | Counted, *, as_json: bool) -> None:
    """What is in a routine, and how it is done."""
    if as_json:
        json.dump(_how_document(routine), sys.stdout, indent=2, ensure_ascii=False)
        print()
        return
    out = console()
    out.print(Text(routine.title, style="bold"))
    out.print(routine.why + "\n")
    if isinstance(routine, Counted):
        for number, line in enumerate(routine.how, 1):
            out.print(f"{number}. {line}")
        out.print(
            f"\n{routine.sets} sets of {routine.reps}, {routine.lowering_s:.0f} s down, "
            f"{routine.rest_s:.0f} s rest between sets. The pod counts: --leg left --pod NAME"
        )
        return
    for number, exercise in enumerate(routine.exercises, 1):
        each = " each side" if exercise.sides > 1 else ""
        out.print(Text(f"{number}. {exercise.name}, {exercise.seconds:.0f} s{each}", style="bold"))
        out.print(f"   {exercise.how}")
    out.print(f"\n{span(timeline(routine).end_s)} in all.")


def _how_document(routine: Guided | Counted) -> dict[str, object]:
    head: dict[str, object] = {"routine": routine.name, "title": routine.title, "why": routine.why}
    if isinstance(routine, Counted):
        return head | {
            "how": list(routine.how),
            "sets": routine.sets,
            "reps": routine.reps,
            "lowering_s": routine.lowering_s,
            "rest_s": routine.rest_s,
        }
    return head | {
        "duration_s": timeline(routine).end_s,
        "exercises": [
            {"name": one.name, "how": one.how, "seconds": one.seconds, "sides": one.sides}
            for one in routine.exercises
        ],
    }


@contextmanager
def guided_screen(laid_out: Timeline, *, show: bool) -> Iterator[GuidedScreen]:
    """Show a guided routine: a picture on a terminal, a line for each word elsewhere."""
    with _shown(show) as live:

        def draw(now_s: float, heard: Sequence[Spoken]) -> None:
            if live is not None:
                live.update(_guided_picture(laid_out, now_s))
            elif show:
                _print_words(heard)

        yield draw


@contextmanager
def counting_screen(exercise: Counted, leg: str, *, show: bool) -> Iterator[CountingScreen]:
    """Show a counted exercise in the same way."""
    with _shown(show) as live:

        def draw(counting: Counting, now_s: float, heard: Sequence[Spoken]) -> None:
            if live is not None:
                live.update(_counting_picture(exercise, leg, counting, now_s))
            elif show:
                _print_words(heard)

        yield draw


def print_done(done: RoutineDone, proposal: Proposal | None) -> None:
    """What was done, and what comes next."""
    out = console()
    routine = GUIDED.get(done.routine) or COUNTED[done.routine]
    if isinstance(routine, Guided):
        state = "done" if done.finished else "ended early"
        out.print(f"{routine.title}: {state} after {span(done.duration_s)}.")
        return
    if not done.sets:
        out.print("No repetition was counted.")
        return
    carried = f", carrying {done.load_kg:g} kg" if done.load_kg else ""
    out.print(Text(f"{routine.title}, {done.leg} leg{carried}", style="bold"))
    rows = table()
    for head in ("set", "repetitions", "way down, s\nshortest", "way down, s\nlongest"):
        rows.add_column(head, justify="right")
    for number, one in enumerate(done.sets, 1):
        rows.add_row(
            str(number),
            str(one.reps),
            shown(min(one.lowering_s, default=None), 1),
            shown(max(one.lowering_s, default=None), 1),
        )
    out.print(rows)
    if proposal is not None:
        out.print("\nNext time: " + "\n    ".join(filter(None, (proposal.words, proposal.why))))


@contextmanager
def _shown(show: bool) -> Iterator[Live | None]:
    if not show or not sys.stdout.isatty():
        yield None
        return
    with Live(console=console(), auto_refresh=True, refresh_per_second=8, transient=True) as live:
        yield live


def _print_words(heard: Sequence[Spoken]) -> None:
    for spoken in heard:
        if spoken.words:
            print(f"{clock(spoken.t_s)}  {spoken.words}", flush=True)


def _guided_picture(laid_out: Timeline, now_s: float) -> RenderableType:
    part = laid_out.part_at(now_s)
    count = len(laid_out.routine.exercises)
    side = f", {part.side} side" if part.side else ""
    ready = now_s < part.begin_s
    left_s = max((part.begin_s if ready else part.end_s) - now_s, 0.0)
    following = [later for later in laid_out.parts if later.ready_s >= part.end_s]
    return Panel(
        Group(
            Text(f"{part.number} of {count}   {part.exercise.name}{side}", style="bold"),
            Text(part.exercise.how),
            Text(""),
            Text("\n".join(_digits(left_s)), style="dim" if ready else "bold green"),
            Text("get ready" if ready else "seconds left", style="dim"),
            Padding(ProgressBar(total=laid_out.end_s, completed=now_s, width=50), 0),
            Text(f"next: {following[0].exercise.name}" if following else "this is the last one", style="dim"),
        ),
        title=laid_out.routine.title,
    )


def _counting_picture(exercise: Counted, leg: str, counting: Counting, now_s: float) -> RenderableType:
    rest_s = counting.rest_left_s(now_s)
    sets = counting.sets()
    last = sets[-1].lowering_s[-1] if sets and sets[-1].lowering_s else None
    if rest_s is None:
        state = f"set {counting.number} of {exercise.sets}, {exercise.reps} repetitions"
        number = float(counting.reps)
    else:
        state = f"rest; then set {counting.number} of {exercise.sets}"
        number = rest_s
    return Panel(
        Group(
            Text(state, style="bold"),
            Text("\n".join(_digits(number)), style="bold green" if rest_s is None else "dim"),
            Text(f"last way down {shown(last, 1)} s, {exercise.lowering_s:.0f} s is the pace", style="dim"),
            Text("done: " + (", ".join(str(one.reps) for one in sets) or "nothing yet"), style="dim"),
        ),
        title=f"{exercise.title}, {leg} leg",
    )


def _digits(number: float) -> list[str]:
    ascii_only = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
    return big_digits(f"{number:.0f}", scale=1, ascii_only=ascii_only)
