"""Two pods over Bluetooth in one run, one of them away for a minute: the run goes on, nothing is doubled or
invented, and what is said of left and right tells on how many strides it rests.

Two pods of one simulated runner through bleak's own Linux back end where there is a bus, and once more from
the recording, which must give the same.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.stride import Side
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.counted import counted
from coach.live import follow
from coach.replay import Replay, Tally, replay_messages
from coach.run import Found, Run
from firmware_bridge.links.joined import JoinedLinks
from firmware_bridge.links.live import Company
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.recording_reader import Recording
from firmware_bridge.recording_writer import RecordingWriter
from hardware.ble import private_bus
from hardware.ble.simulated_ble import SimulatedBle
from hardware.faults.plan import parse_faults
from hardware.gait import Pace
from hardware.lapse import run_lapsed
from hardware.other_foot import Wearer
from hardware.pod import SimulatedPod
from hardware.pod_spec import PodSpec
from hardware.runner import Segment
from hardware.simulation import Worn, simulation

SECONDS = 130.0
STANDS_S = 6.0
AWAY_S = (36.0, 96.0)
"""The first pod's, which the coach hears at first."""
LAPSE = 10.0
SEGMENTS = [Segment(STANDS_S), Segment(600.0, Pace())]
SIDES = (Side.LEFT, Side.RIGHT)
SETTINGS = CoachSettings(baseline_spm=160.0, baseline_speed_m_s=3.0, target_spm=178.0)
STEP_S = 60.0 / 165.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of the run; the truth of each foot in seconds since the runner set out."""

    path: str
    live: Replay
    again: Replay
    truths: list[NDArray[np.void]]
    heard: list[int]


def new_run() -> Run:
    return Run(lambda _: OpenPod().decoder(), sides=SIDES, coach=Coach(SETTINGS))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    recording = tmp_path_factory.mktemp("two") / "run.mcap"
    return run_lapsed(_outcome(recording), LAPSE)


async def _outcome(recording: Path) -> Outcome:
    away = parse_faults(f"link-loss@{AWAY_S[0]}+{AWAY_S[1] - AWAY_S[0]}")
    run, recorder = new_run(), RecordingWriter(recording, settings={})
    tally, heard = Tally(run), list[int]()
    async with SimulatedBle() as air:
        company, wearer = Company(), Wearer(1)
        left = Worn(wearer, air, company)
        right = Worn(wearer, air, company, is_other=True)
        async with (
            simulation(
                PodSpec("ble", side=Side.LEFT, contact_percent=5.0), away, segments=SEGMENTS, worn=left
            ) as first,
            simulation(
                PodSpec("ble", side=Side.RIGHT), parse_faults(""), segments=SEGMENTS, worn=right
            ) as second,
        ):
            link = JoinedLinks([first.link, second.link])

            def show(found: Found) -> None:
                tally.add(found)
                heard.extend([found.number] * len(found.strides) if found.leads else [])

            loop = asyncio.get_running_loop()
            loop.call_later(SECONDS, lambda: ended.append(loop.create_task(link.close())))
            ended: list[asyncio.Task[None]] = []
            await follow(link, run, recorder=recorder, show=show)
            await asyncio.gather(*ended)
            truths = []
            for pod in (first.pod, second.pod):
                assert isinstance(pod, SimulatedPod)
                truth = pod.truth.strides.copy()
                truth["t_contact_s"] += pod.begins_s
                truths.append(truth)
        path = air.path
    recorder.close()
    again = replay_messages(Recording(recording).messages(), new_run())
    return Outcome(path, tally.replay(), again, truths, heard)


def of_foot(replay: Replay, side: Side) -> NDArray[np.void]:
    chosen: NDArray[np.void] = replay.strides[replay.strides["side"] == side]
    return chosen


def test_both_go_by_the_same_way(outcome: Outcome) -> None:
    assert outcome.path == ("bluez-dbus" if private_bus.is_available() else "in-process")


def test_the_recording_gives_the_same_strides_and_cues(outcome: Outcome) -> None:
    assert outcome.again.strides.tobytes() == outcome.live.strides.tobytes()
    assert outcome.again.cues.tobytes() == outcome.live.cues.tobytes()
    assert outcome.again.summary == outcome.live.summary
    assert outcome.again.asymmetry == outcome.live.asymmetry
    assert len(outcome.live.cues) > 0


def test_the_run_goes_on_with_the_other_foot(outcome: Outcome) -> None:
    left, right = (of_foot(outcome.live, side)["t_contact_s"] for side in SIDES)
    away = (left > AWAY_S[0] + 1.0) & (left < AWAY_S[1] - 1.0)
    assert not away.any()
    assert (left > AWAY_S[1] + 3.0).sum() > 20
    assert len(right) > 0.95 * len(outcome.truths[1][outcome.truths[1]["t_contact_s"] < right[-1]])
    assert outcome.live.losses is not None
    assert outcome.live.losses.disconnects == 1


@pytest.mark.parametrize("number", [0, 1])
def test_no_stride_is_doubled_or_invented(outcome: Outcome, number: int) -> None:
    found_s = of_foot(outcome.live, SIDES[number])["t_contact_s"]
    truth_s = outcome.truths[number]["t_contact_s"]
    meant = np.abs(found_s[:, None] - truth_s).argmin(axis=1)
    off_s = found_s - truth_s[meant]
    assert len(set(meant)) == len(found_s)
    # The run's clock began with the first sample, some tenths after or at the runner's.
    assert np.abs(off_s - np.median(off_s)).max() < 0.1


def test_both_feet_are_on_one_clock(outcome: Outcome) -> None:
    left, right = (of_foot(outcome.live, side)["t_contact_s"] for side in SIDES)
    both = left[left < right[-1]]
    steps_s = np.array([right[right > contact_s][0] - contact_s for contact_s in both])
    assert abs(float(np.median(steps_s)) - STEP_S) < 0.03
    assert np.abs(steps_s - STEP_S).max() < 0.06


def test_distance_and_strides_are_those_of_one_foot(outcome: Outcome) -> None:
    strides = counted(outcome.live.strides)
    assert outcome.live.summary.strides == len(strides)
    assert np.diff(strides["t_mid_stance_s"]).min() > 0.5
    truth = outcome.truths[1]
    went_m = float(truth["stride_length_m"][truth["t_contact_s"] < SECONDS].sum())
    assert outcome.live.summary.distance_m == pytest.approx(went_m, rel=0.06)
    assert outcome.live.summary.cadence_spm == pytest.approx(165.0, abs=1.0)


def test_the_coach_hears_one_foot_at_a_time(outcome: Outcome) -> None:
    changes = np.flatnonzero(np.diff(outcome.heard))
    assert outcome.heard[0] == 0
    assert outcome.live.losses is not None
    # To the other foot, and not back without need, such as a stall on a busy machine.
    assert 1 <= len(changes) <= 1 + outcome.live.losses.stalls
    assert len(outcome.heard) == pytest.approx((SECONDS - STANDS_S) / (2 * STEP_S), abs=6)


def test_the_asymmetry_says_on_how_many_strides_it_rests(outcome: Outcome) -> None:
    found = outcome.live.asymmetry
    assert found is not None
    there_s = SECONDS - STANDS_S - (AWAY_S[1] - AWAY_S[0])
    assert 0.6 * there_s / (2 * STEP_S) < found.pairs <= there_s / (2 * STEP_S)
    contact = found.differences[0]
    assert contact.measured.field == "contact_time_s"
    assert contact.seen
    assert contact.difference == pytest.approx(5.0, abs=2.0)
    alike = {told.measured.field for told in found.differences if told.seen is False}
    assert {"stride_time_s", "stride_length_m", "strike_angle_deg"} <= alike
