"""The live view on real terminals: what stands on the screen, what it costs, and what a terminal that does
not read can hold up."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import FileIO, TextIOWrapper
from pathlib import Path
from threading import Event

import numpy as np
import pyte
import pytest

from cadence.cue import CUE, CueKind, CueReason, CueStatus
from coach.cli.live import screen as live_screen
from coach.cli.live.painter import Line, Painter, changed, styled
from coach.cli.live.state import LiveWatch
from coach.coach import Coach as CuePolicy
from coach.coach_settings import CoachSettings
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.links.replay import ReplayLink
from firmware_bridge.pods.catalogue import decoders

from .conftest import START

CTRL_S, CTRL_C = b"\x13", b"\x03"
SIZES = [(80, 24), (56, 24), (200, 50)]
BYTES_A_SECOND = 3000
"""A picture of 80x24 drawn whole four times a second would be 8000."""


@dataclass
class OnTerminal:
    """`coach` on a terminal of some size."""

    folder: Path
    columns: int
    rows: int
    arguments: tuple[object, ...]
    written: list[tuple[float, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.far, near = pty.openpty()
        fcntl.ioctl(near, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))
        # Those of the tests' own terminal, if it has any, are not those of this one.
        passed_on = os.environ.keys() - {"NO_COLOR", "COLUMNS", "LINES"}
        environment = {name: os.environ[name] for name in passed_on}
        environment |= {"TERM": "xterm", "COACH_HOME": str(self.folder / f"home{self.columns}")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, self.arguments)],
            cwd=self.folder, env=environment, stdin=near, stdout=near, stderr=near, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,
        )  # fmt: skip
        os.close(near)

    def read(self, until: bytes = b"", within_s: float = 60.0) -> bytes:
        """What it writes, until something stands there or it ends."""
        ends_s = time.monotonic() + within_s
        while not (until and until in self.all) and time.monotonic() < ends_s:
            if select.select([self.far], [], [], 0.1)[0]:
                try:
                    self.written.append((time.monotonic(), os.read(self.far, 65536)))
                except OSError:  # Linux: the other end is closed
                    break
            elif self.process.poll() is not None:
                break
        return self.all

    @property
    def all(self) -> bytes:
        return b"".join(data for _, data in self.written)

    def ended(self) -> int:
        self.read()
        code = self.process.wait(timeout=100)
        os.close(self.far)
        return code

    def screen(self) -> list[str]:
        """What the last picture left on the screen."""
        screen = pyte.Screen(self.columns, self.rows)
        picture, _, _ = self.all.partition(b"\x1b[?25h")
        pyte.ByteStream(screen).feed(picture)
        return [line.rstrip() for line in screen.display]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, int], OnTerminal]:
    """A quarter of a minute on terminals of each size, all at once."""
    folder = tmp_path_factory.mktemp("screens")
    command = ("run", "--pod", "sim:steady,lapse=6", "--seconds", 15, "--target", 170)
    started = {size: OnTerminal(folder, *size, command) for size in SIZES}
    for run in started.values():
        assert run.ended() == 0, run.all.decode(errors="replace")
    return started


Runs = dict[tuple[int, int], OnTerminal]


@pytest.mark.parametrize("size", SIZES)
class TestOnEachTerminal:
    def test_the_picture_is_whole(self, runs: Runs, size: tuple[int, int]) -> None:
        lines = runs[size].screen()
        shown = " ".join(" ".join(lines).split())
        for words in (
            "running",
            "target 170 spm",
            "stride 2.",
            "contact 2",
            "link connected, direct",
            "losses none",
        ):
            assert words in shown
        assert any("██" in line for line in lines[2:9])
        assert any("170" in line and "·" in line for line in lines)
        assert len([line for line in lines if "stride " in line]) == 1

    def test_the_summary_follows_where_the_terminal_was_taken_over(
        self, runs: Runs, size: tuple[int, int]
    ) -> None:
        _, _, after = runs[size].all.partition(b"\x1b[?25h\x1b[?1049l")
        assert b"CadPod" in after
        assert b"\x1b[?1049h" not in after

    def test_nothing_is_erased_but_to_be_drawn_at_once(self, runs: Runs, size: tuple[int, int]) -> None:
        assert runs[size].all.count(b"\x1b[2J") == 1


def test_a_slow_line_has_little_to_carry(runs: Runs) -> None:
    """At six times the pace of a run, where every picture differs from the one before in all its numbers."""
    _, *drawn, _ = [(t_s, len(data)) for t_s, data in runs[80, 24].written if b"H" in data]
    took_s = drawn[-1][0] - drawn[0][0]
    assert took_s > 1.5
    assert len(drawn) <= took_s / live_screen.DRAW_EVERY_S + 3
    assert sum(size for _, size in drawn) / took_s < BYTES_A_SECOND


def test_a_terminal_stopped_with_ctrl_s_holds_up_neither_the_run_nor_its_end(tmp_path: Path) -> None:
    command = ("run", "--pod", "sim:steady,lapse=5", "--seconds", 10, "--record", "kept.mcap")
    run = OnTerminal(tmp_path, 80, 24, command)
    run.read(until=b"running")
    os.write(run.far, CTRL_S)
    run.read(within_s=0.3)
    seen = len(run.all)
    run.read(within_s=0.6)
    assert len(run.all) == seen  # it was stopped indeed
    stopped_s = time.monotonic()
    assert run.ended() == 0
    assert time.monotonic() - stopped_s < 8.0
    after = run.all[seen:]
    assert after.count(b"\x1b[?1049l") == 1  # the terminal is given back
    assert b"0:10" in after
    assert b"none" in after  # of the pod's samples none was lost
    assert b"the run is kept in kept.mcap" in after


def test_ctrl_c_ends_the_run_and_gives_the_terminal_back(tmp_path: Path) -> None:
    run = OnTerminal(tmp_path, 80, 24, ("run", "--pod", "sim:steady,lapse=4"))
    run.read(until=b"running")
    os.write(run.far, CTRL_C)
    assert run.ended() == 0
    assert run.all.count(b"\x1b[?25h\x1b[?1049l") == 1
    assert b"CadPod" in run.all


@pytest.fixture
def terminal() -> Iterator[tuple[int, FileIO]]:
    """The far end of a terminal that shows what it is sent as it is, and this end."""
    far, near = pty.openpty()
    tty.setraw(near)
    with open(near, "r+b", buffering=0, closefd=True) as out:
        yield far, out
    os.close(far)


def cells(text: str, style: str = "") -> Line:
    return [(sign, style) for sign in text]


def fill(out: FileIO) -> None:
    """Write to a terminal that nobody reads until it takes no more."""
    os.set_blocking(out.fileno(), False)
    idle_s = time.monotonic()
    while time.monotonic() < idle_s + 0.1:  # the system moves what came, and has room again
        if out.write(b"." * 4096) or out.write(b"."):
            idle_s = time.monotonic()
    os.set_blocking(out.fileno(), True)


class TestThePainter:
    def test_draws_the_newest_picture_and_leaves(self, terminal: tuple[int, FileIO]) -> None:
        far, out = terminal
        painter = Painter(out, "utf-8", lambda words: ((80, 24), [cells(words, "1"), cells("–")]))
        painter.show("one")
        data = os.read(far, 1000)
        while b"one" not in data:
            data += os.read(far, 1000)
        painter.show("ones")
        while b"\x1b[1;4H\x1b[1ms\x1b[m" not in data:
            data += os.read(far, 1000)
        assert painter.close(5.0)
        assert "–".encode() in data
        assert os.read(far, 1000).endswith(b"\x1b[?25h\x1b[?1049l")

    def test_a_terminal_that_nobody_reads_delays_nobody_and_is_left_at_the_end(
        self, terminal: tuple[int, FileIO]
    ) -> None:
        far, out = terminal
        fill(out)
        painter = Painter(out, "utf-8", lambda words: ((80, 24), [cells(words)]))
        before_s = time.monotonic()
        for number in range(10_000):
            painter.show(f"picture {number}.")
        assert not painter.close(0.1)
        assert time.monotonic() - before_s < 2.0
        while b"\x1b[?1049l" not in os.read(far, 65536):  # now somebody reads: the thread ends
            pass
        assert painter.close(5.0)

    def test_of_the_pictures_a_terminal_missed_it_gets_the_newest(self, terminal: tuple[int, FileIO]) -> None:
        far, out = terminal
        fill(out)
        painter = Painter(out, "utf-8", lambda words: ((80, 24), [cells(words)]))
        for number in range(100):
            painter.show(f"picture {number}.")
        data = b""
        while b"picture 99." not in data:
            data += os.read(far, 65536)
        assert painter.close(5.0)
        assert data.count(b"picture") == 1

    def test_another_size_is_drawn_afresh(self, terminal: tuple[int, FileIO]) -> None:
        far, out = terminal
        painter = Painter(out, "ascii", lambda width: ((width, 24), [cells("same")]))
        data = b""
        for number, width in enumerate((80, 60), start=1):
            painter.show(width)
            while data.count(b"\x1b[2J\x1b[1;1Hsame") < number:
                data += os.read(far, 1000)
        assert painter.close(5.0)

    def test_a_mistake_in_a_picture_is_told_in_the_end(self, terminal: tuple[int, FileIO]) -> None:
        drawing = Event()

        def mistaken(number: int) -> tuple[tuple[int, int], list[Line]]:
            drawing.set()
            raise ZeroDivisionError(number)

        painter = Painter(terminal[1], "utf-8", mistaken)
        painter.show(1)
        assert drawing.wait(5.0)
        with pytest.raises(ZeroDivisionError):
            painter.close(5.0)

    def test_a_terminal_that_has_gone_is_no_error(self) -> None:
        class Gone:
            def write(self, data: bytes, /) -> int | None:
                raise OSError(5, "Input/output error")

        painter = Painter(Gone(), "utf-8", lambda number: ((80, 24), [cells(str(number))]))
        painter.show(1)
        assert painter.close(5.0)


class TestWhatIsWritten:
    def test_nothing_for_nothing(self) -> None:
        assert changed(3, cells("same"), cells("same")) == ""

    def test_only_what_changed(self) -> None:
        assert changed(3, cells("speed 2.75 m/s"), cells("speed 2.81 m/s")) == "\x1b[3;9H75"
        assert changed(1, cells("ab"), cells("abcd")) == "\x1b[1;3H  "

    def test_a_row_with_wide_signs_is_written_whole(self) -> None:
        assert changed(2, cells("鞋 2"), cells("鞋 1")) == "\x1b[2;1H鞋 2\x1b[K"

    def test_neighbours_of_a_style_share_it(self) -> None:
        assert styled([*cells("ab", "1"), *cells(" c")]) == "\x1b[1mab\x1b[m c"


def test_a_program_ends_though_its_terminal_is_not_read(terminal: tuple[int, FileIO]) -> None:
    fill(terminal[1])
    program = (
        "import sys\n"
        "from coach.cli.live.painter import Painter\n"
        "out = getattr(sys.stdout.buffer, 'raw', sys.stdout.buffer)\n"
        "painter = Painter(out, 'utf-8', lambda text: ((80, 24), [[(text, '')]]))\n"
        "painter.show('x')\n"
        "sys.exit(3 if painter.close(0.1) else 0)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], stdout=terminal[1], timeout=100, check=False)
    assert run.returncode == 0


@pytest.mark.parametrize(("kind", "draws"), [("xterm", True), ("dumb", False)])
def test_a_terminal_that_cannot_be_drawn_on_is_known(
    terminal: tuple[int, FileIO], monkeypatch: pytest.MonkeyPatch, kind: str, draws: bool
) -> None:
    monkeypatch.setenv("TERM", kind)
    stdout = TextIOWrapper(terminal[1])
    with monkeypatch.context() as changed_here:
        changed_here.setattr(sys, "stdout", stdout)
        assert live_screen.can_draw() is draws
    stdout.detach()


def test_whether_a_terminal_takes_output_is_known(
    terminal: tuple[int, FileIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", terminal[1])
    assert live_screen.takes_output(0.0)
    fill(terminal[1])
    assert not live_screen.takes_output(0.05)


class TestWatchingARun:
    def watched(self, policy: CuePolicy | None) -> LiveWatch:
        run = Run(decoders(convention=None), coach=policy)
        settings = RunSettings("sim", coach=CoachSettings(target_spm=175.0))
        return LiveWatch(settings, run, Tally(run), ReplayLink([]), None)

    def test_what_the_coach_says_is_kept_with_its_reason_and_grows_old(self) -> None:
        watch = self.watched(CuePolicy())
        assert watch.state(0.0).said is None
        cue = np.array([(12.0, CueKind.BURST_UP, CueReason.BELOW_TARGET, 172.0)], CUE)[0]
        (told,) = watch.take(Found(cues=[cue]), 12.5)
        said = watch.state(20.0).said
        assert said is not None
        assert (said.words, said.reason, said.age_s) == (told.words, told.reason, 7.5)
        assert "172" in said.words

    def test_while_the_coach_has_no_target_the_one_that_was_asked_for_is_shown(self) -> None:
        state = self.watched(CuePolicy()).state(1.0)
        assert (state.status, state.tempo_spm, state.target_spm) == (CueStatus.IDLE, None, 175.0)

    def test_without_a_coach_the_target_is_the_runners(self) -> None:
        state = self.watched(None).state(1.0)
        assert (state.status, state.target_spm, state.baseline_spm) == (None, 175.0, None)
