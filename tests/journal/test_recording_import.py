"""The recording of a run becomes a run in the journal: all of it, or nothing where anything is amiss."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from mcap.writer import CompressionType, Writer
from typer.testing import CliRunner

from coach.cli.main import app
from coach.home import runs_folder
from coach.journal.errors import JournalError
from coach.journal.exchange_recording import UTC_OFFSET, import_recording
from coach.journal.store import Journal
from coach.kept_run import ME, SIMULATED
from coach.replay import Replay
from coach.run_settings import RunSettings
from firmware_bridge.message import LinkEvent, LinkState
from firmware_bridge.recording_format import MAGIC
from firmware_bridge.recording_reader import Recording
from firmware_bridge.recording_writer import RecordingWriter

from .kept_runs import bits
from .recorded_runs import SETTINGS, recorded_run

PLACES = 400
"""In which a recording is damaged, one at a time."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Replay]:
    """A recording, and what its run found."""
    data, found = recorded_run()
    path = tmp_path_factory.mktemp("recording") / "run.mcap"
    path.write_bytes(data)
    return path, found


@pytest.fixture
def recording(run: tuple[Path, Replay]) -> Path:
    return run[0]


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:
    with Journal() as opened:
        yield opened


def rewritten(recording: Path, to: Path, later_s: float = 0.0, **told: str) -> Path:
    """The same recording under other settings, or of another time."""
    source = Recording(recording)
    writer = RecordingWriter(to, settings={**source.settings, **told})
    for message in source.messages():
        writer.write(replace(message, t_host_ns=message.t_host_ns + round(later_s * 1e9)))
    writer.close()
    return to


