"""The whole page in a real browser with a simulated pod: five minutes of a run, through a loss of the link
and a page that was killed, told to the last bit as the host tells it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cadence.cue import cue_to_dict
from cadence.stride import to_dict
from coach.journal.errors import JournalError
from coach.journal.exchange_recording import import_recording
from coach.journal.store import Journal
from coach.kept_run import ME
from hardware.chromium import answer_chooser
from hardware.harness import simulated_pod

from ..export.test_fit_file import read_by_fitdecode, read_by_garmin
from .browser import Server, Watch
from .replaying import replayed
from .whole_page import WholePage

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LAPSE = 20.0
RUN_S = 300.0
LOST_AT_S, LOST_FOR_S = 70.0, 6.0
KILLED_AT_S = 150.0


@dataclass(frozen=True)
class Outing:
    """A run of the page and all that came of it.

    Attributes:
        head, results: as the browser keeps them.
        faults: what the page did that it must not.
        recording, table, activity: its exports.
        true_spm: the runner's median cadence.
        seen: what the screen after the run shows, field by field.
    """

    head: dict[str, Any]
    results: dict[str, Any]
    faults: list[str]
    recording: Path
    table: Path
    activity: Path
    true_spm: float
    seen: dict[str, str]


@pytest.fixture(scope="module")
def outing(
    bluetooth_browser: Callable[[Mapping[str, str]], AbstractContextManager[Browser]],
    serve: Callable[..., Server],
    site_files: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> Outing:
    folder = tmp_path_factory.mktemp("exports")
    faults = f"link-loss@{LOST_AT_S:.0f}+{LOST_FOR_S:.0f}"
    with ExitStack() as stack:
        pod = stack.enter_context(simulated_pod("coached", link="ble", lapse=LAPSE, faults=faults))
        browser = stack.enter_context(bluetooth_browser(pod.environment))
        address = serve(site_files).address
        context = browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB")
        watch = Watch(context, address)
        page = WholePage(context.new_page())
        answer_chooser(page.page, "take")
        page.page.goto(address)
        page.begin()
        page.run_until(KILLED_AT_S)
        page.page.reload()
        page.begin("continue")
        page.run_until(RUN_S)
        page.stop()
        (kept,) = page.kept()
        seen = {name: page.seen(name) for name in ("time", "distance", "cadence", "target")}
        recording, table, activity = (page.export(kind, folder) for kind in ("mcap", "csv", "fit"))
        true_spm = float(np.nanmedian(pod.truth.strides["cadence_spm"]))
        context.close()
    return Outing(kept["head"], kept["results"], watch.faults, recording, table, activity, true_spm, seen)


def test_its_strides_and_cues_are_those_of_a_replay_on_the_host_every_field(outing: Outing) -> None:
    found = replayed(outing.recording)
    assert outing.results["strides"] == [to_dict(stride) for stride in found.strides]
    assert outing.results["cues"] == [cue_to_dict(cue) for cue in found.cues]
    assert len(found.strides) > 300
    assert {"burst_up", "silence"} <= {cue["kind"] for cue in outing.results["cues"]}


def test_what_it_keeps_of_the_run_is_what_the_host_finds(outing: Outing) -> None:
    found, head = replayed(outing.recording), outing.head
    assert head["finished"] is True
    assert head["duration_s"] == found.counters.duration_s >= RUN_S
    assert head["stationary_s"] == found.counters.stationary_s
    assert head["device"] == found.device
    assert head["baseline_spm"] == pytest.approx(found.baseline_spm)
    assert head["target_spm"] == pytest.approx(found.target_spm)
    assert head["cadence_spm"] == pytest.approx(found.summary.cadence_spm)
    assert head["distance_m"] == pytest.approx(found.summary.distance_m)
    assert head["running_s"] == pytest.approx(found.summary.running_s)


def test_a_lost_link_and_a_killed_page_are_gaps_that_no_stride_spans(outing: Outing) -> None:
    found = replayed(outing.recording)
    assert found.losses is not None
    assert found.losses.disconnects == 2
    assert found.losses.lost_samples > 208
    strides = found.strides
    begun_s = strides["t_contact_s"] - strides["stride_time_s"]
    holes = np.flatnonzero(np.diff(strides["t_contact_s"]) > 2.0)
    running = strides["activity"] == 3
    after_holes = [row + 1 for row in holes if running[row] and running[row + 1]]
    assert len(after_holes) >= 2
    for row in after_holes:
        assert np.isnan(begun_s[row]) or begun_s[row] > strides["t_contact_s"][row - 1] + 0.1


def test_the_run_goes_on_after_both(outing: Outing) -> None:
    contacts = np.array([stride["t_contact_s"] for stride in outing.results["strides"]])
    # A page that is killed may lose what came since it was last kept, three seconds of its own.
    kept_until_s = KILLED_AT_S - 3.0 * LAPSE
    for begin, end in ((20.0, LOST_AT_S), (LOST_AT_S + 15.0, kept_until_s), (RUN_S - 60.0, RUN_S)):
        assert ((contacts > begin) & (contacts < end)).sum() > 0.9 * (end - begin) * 160 / 120


def test_the_screen_afterwards_tells_it(outing: Outing) -> None:
    head = outing.head
    minutes, seconds = divmod(int(head["duration_s"]), 60)
    assert outing.seen["time"] == f"{minutes}:{seconds:02d}"
    assert outing.seen["distance"] == f"{head['distance_m'] / 1000:.2f} km"
    assert outing.seen["cadence"] == f"{head['cadence_spm']:.0f} spm"
    assert outing.seen["target"] == f"{head['target_spm']:.0f} spm"
    assert abs(head["cadence_spm"] - outing.true_spm) < 2.0


def test_the_table_is_that_of_the_host(outing: Outing) -> None:
    with outing.table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(outing.results["strides"])
    for row, stride in zip(rows, outing.results["strides"], strict=True):
        assert list(row) == list(stride)
        assert {name: number(text) for name, text in row.items()} == {
            name: str(value) if isinstance(value, bool | str) else value for name, value in stride.items()
        }


def number(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def test_its_recording_becomes_the_same_run_in_the_journal(outing: Outing) -> None:
    head = outing.head
    with Journal() as journal:
        taken = import_recording(journal, outing.recording)
        kept = journal.load(taken.head.run_id)
        assert import_recording(journal, outing.recording).was_here
    assert [to_dict(stride) for stride in kept.strides] == outing.results["strides"]
    assert [cue_to_dict(cue) for cue in kept.cues] == outing.results["cues"]
    assert (kept.runner, kept.device, kept.duration_s) == (ME, head["device"], head["duration_s"])
    assert kept.started.timestamp() * 1000 == pytest.approx(head["started_ms"], abs=1.0)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_a_damaged_or_cut_recording_is_refused_and_nothing_is_taken(
    outing: Outing, share: float, tmp_path: Path
) -> None:
    whole = outing.recording.read_bytes()
    at = int(share * len(whole))
    path = tmp_path / "damaged.mcap"
    with Journal() as journal:
        for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            path.write_bytes(content)
            with pytest.raises(JournalError, match="nothing was taken"):
                import_recording(journal, path)
        assert journal.runs(None) == []


def test_its_activity_is_one_that_sports_programs_read(outing: Outing) -> None:
    head = outing.head
    for read in (read_by_garmin, read_by_fitdecode):
        (session,) = read(outing.activity.read_bytes())["session"]
        assert session["total_elapsed_time"] == pytest.approx(head["duration_s"], abs=0.001)
        assert session["total_distance"] == pytest.approx(head["distance_m"], abs=0.01)


def test_nothing_was_said_on_the_console_and_no_foreign_origin_was_asked(outing: Outing) -> None:
    assert outing.faults == []
