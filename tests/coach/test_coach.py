"""The coach of a run: strides, updates and losses in, cues out; what it was told is in the recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence.cue import CUE, CueKind, CueReason, CueStatus
from cadence.stride import Activity
from coach.coach import Coach
from coach.coach_settings import CoachSettings, read_coach_settings
from coach.run_settings import RunSettings, read_settings
from firmware_bridge.message import LinkEvent, LinkState
from firmware_bridge.readings import CadenceUpdate
from firmware_bridge.recording_reader import Recording
from firmware_bridge.recording_writer import RecordingWriter

from .hand_made_runs import BURSTS, TOLD, UNKNOWN, Outing, fed, random_strides, stride

cadences = st.none() | st.floats(100.0, 240.0)
speeds = st.none() | st.floats(0.5, 12.5)
coach_settings = st.builds(CoachSettings, cadences, speeds, cadences, st.floats(0, 1))


class TestWhatItIsTold:
    @given(coach_settings)
    def test_is_text_and_back_to_the_last_bit(self, told: CoachSettings) -> None:
        assert read_coach_settings(told.to_mapping()) == told
        assert read_settings(RunSettings("sim", coach=told).to_mapping()).coach == told

    @pytest.mark.parametrize("text", ["", "nan", "inf", "fast", "1,5", "1e30", "-9"])
    def test_what_is_no_number_is_not_known(self, text: str) -> None:
        mapping = dict.fromkeys(CoachSettings().to_mapping(), text)
        assert read_coach_settings(mapping) == CoachSettings()
        assert read_coach_settings({}) == CoachSettings()

    def test_comes_out_of_a_recording_and_cues_as_it_did(self, tmp_path: Path) -> None:
        told = CoachSettings(158.123456789, 3.0123, 167.7, fade=0.1)
        writer = RecordingWriter(tmp_path / "run.mcap", settings=RunSettings("sim", coach=told).to_mapping())
        writer.write(LinkEvent(0, LinkState.CONNECTED, pod="open"))
        writer.close()
        again = read_settings(Recording(tmp_path / "run.mcap").settings).coach
        first, second = (Outing(known, answer=0.8).run(1800).records() for known in (told, again))
        assert len(first) > 4
        assert first.tobytes() == second.tobytes()

    def test_changes_what_it_says(self) -> None:
        """Or the tests above would prove nothing."""
        said = set()
        for told in (TOLD, replace(TOLD, fade=0.3), replace(TOLD, target_spm=171.0), CoachSettings()):
            said.add(np.array(Outing(told).run(900).cues, CUE).tobytes())
        assert len(said) == 4


class TestCues:
    def test_have_the_time_of_the_stride_and_its_tempo(self) -> None:
        outing = Outing(TOLD).until_burst()
        cue = outing.cues[-1]
        assert cue.dtype == CUE
        assert cue["t_s"] == outing.t_us / 1e6
        assert isinstance(outing.coach, Coach)
        assert cue["tempo_spm"] == pytest.approx(outing.coach.tempo_spm)

    def test_of_one_runner_are_none_of_anothers(self) -> None:
        strides = random_strides(2, 30)
        alone = np.array(fed(Coach(), strides, 0), CUE)
        coaches = [Coach(), Coach(TOLD)]
        cues: list[np.void] = []
        for t_us, one in strides:
            cues += coaches[0].take_stride(one, t_us)
            coaches[1].take_stride(stride(170), t_us)
        assert np.array(cues, CUE).tobytes() == alone.tobytes()


class TestALostLink:
    def test_ends_a_burst_at_the_time_so_far(self) -> None:
        outing = Outing(TOLD).until_burst().run(5).wait(1)
        assert isinstance(outing.coach, Coach)
        (cue,) = outing.coach.take_loss()
        assert (cue["kind"], cue["reason"]) == (CueKind.SILENCE, CueReason.SIGNAL)
        assert cue["t_s"] == outing.t_s
        assert outing.coach.status is CueStatus.SIGNAL

    def test_before_anything_came_says_nothing(self) -> None:
        coach = Coach()
        assert coach.take_loss() == []
        assert coach.advance(10_000_000) == []

    def test_is_followed_by_the_same_run(self) -> None:
        """The baseline is kept, and running must settle again before a cue."""
        outing = Outing().run(120)
        assert isinstance(outing.coach, Coach)
        outing.coach.take_loss()
        outing.wait(30)
        back_s = outing.t_s
        outing.until_burst()
        assert outing.coach.baseline_spm == pytest.approx(160, abs=0.01)
        assert outing.t_s - back_s >= 12.0


class Updates:
    """A sensor that tells cadence once a second."""

    def __init__(self, told: CoachSettings | None = None) -> None:
        self.coach = Coach(told)
        self.t_s = 0.0
        self.cues: list[np.void] = []

    def tell(self, seconds: int, cadence_spm: float, *, speed_m_s: float = UNKNOWN) -> Updates:
        for _ in range(seconds):
            activity = Activity.RUNNING if cadence_spm > 0 else Activity.STATIONARY
            update = CadenceUpdate(self.t_s, cadence_spm, speed_m_s, UNKNOWN, activity)
            self.cues += self.coach.take_update(update)
            self.t_s += 1.0
        return self

    @property
    def reasons(self) -> list[CueReason]:
        return [CueReason(int(cue["reason"])) for cue in self.cues]


class TestReadyMadeCadence:
    @pytest.mark.parametrize("speed_m_s", [UNKNOWN, 3.0])
    def test_is_coached_like_strides(self, speed_m_s: float) -> None:
        updates = Updates().tell(200, 160.0, speed_m_s=speed_m_s)
        assert updates.reasons == [CueReason.BELOW_TARGET, CueReason.OVER]
        assert updates.coach.baseline_spm == pytest.approx(160, abs=0.01)
        began_s, ended_s = (cue["t_s"] for cue in updates.cues)
        assert ended_s - began_s == pytest.approx(30.0)

    def test_of_zero_ends_a_burst(self) -> None:
        updates = Updates(TOLD)
        while not updates.cues:
            updates.tell(1, 160.0)
        updates.tell(3, 160.0).tell(1, 0.0)
        assert updates.reasons == [CueReason.BELOW_TARGET, CueReason.WALKING]
        assert updates.tell(300, 0.0).cues == updates.cues[:2]

    def test_that_ceases_ends_a_burst(self) -> None:
        updates = Updates(TOLD)
        while not updates.cues:
            updates.tell(1, 160.0)
        cues = updates.coach.advance(round(updates.t_s * 1e6) + 20_000_000)
        assert [(cue["t_s"], cue["reason"]) for cue in cues] == [(updates.t_s + 1.5, CueReason.STOPPED)]

    @pytest.mark.parametrize("cadence_spm", [UNKNOWN, -160.0, 0.5, 1e300, float("inf")])
    def test_of_no_runner_is_not_believed(self, cadence_spm: float) -> None:
        updates = Updates(TOLD)
        for _ in range(60):
            updates.tell(9, 160.0).tell(1, cadence_spm)
        assert updates.cues == []

    @settings(max_examples=30)
    @given(st.lists(st.tuples(st.integers(0, 510), st.floats(width=32), st.sampled_from(Activity))))
    def test_of_any_kind_crashes_nothing(self, told: list[tuple[int, float, Activity]]) -> None:
        coach = Coach(TOLD)
        for second, (cadence_spm, speed_m_s, activity) in enumerate(told):
            for cue in coach.take_update(
                CadenceUpdate(float(second), cadence_spm, speed_m_s, speed_m_s, activity)
            ):
                assert cue["kind"] not in BURSTS