def assert_refused(journal: Journal, path: Path, why: str) -> None:
    with pytest.raises(JournalError, match=why) as told:
        import_recording(journal, path)
    line = str(told.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    assert journal.runs(None) == []
    assert not runs_folder().exists()


# What is taken in


def test_a_recording_becomes_the_run_that_was_recorded(journal: Journal, run: tuple[Path, Replay]) -> None:
    recording, found = run
    taken = import_recording(journal, recording)
    assert not taken.was_here
    kept = journal.load(taken.head.run_id)
    assert len(kept.strides) > 60
    assert len(kept.cues) > 0
    assert bits(kept.strides) == bits(found.strides)
    assert bits(kept.cues) == bits(found.cues)
    assert (kept.runner, kept.pod, kept.settings) == (ME, SETTINGS.pod, SETTINGS.coach)
    assert (kept.baseline_spm, kept.target_spm) == (165.0, 172.0)
    assert (kept.duration_s, kept.device) == (found.counters.duration_s, found.device)
    assert kept.finished
    sums = taken.head.sums
    assert sums is not None
    assert sums.strides == found.summary.strides


def test_it_began_when_its_first_sample_was_taken(journal: Journal, recording: Path) -> None:
    head = import_recording(journal, recording).head
    first = next(iter(Recording(recording).messages()))
    began_s = first.t_host_ns / 1e9
    assert began_s <= head.started.timestamp() < began_s + 2.0


@pytest.mark.parametrize("minutes", [0, 345, -210])
def test_it_began_by_the_clock_of_the_runner(
    journal: Journal, recording: Path, tmp_path: Path, minutes: int
) -> None:
    told = rewritten(recording, tmp_path / "told.mcap", **{UTC_OFFSET: str(minutes)})
    head = import_recording(journal, told).head
    assert head.started.utcoffset() == timedelta(minutes=minutes)


@pytest.mark.parametrize("told", ["", "soon", "1440", "-99999999999999999999"])
def test_without_a_clock_that_can_be_it_is_that_of_this_machine(
    journal: Journal, recording: Path, tmp_path: Path, told: str
) -> None:
    odd = rewritten(recording, tmp_path / "odd.mcap", **{UTC_OFFSET: told})
    head = import_recording(journal, odd).head
    assert head.started.utcoffset() == head.started.astimezone().utcoffset()


def test_the_recording_is_kept_for_the_runner_alone_and_goes_with_the_run(
    journal: Journal, recording: Path
) -> None:
    head = import_recording(journal, recording).head
    copy = Path(head.recording)
    assert copy.parent == runs_folder()
    assert copy.read_bytes() == recording.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    journal.delete(head.run_id)
    assert not copy.exists()
    assert recording.exists()


def test_a_run_that_is_here_is_passed_over(journal: Journal, recording: Path, tmp_path: Path) -> None:
    first = import_recording(journal, recording)
    # `coach run` notes the start by the clock, a moment after the packets came.
    for path in (recording, rewritten(recording, tmp_path / "later.mcap", later_s=0.3)):
        again = import_recording(journal, path)
        assert again.was_here
        assert again.head == first.head
    assert len(journal.runs(None)) == len(list(runs_folder().iterdir())) == 1


def test_another_pod_or_another_time_is_another_run(
    journal: Journal, recording: Path, tmp_path: Path
) -> None:
    import_recording(journal, recording)
    for name, path in (
        ("pod", rewritten(recording, tmp_path / "pod.mcap", later_s=1.0, pod="ble:Other")),
        ("time", rewritten(recording, tmp_path / "time.mcap", later_s=600.0)),
    ):
        assert not import_recording(journal, path).was_here, name
    assert len(journal.runs(ME)) == len(list(runs_folder().iterdir())) == 3


def test_a_run_with_a_simulated_pod_is_not_the_runners(
    journal: Journal, recording: Path, tmp_path: Path
) -> None:
    for number, pod in enumerate(("sim+ble:hill", "left=sim + right=sim")):
        path = rewritten(recording, tmp_path / f"{number}.mcap", later_s=60.0 * number, pod=pod)
        assert import_recording(journal, path).head.runner == SIMULATED
    assert import_recording(journal, rewritten(recording, tmp_path / "x", pod="ble:sim")).head.runner == ME


# What is refused


def test_damage_anywhere_is_told_and_nothing_is_taken(
    journal: Journal, recording: Path, tmp_path: Path
) -> None:
    whole = recording.read_bytes()
    draw = Random(7)
    ends = (*range(len(MAGIC), 120), *range(len(whole) - 120, len(whole)))
    for at in (*ends, *(draw.randrange(len(whole)) for _ in range(PLACES - len(ends)))):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << draw.randrange(8)
        path = tmp_path / "damaged.mcap"
        path.write_bytes(damaged)
        assert_refused(journal, path, "nothing was taken")


def test_a_recording_that_was_cut_off_is_told(journal: Journal, recording: Path, tmp_path: Path) -> None:
    whole = recording.read_bytes()
    path = tmp_path / "cut.mcap"
    for length in (*range(8, len(whole), len(whole) // 60), len(whole) - 1):
        path.write_bytes(whole[:length])
        assert_refused(journal, path, "cut off")


def test_a_part_that_is_missing_is_told(journal: Journal, recording: Path, tmp_path: Path) -> None:
    whole = recording.read_bytes()
    path = tmp_path / "short.mcap"
    path.write_bytes(whole[:20_000] + whole[24_000:])
    assert_refused(journal, path, "damaged")


def test_without_the_checksum_over_all_that_of_each_part_counts(
    journal: Journal, recording: Path, tmp_path: Path
) -> None:
    whole = recording.read_bytes()
    summary_at = int.from_bytes(whole[-28:-20], "little")
    path = tmp_path / "without.mcap"
    path.write_bytes(whole[: summary_at - 4] + bytes(4) + whole[summary_at:])
    head = import_recording(journal, path).head
    journal.delete(head.run_id)
    runs_folder().rmdir()
    damaged = bytearray(path.read_bytes())
    damaged[30_000] ^= 4
    path.write_bytes(damaged)
    assert_refused(journal, path, "damaged")


def test_a_file_of_another_program_is_told(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "foreign.mcap"
    with path.open("wb") as file:
        writer = Writer(file, compression=CompressionType.NONE)
        writer.start("ros2")
        channel = writer.register_channel("/imu", "cdr", 0)
        writer.add_message(channel, 1, b"x", 1)
        writer.finish()
    assert_refused(journal, path, "of another program")
    path.write_bytes(b"no recording at all")
    assert_refused(journal, path, "no recording")
    assert_refused(journal, tmp_path / "nowhere", "cannot be read")


def test_a_recording_in_which_nobody_runs_is_told(journal: Journal, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "nobody.mcap"
    writer = RecordingWriter(path, settings=RunSettings(pod="ble:Pod").to_mapping())
    writer.write(LinkEvent(1_790_000_000_000_000_000, LinkState.CONNECTED, "open"))
    writer.close()
    assert_refused(journal, path, "nobody runs in it")


def test_a_pod_that_is_not_known_is_told(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "unknown.mcap"
    writer = RecordingWriter(path, settings={})
    writer.write(LinkEvent(1_790_000_000_000_000_000, LinkState.CONNECTED, "shoe-2030"))
    writer.close()
    assert_refused(journal, path, "shoe-2030.*a newer version")


def test_a_recording_that_cannot_be_copied_is_not_taken_in(
    journal: Journal, recording: Path, home: Path
) -> None:
    runs_folder().write_bytes(b"in the way")
    with pytest.raises(JournalError, match="the recording cannot be copied there"):
        import_recording(journal, recording)
    assert journal.runs(None) == []


def test_a_journal_that_cannot_take_it_leaves_no_copy(
    journal: Journal, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(journal, "take_in", full)
    with pytest.raises(JournalError, match="the disk is full"):
        import_recording(journal, recording)
    assert list(runs_folder().iterdir()) == []


# The command


def test_the_command_knows_a_recording_by_its_first_bytes(recording: Path, tmp_path: Path) -> None:
    odd = tmp_path / "run.json"
    odd.write_bytes(recording.read_bytes())
    runner = CliRunner()
    taken = runner.invoke(app, ["journal", "import", str(odd)])
    assert taken.exit_code == 0, taken.output
    assert taken.stdout.startswith("taken in: run 1 of ")
    again = runner.invoke(app, ["journal", "import", str(recording)])
    assert again.stdout.startswith("already here: run 1 of ")
    document = tmp_path / "journal.mcap"
    exported = runner.invoke(app, ["journal", "export", "--json", str(document)])
    assert exported.exit_code == 0
    passed_over = runner.invoke(app, ["journal", "import", str(document)])
    assert passed_over.stdout == "0 runs taken in, 1 already here\n"


def test_the_command_says_what_is_wrong_with_a_file_in_one_line(tmp_path: Path) -> None:
    for name, content, why in (
        ("run.mcap", b"", "the file is empty"),
        ("x.mcap", b"?", "neither a recording"),
    ):
        (tmp_path / name).write_bytes(content)
        told = CliRunner().invoke(app, ["journal", "import", str(tmp_path / name)])
        assert told.exit_code == 1
        assert why in str(told.exception)
