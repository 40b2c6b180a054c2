"""When the coach speaks, and above all when it does not. Each test is a sentence of the policy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from cadence.cue import CueKind, CueReason, CueStatus
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.policy_reference_runner import POLICY

from .hand_made_runs import TOLD, UNKNOWN, Outing, stride

STRIDE_S = 0.8
"""No stride of these runs is longer."""
BURST_S = POLICY.BURST_US / 1e6
TARGET_SPM = 168.0
BLIND = {"speed_m_s": UNKNOWN, "grade_percent": UNKNOWN, "strike_deg": UNKNOWN}
"""What an accelerometer alone does not know."""


def coach_of(outing: Outing) -> Coach:
    assert isinstance(outing.coach, Coach)
    return outing.coach


class TestTheTarget:
    def test_the_baseline_is_learned_from_a_minute_of_level_running(self) -> None:
        outing = Outing().run(85, 160)
        assert coach_of(outing).baseline_spm is None
        assert coach_of(outing).status is CueStatus.LEARNING
        outing.run(10, 160)
        assert coach_of(outing).baseline_spm == pytest.approx(160, abs=0.01)

    def test_neither_hills_nor_walks_nor_the_first_steps_are_anyones_baseline(self) -> None:
        outing = Outing().run(25, 140).run(30, 160).walk(20).run(20, 160).run(30, 150, grade_percent=6)
        outing.run(90, 160)
        assert coach_of(outing).baseline_spm == pytest.approx(160, abs=0.01)

    @pytest.mark.parametrize(
        ("own_spm", "target_spm"),
        [(150, 157.5), (160, 168), (170, 178.5), (172, 180), (176, 180), (185, 185)],
    )
    def test_it_is_five_percent_above_the_baseline_and_180_at_most(
        self, own_spm: float, target_spm: float
    ) -> None:
        learned = coach_of(Outing().run(100, own_spm))
        told = coach_of(Outing(CoachSettings(own_spm, 3.0)).run(45, own_spm))
        assert learned.target_spm == pytest.approx(target_spm, abs=0.01)
        assert told.target_spm == pytest.approx(target_spm, abs=0.01)

    def test_one_that_is_asked_for_comes_first(self) -> None:
        outing = Outing(CoachSettings(160.0, 3.0, target_spm=172.0)).until_burst()
        assert coach_of(outing).target_spm == 172.0
        outing = Outing(CoachSettings(target_spm=172.0)).until_burst()
        assert coach_of(outing).baseline_spm == pytest.approx(160, abs=0.01)
        assert coach_of(outing).target_spm == 172.0

    def test_who_is_told_their_speed_by_nobody_runs_a_minute_first(self) -> None:
        outing = Outing(CoachSettings(baseline_spm=160.0)).run(80, 164)
        assert coach_of(outing).target_spm is None
        outing.run(20, 164)
        assert coach_of(outing).baseline_spm == 160.0

    @pytest.mark.parametrize("own_spm", [178.6, 180.0, 190.0])
    def test_whose_cadence_is_there_is_told_so_once_and_left_alone_for_ever(self, own_spm: float) -> None:
        outing = Outing().run(120, own_spm)
        assert outing.last == (CueKind.ON_TARGET, CueReason.END_OF_ROAD)
        outing.run(300, 160).walk(20).run(300, 170, strike_deg=0).run(300, 205).stand(10).run(300, own_spm)
        assert len(outing.cues) == 1
        assert coach_of(outing).status is CueStatus.ALONE


class TestABurst:
    def test_comes_when_the_cadence_was_below_the_target_for_a_while(self) -> None:
        outing = Outing(TOLD).run(60, 168).until_burst(160)
        assert outing.last == (CueKind.BURST_UP, CueReason.BELOW_TARGET)
        crossed_s = 60 + 5.0 * np.log(8 / (8 - POLICY.BELOW_FIRST_SPM))  # by the smoothing of the cadence
        assert outing.t_s == pytest.approx(crossed_s + POLICY.DWELL_S, abs=2 * STRIDE_S)
        assert coach_of(outing).status is CueStatus.BURST

    def test_is_faster_than_the_target_but_not_by_much(self) -> None:
        for own_spm in (150, 160, 170):
            outing = Outing(CoachSettings(own_spm, 3.0), answer=0.7).run(1500, own_spm)
            target_spm = coach_of(outing).target_spm
            assert target_spm is not None
            assert len(outing.bursts) > 2
            tempos = np.array([cue["tempo_spm"] for cue in outing.bursts])
            assert np.all((tempos >= target_spm) & (tempos <= np.float32(target_spm * POLICY.TEMPO_MOST)))
            assert tempos[1] > tempos[0]  # who gives 70 % of what is asked is asked for more

    def test_asks_less_of_a_runner_who_gives_more_than_was_asked(self) -> None:
        outing = Outing(TOLD, answer=1.2).run(400)
        first, second = (float(cue["tempo_spm"]) for cue in outing.bursts[:2])
        assert TARGET_SPM <= second < first

    def test_slows_a_cadence_far_above_the_target(self) -> None:
        outing = Outing(TOLD).run(60, 168).until_burst(178)
        assert outing.last == (CueKind.BURST_DOWN, CueReason.ABOVE_TARGET)
        assert outing.cues[-1]["tempo_spm"] == TARGET_SPM

    def test_lasts_half_a_minute_to_the_microsecond_and_then_is_silent(self) -> None:
        outing = Outing(TOLD).until_burst()
        end_us = outing.t_us + POLICY.BURST_US
        outing.run(BURST_S - 1)
        coach = coach_of(outing)
        assert coach.advance(end_us - 1) == []
        (cue,) = coach.advance(end_us)
        assert (cue["kind"], cue["reason"]) == (CueKind.SILENCE, CueReason.OVER)
        assert cue["t_s"] == pytest.approx(end_us / 1e6, abs=1e-9)
        assert coach_of(outing).status is CueStatus.RESTING
        assert coach_of(outing).tempo_spm is None

    def test_is_followed_by_a_rest_and_by_a_longer_one_after_the_second(self) -> None:
        outing = Outing(TOLD, answer=1.0).run(1800)
        begins = outing.times_s(CueReason.BELOW_TARGET)
        ends = outing.times_s(CueReason.OVER)
        rests = [begin - end for end, begin in zip(ends, begins[1:], strict=False)]
        assert rests[0] == pytest.approx(POLICY.REST_S, abs=STRIDE_S)
        assert rests[1:4] == pytest.approx([POLICY.REST_LATER_S] * 3, abs=STRIDE_S)

    def test_is_rarer_for_a_runner_who_does_not_answer(self) -> None:
        deaf, willing = Outing(TOLD).run(5400), Outing(TOLD, answer=1.0).run(5400)
        begins = deaf.times_s(CueReason.BELOW_TARGET)
        gaps = np.diff(begins)
        assert np.all(np.diff(gaps[:4]) > 60)
        assert np.diff(gaps[4:]) == pytest.approx(0, abs=STRIDE_S)  # it is not given up
        assert len(begins) < 0.6 * len(willing.bursts)

    def test_that_is_answered_again_ends_the_long_rests(self) -> None:
        outing = Outing(TOLD).run(2400)
        outing.answer = 1.0
        outing.until_burst().until_burst()
        gaps = np.diff(outing.times_s(CueReason.BELOW_TARGET))
        assert gaps[-1] < gaps[-2] - 60

    def test_waits_until_the_speed_has_stopped_changing(self) -> None:
        steady = Outing(TOLD).run(60, 168).until_burst(160)
        changing = Outing(TOLD).run(60, 168).run(steady.t_s - 61, 160).until_burst(160, speed_m_s=3.25)
        assert changing.t_s > steady.t_s + 2


class TestOnTarget:
    @pytest.mark.parametrize("cadence_spm", [166.7, 168, 170, 173])
    def test_there_is_silence_in_the_band_and_a_little_above_it(self, cadence_spm: float) -> None:
        assert Outing(TOLD).run(900, cadence_spm).cues == []

    def test_the_first_two_bursts_in_half_an_hour_come_sooner_than_later_ones(self) -> None:
        """Two steps below the target are enough for them, and not for a third."""
        near_spm = TARGET_SPM - 2
        outing = Outing(TOLD).run(60, 168).until_burst(near_spm).until_burst(near_spm)
        outing.run(60, 168).run(900, near_spm)
        assert len(outing.bursts) == 2

    def test_a_short_dip_is_nobodys_business(self) -> None:
        outing = Outing(TOLD).run(60, 168)
        for _ in range(20):
            outing.run(4, 162).run(25, 168)
        assert outing.cues == []

    def test_who_fell_out_of_the_band_is_back_only_near_the_target(self) -> None:
        """Hovering at its edge neither makes bursts nor, once below, is taken for having come back."""
        edge_spm = TARGET_SPM - 1.3
        assert Outing(TOLD).run(60, 168).run(600, edge_spm).bursts == []
        assert Outing(TOLD).run(60, 168).run(6, 158).run(30, edge_spm).bursts != []

    def test_reaching_it_by_a_burst_is_confirmed_once(self) -> None:
        outing = Outing(TOLD).until_burst()
        outing.run(BURST_S, 168).run(60, 168)
        assert outing.last == (CueKind.ON_TARGET, CueReason.REACHED)
        silent_s = outing.times_s(CueReason.OVER)[0]
        assert outing.cues[-1]["t_s"] == pytest.approx(silent_s + POLICY.CONFIRM_US / 1e6, abs=STRIDE_S)
        outing.run(600, 168)
        assert len(outing.times_s(CueReason.REACHED)) == 1

    def test_missing_it_is_not_confirmed_and_coming_to_it_without_a_burst_neither(self) -> None:
        assert Outing(TOLD).until_burst().run(80, 164).times_s(CueReason.REACHED) == []
        assert Outing(TOLD).run(35, 164).run(120, 168).cues == []


class TestForbidden:
    def test_nothing_is_said_in_the_first_half_minute_of_running(self) -> None:
        outing = Outing(TOLD).walk(60).until_burst(160)
        assert outing.t_s > 60 + POLICY.SETTLE_US / 1e6

    def test_nothing_is_said_to_a_walker(self) -> None:
        assert Outing(TOLD).walk(1200).cues == []

    def test_nothing_is_said_to_one_who_stands(self) -> None:
        assert Outing(TOLD).run(60, 168).wait(1200).cues == []
        assert Outing(TOLD).wait(1200).cues == []

    @pytest.mark.parametrize("grade_percent", [-8.0, -4.0, 4.0, 8.0])
    def test_nothing_is_said_on_a_hill(self, grade_percent: float) -> None:
        outing = Outing(TOLD).run(60, 168).run(290, 160, grade_percent=grade_percent)
        assert outing.cues == []
        assert coach_of(outing).status is CueStatus.HILL

    def test_nothing_is_said_on_a_hill_that_begins_with_a_stretch(self) -> None:
        outing = Outing(TOLD).run(60, 168).stand(20).run(290, 160, grade_percent=5.0)
        assert outing.bursts == []

    def test_a_pod_that_was_switched_on_in_mid_run_reads_any_slope_on_level_ground(self) -> None:
        outing = Outing(TOLD).run(60, 168, grade_percent=-12.0).until_burst(160, grade_percent=-12.0)
        assert outing.last == (CueKind.BURST_UP, CueReason.BELOW_TARGET)
        outing.run(10, grade_percent=-6.0)
        assert outing.last == (CueKind.SILENCE, CueReason.HILL)

    def test_a_run_that_begins_on_a_slope_is_coached_on_the_flat_after_five_minutes(self) -> None:
        outing = Outing(TOLD).run(60, 168, grade_percent=9.0).run(295, 160)
        assert outing.cues == []
        outing.until_burst(160)
        assert outing.last == (CueKind.BURST_UP, CueReason.BELOW_TARGET)

    def test_a_hill_early_in_a_stretch_is_seen_after_ground_level_to_the_last_bit(
        self,
    ) -> None:
        outing = Outing(TOLD).run(60, 168).stand(20).run(6, 168, grade_percent=0.0)
        outing.run(3, 168, grade_percent=2.4)
        assert coach_of(outing).status is CueStatus.HILL

    def test_a_sensor_that_reads_level_ground_as_a_slope_may_be_used(self) -> None:
        outing = Outing(TOLD).run(60, 168, grade_percent=3.0).until_burst(160, grade_percent=3.0)
        assert outing.last == (CueKind.BURST_UP, CueReason.BELOW_TARGET)
        outing.run(3, grade_percent=7.5)
        assert outing.last == (CueKind.SILENCE, CueReason.HILL)

    @pytest.mark.parametrize("speed_m_s", [2.0, 2.6, 3.4, 6.0])
    def test_nothing_is_said_off_pace(self, speed_m_s: float) -> None:
        outing = Outing(TOLD).run(60, 168).run(300, 160, speed_m_s=speed_m_s)
        assert outing.cues == []
        assert coach_of(outing).status is CueStatus.OFF_PACE

    def test_nothing_is_said_on_a_bad_signal(self) -> None:
        outing = Outing(TOLD).run(60, 168).run(300, 160, good=False)
        assert outing.cues == []
        assert coach_of(outing).status is CueStatus.SIGNAL

    def test_one_bad_stride_now_and_then_keeps_it_silent(self) -> None:
        outing = Outing(TOLD).run(60, 168)
        for _ in range(30):
            outing.run(9, 160).run(STRIDE_S, 160, good=False)
        assert outing.cues == []

    @pytest.mark.parametrize("cadence_spm", [100, 250, 400, 5000])
    def test_a_cadence_of_no_runner_is_a_slip_of_the_signal(self, cadence_spm: float) -> None:
        outing = Outing(TOLD).until_burst().run(2, cadence_spm)
        assert outing.last == (CueKind.SILENCE, CueReason.SIGNAL)

    @pytest.mark.parametrize(
        ("kind", "cadence_spm"),
        [({"good": False}, 160), ({"grade_percent": 6.0}, 160), ({"speed_m_s": 4.0}, 160)],
    )
    def test_after_it_there_is_a_while_before_anything_is_said(
        self, kind: dict[str, float], cadence_spm: float
    ) -> None:
        outing = Outing(TOLD).run(60, 160).run(20, cadence_spm, **kind)
        open_s = outing.t_s
        outing.until_burst(160)
        assert outing.t_s >= open_s + POLICY.OPEN_US / 1e6 + POLICY.DWELL_S


class TestABurstIsCutShort:
    def test_by_a_walk_with_its_first_stride(self) -> None:
        outing = Outing(TOLD).until_burst().run(5)
        outing.walk(1.2)
        assert outing.last == (CueKind.SILENCE, CueReason.WALKING)
        assert outing.cues[-1]["t_s"] == outing.t_s

    def test_by_a_bad_signal_with_its_first_stride(self) -> None:
        outing = Outing(TOLD).until_burst().run(5).run(STRIDE_S, good=False)
        assert outing.last == (CueKind.SILENCE, CueReason.SIGNAL)
        assert outing.cues[-1]["t_s"] == outing.t_s

    def test_by_a_hill_within_three_strides(self) -> None:
        outing = Outing(TOLD).until_burst().run(5)
        foot_s = outing.t_s
        outing.run(10, grade_percent=5.0)
        assert outing.last == (CueKind.SILENCE, CueReason.HILL)
        assert outing.cues[-1]["t_s"] - foot_s <= 3 * STRIDE_S

    def test_by_a_sprint_within_three_strides(self) -> None:
        outing = Outing(TOLD).until_burst().run(5)
        begin_s = outing.t_s
        outing.run(10, 180, speed_m_s=4.5)
        assert outing.last == (CueKind.SILENCE, CueReason.OFF_PACE)
        assert outing.cues[-1]["t_s"] - begin_s <= 3 * STRIDE_S

    def test_by_a_stop_to_the_microsecond(self) -> None:
        outing = Outing(TOLD).until_burst().run(5)
        last_s = outing.t_s
        outing.wait(1.999999)
        assert outing.last[0] is CueKind.BURST_UP
        outing.wait(30)
        assert outing.last == (CueKind.SILENCE, CueReason.STOPPED)
        assert outing.cues[-1]["t_s"] == pytest.approx(last_s + POLICY.STOP_US / 1e6, abs=1e-9)
        assert coach_of(outing).status is CueStatus.STOPPED

    def test_by_a_lost_link_at_once(self) -> None:
        outing = Outing(TOLD).until_burst().run(5)
        (cue,) = coach_of(outing).take_loss()
        assert (cue["kind"], cue["reason"], cue["t_s"]) == (CueKind.SILENCE, CueReason.SIGNAL, outing.t_s)
        assert coach_of(outing).take_loss() == []

    @pytest.mark.parametrize("kind", [{"good": False}, {"grade_percent": 6.0}])
    def test_and_rests_as_if_it_had_been_whole(self, kind: dict[str, float]) -> None:
        outing = Outing(TOLD).until_burst().run(3, 160, **kind)
        cut_s = outing.cues[-1]["t_s"]
        outing.until_burst()
        assert outing.t_s == pytest.approx(cut_s + POLICY.REST_S, abs=STRIDE_S)

    def test_and_what_the_runner_did_after_it_is_not_praised(self) -> None:
        outing = Outing(TOLD).until_burst().run(2, good=False).run(80, 168)
        assert outing.times_s(CueReason.REACHED) == []


class TestWarnings:
    def test_a_burst_answered_by_speed_is_answered_by_a_word(self) -> None:
        outing = Outing(TOLD).until_burst().run(15, 168, speed_m_s=3.27)
        assert outing.last == (CueKind.WARNING, CueReason.FASTER)
        assert np.isnan(outing.cues[-1]["tempo_spm"])
        assert coach_of(outing).status is CueStatus.BURST  # the metronome goes on

    def test_who_runs_faster_without_a_burst_just_runs_faster(self) -> None:
        assert Outing(TOLD).run(60, 168).run(600, 168, speed_m_s=3.27).cues == []

    def test_speed_without_cadence_is_none_of_it(self) -> None:
        outing = Outing(TOLD).until_burst().run(80, 160, speed_m_s=3.27)
        assert outing.times_s(CueReason.FASTER) == []

    def test_it_comes_at_most_once_in_five_minutes(self) -> None:
        outing = Outing(TOLD)
        for _ in range(8):
            outing.until_burst().run(80, 168, speed_m_s=3.27)
        warned_s = outing.times_s(CueReason.FASTER)
        assert len(warned_s) >= 3
        assert min(after - before for before, after in pairwise(warned_s)) >= POLICY.WARNING_REST_US / 1e6

    def test_a_shift_toward_the_forefoot_is_told_once(self) -> None:
        outing = Outing(TOLD).run(120, 168, strike_deg=12).run(60, 168, strike_deg=2)
        assert outing.last == (CueKind.WARNING, CueReason.FOREFOOT)
        outing.run(300, 168, strike_deg=12).run(600, 168, strike_deg=-5)
        assert len(outing.cues) == 1

    @pytest.mark.parametrize("strike_deg", [12.0, 7.0, 25.0, UNKNOWN])
    def test_a_small_shift_or_one_to_the_heel_or_an_unknown_strike_is_not(self, strike_deg: float) -> None:
        assert Outing(TOLD).run(120, 168, strike_deg=12).run(600, 168, strike_deg=strike_deg).cues == []

    def test_a_passing_shift_is_not(self) -> None:
        outing = Outing(TOLD).run(120, 168, strike_deg=12)
        for _ in range(10):
            outing.run(15, 168, strike_deg=2).run(60, 168, strike_deg=12)
        assert outing.cues == []

    def test_a_runner_who_has_always_landed_so_hears_nothing(self) -> None:
        assert Outing(TOLD).run(900, 168, strike_deg=-6).cues == []


class TestFading:
    def test_cues_come_later_and_rarer_the_more_of_it_is_faded(self) -> None:
        firsts, counts = [], []
        for fade in np.linspace(0.0, 1.0, 6):
            outing = Outing(CoachSettings(160.0, 3.0, fade=float(fade)), answer=0.9).run(7200)
            firsts.append(float(outing.bursts[0]["t_s"]))
            counts.append(len(outing.bursts))
        assert firsts == sorted(set(firsts))
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] < counts[0] / 2

    def test_even_the_rarest_feedback_is_not_silence(self) -> None:
        outing = Outing(CoachSettings(160.0, 3.0, fade=1.0)).run(7200)
        assert outing.bursts != []


class TestWhatIsNotKnown:
    def test_an_accelerometer_alone_is_coached_by_cadence_alone(self) -> None:
        outing = Outing(answer=0.9).run(600, 160, **BLIND)
        assert coach_of(outing).baseline_spm == pytest.approx(160, abs=0.01)
        assert len(outing.bursts) >= 2

    def test_a_speed_that_comes_late_is_not_measured_against_one_unknown(self) -> None:
        outing = Outing().run(120, 160, **BLIND).run(300, 160, speed_m_s=4.5)
        assert outing.times_s(CueReason.OFF_PACE, CueReason.FASTER) == []
        assert outing.bursts != []

    @pytest.mark.parametrize(
        "field", ["stride_time_s", "speed_m_s", "stride_length_m", "climb_m", "strike_angle_deg"]
    )
    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, -1.0, 1e-42, 3e38, -3e38])
    def test_a_value_of_no_runner_neither_stops_the_coach_nor_makes_it_speak(
        self, field: str, value: float
    ) -> None:
        """Ten such strides in a run on target: nothing is said, and what is due afterwards is."""
        outing = Outing(TOLD).run(120, 168)
        for _ in range(10):
            odd = stride(168)
            odd[field] = value
            outing.t_us += 714_286
            outing.take(odd)
            outing.run(3, 168)
        outing.run(60, 168)
        assert outing.cues == []
        outing.until_burst(160, within_s=120)
        outing.run(5, 160, grade_percent=6.0)
        assert outing.last == (CueKind.SILENCE, CueReason.HILL)
        outing.run(30).until_burst(160, within_s=120).run(5, 168, speed_m_s=4.5)
        assert outing.last == (CueKind.SILENCE, CueReason.OFF_PACE)

    @pytest.mark.parametrize("field", ["speed_m_s", "stride_length_m", "climb_m", "strike_angle_deg"])
    @pytest.mark.parametrize("value", [np.inf, -np.inf, -1.0, 1e-42, 3e38])
    def test_nor_is_it_learned(self, field: str, value: float) -> None:
        outing = Outing().run(60)
        odd = stride()
        odd[field] = value
        outing.t_us += 750_000
        outing.take(odd)
        outing.run(120)
        assert coach_of(outing).baseline_spm == pytest.approx(160, abs=0.01)
        outing.run(120, 160, strike_deg=12).run(60, 168, speed_m_s=4.5)
        assert coach_of(outing).status is CueStatus.OFF_PACE
        assert outing.times_s(CueReason.FOREFOOT) == []
