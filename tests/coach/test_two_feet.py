"""Two pods in one run: which foot counts and which is heard, on which clock, and how left and right
differ."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.stride import STRIDE, Activity, Side
from coach.counted import counted
from coach.stride_spans import stride_spans_s
from coach.summary import summarise
from coach.two_feet.asymmetry import FEWEST_PAIRS, Difference, asymmetry, asymmetry_dict
from coach.two_feet.common_clock import SLEW, STEP_US, CommonClock
from coach.two_feet.leading import HAND_OVER_STRIDES, Leader
from coach.two_feet.likeness import Likeness
from coach.two_feet.words import NO_DIFFERENCE, sentences, verdict
from hardware.gait import Pace
from hardware.other_foot import beside
from hardware.runner import Body, Runner, Segment, follow

STRIDE_S = 0.72


def foot(
    side: Side, strides: int, *, start_s: float = 0.0, stride_s: float = STRIDE_S, **values: float
) -> NDArray[np.void]:
    """Strides of steady running, one after the other."""
    made = np.zeros(strides, STRIDE)
    made["t_mid_stance_s"] = start_s + stride_s * np.arange(1, strides + 1)
    made["t_contact_s"] = made["t_mid_stance_s"] - 0.1
    made["t_toe_off_s"] = made["t_mid_stance_s"] - stride_s + 0.15
    made["stride_time_s"], made["cadence_spm"], made["contact_time_s"] = stride_s, 120.0 / stride_s, 0.25
    made["stride_length_m"], made["speed_m_s"] = 2.0, 2.0 / stride_s
    made["strike_angle_deg"], made["impact_g"], made["flight_time_s"] = 12.0, 8.0, stride_s / 2 - 0.25
    made["activity"], made["side"], made["good"] = Activity.RUNNING, side, True
    for name, value in values.items():
        made[name] = value
    return made


class TestWhatCounts:
    def test_of_one_foot_everything(self) -> None:
        strides = foot(Side.UNKNOWN, 5)
        assert counted(strides) is strides

    def test_of_two_feet_one(self) -> None:
        left, right = foot(Side.LEFT, 50), foot(Side.RIGHT, 49, start_s=STRIDE_S / 2)
        mixed = np.concatenate([left, right])
        assert counted(mixed).tobytes() == left.tobytes()
        one, both = (summarise(strides, duration_s=40.0, stationary_s=0.0) for strides in (left, mixed))
        assert both == one

    def test_where_one_was_away_the_other_fills_in(self) -> None:
        left, right = foot(Side.LEFT, 50), foot(Side.RIGHT, 49, start_s=STRIDE_S / 2)
        chosen = counted(np.concatenate([left[:10], left[30:], right]))
        assert (chosen["side"] == Side.LEFT).sum() == 0  # the right has more and no hole
        chosen = counted(np.concatenate([left[:10], left[20:], right[:30]]))
        assert (chosen["side"] == Side.RIGHT).sum() == 9  # a hand-over leaves out half a stride at each end
        assert (np.diff(chosen["t_mid_stance_s"]) > 0.0).all()

    @given(
        st.lists(st.booleans(), min_size=20, max_size=60),
        st.lists(st.booleans(), min_size=20, max_size=60),
        st.floats(0.0, 3.0),
    )
    def test_no_moment_counts_twice_whatever_is_lost(
        self, left_found: list[bool], right_found: list[bool], start_s: float
    ) -> None:
        left = foot(Side.LEFT, len(left_found))[np.array(left_found)]
        right = foot(Side.RIGHT, len(right_found), start_s=start_s)[np.array(right_found)]
        mixed = np.concatenate([right, left])
        chosen = counted(mixed)
        spans = stride_spans_s(chosen)
        assert (spans[1:, 0] >= spans[:-1, 1] - 1e-9).all()
        assert len(chosen) >= max(len(left), len(right))
        assert counted(chosen).tobytes() == chosen.tobytes()


class TestWhoIsHeard:
    def test_the_first_though_the_second_connects_before_it(self) -> None:
        leader = Leader(2)
        leader.take_link(1, True)
        assert leader.foot == 1
        leader.take_link(0, True)
        assert leader.foot == 0

    def test_the_other_at_once_when_the_link_goes(self) -> None:
        leader = self.begun()
        assert not leader.take_link(0, False)  # the runner is not lost
        assert leader.foot == 1

    def test_and_it_stays_so_until_that_one_goes(self) -> None:
        leader = self.begun()
        leader.take_link(0, False)
        leader.take_strides(1, [True])
        leader.take_link(0, True)
        assert leader.foot == 1
        leader.take_link(1, False)
        assert leader.foot == 0

    def test_the_other_when_the_first_finds_no_good_stride(self) -> None:
        leader = self.begun()
        for _ in range(HAND_OVER_STRIDES - 1):
            leader.take_strides(1, [True])
            leader.take_strides(0, [False])
        assert leader.foot == 0
        leader.take_strides(1, [True])
        assert leader.foot == 1

    def test_feet_that_alternate_change_nothing(self) -> None:
        leader = self.begun()
        for _ in range(20):
            leader.take_strides(0, [True])
            leader.take_strides(1, [True])
        assert leader.foot == 0

    def test_the_runner_is_lost_when_nobody_is_heard(self) -> None:
        leader = self.begun()
        assert not leader.take_link(1, False)
        assert leader.take_link(0, False)
        assert Leader(1).take_link(0, False)

    def begun(self) -> Leader:
        leader = Leader(2)
        leader.take_link(0, True)
        leader.take_link(1, True)
        leader.take_strides(0, [True])
        return leader

    def test_the_other_s_level_ground_is_taken_for_that_of_the_first(self) -> None:
        likeness = Likeness(2)
        left = foot(Side.LEFT, 12, grade_percent=1.0, strike_angle_deg=15.0)
        right = foot(Side.RIGHT, 12, grade_percent=4.0, strike_angle_deg=9.0)
        likeness.take(0, left)
        likeness.take(1, right)
        assert likeness.heard(1, right) is right
        likeness.hand_over(0, 1)
        heard = likeness.heard(1, right)
        assert heard["grade_percent"] == pytest.approx(1.0)
        assert heard["climb_m"] == pytest.approx(-0.06)
        assert heard["strike_angle_deg"] == pytest.approx(15.0)
        assert right["grade_percent"] == pytest.approx(4.0)


class TestTheClock:
    PERIOD_US = 50_000

    def follow(
        self, clock: CommonClock, *, seconds: float, from_s: float = 0.0, drift: float = 0.0, life: int = 0
    ) -> None:
        """Two pods, the second switched on 1.5 s later, both with delays of 5 to 35 ms."""
        random = np.random.default_rng(3)
        for k in range(round(from_s * 20), round((from_s + seconds) * 20)):
            host_us = k * self.PERIOD_US
            for pod, began_us in ((0, 0), (1, 1_500_000)):
                if host_us >= began_us:
                    pod_us = round((host_us - began_us) * (1.0 + drift * pod))
                    late_us = random.integers(5_000, 35_000)
                    clock.take(pod, pod_us, int(host_us + late_us) * 1000, life * pod)

    def test_the_pod_that_comes_first_leads_it(self) -> None:
        clock = CommonClock(2)
        self.follow(clock, seconds=10.0)
        assert clock.shift_us(0, 9_000_000) == 0

    def test_the_other_is_placed_to_some_milliseconds(self) -> None:
        clock = CommonClock(2)
        self.follow(clock, seconds=10.0)
        assert clock.shift_us(1, 8_500_000) == pytest.approx(1_500_000, abs=3_000)

    def test_drift_is_followed(self) -> None:
        clock = CommonClock(2)
        for minute in range(60):
            self.follow(clock, seconds=60.0, from_s=60.0 * minute, drift=-40e-6)
            shift_us = clock.shift_us(1, round(60e6 * (minute + 1)))
        assert shift_us == pytest.approx(1_500_000 + 3600e6 * 40e-6, abs=4_000)

    def test_it_slews_and_never_leaps_by_little(self) -> None:
        clock = CommonClock(2)
        clock.take(0, 0, 0, 0)
        clock.take(1, 0, 15_000_000, 0)
        assert clock.shift_us(1, 0) == 15_000
        clock.take(1, 1_000_000, 1_005_000_000, 0)  # a packet that did not wait
        assert clock.shift_us(1, 1_000_000) == 15_000 - round(SLEW * 1e6)

    def test_what_is_far_off_is_mended_at_once(self) -> None:
        clock = CommonClock(2)
        clock.take(0, 0, 0, 0)
        clock.take(1, 0, 300_000_000, 0)
        assert clock.shift_us(1, 0) == 300_000 > STEP_US
        clock.take(1, 1_000_000, 1_000_000_000, 0)
        assert clock.shift_us(1, 1_000_000) == 0

    def test_a_silence_of_a_minute_moves_nothing(self) -> None:
        clock = CommonClock(2)
        self.follow(clock, seconds=20.0)
        before_us = clock.shift_us(1, 18_500_000)
        self.follow(clock, seconds=20.0, from_s=80.0)
        assert clock.shift_us(1, 98_500_000) == pytest.approx(before_us, abs=4_000)

    def test_a_pod_that_began_anew_is_placed_afresh(self) -> None:
        clock = CommonClock(2)
        self.follow(clock, seconds=10.0)
        clock.shift_us(1, 8_500_000)
        clock.take(1, 8_600_000, 10_300_000_000, 1)
        assert clock.shift_us(1, 8_600_000) == pytest.approx(1_700_000 - 5_000, abs=3_000)


@cache
def run_of(contact_percent: float, strides: int) -> NDArray[np.void]:
    """True strides of the two feet of one runner, with the left longer on the ground."""
    segments = [Segment(STRIDE_S * strides, Pace(cadence_spm=120.0 / STRIDE_S))]
    left = Runner(seed=2, side=Side.LEFT, body=Body(contact_factor=1.0 + contact_percent / 100.0))
    right = Runner(seed=5, side=Side.RIGHT)
    lead = Runner(seed=2, side=Side.LEFT, body=Body(contact_factor=1.0 + contact_percent / 100.0))
    made = [stride for _, truth in follow(left, segments) for stride in truth]
    made += [stride for _, truth in beside(right, lead, segments) for stride in truth]
    return np.array(made, STRIDE)


def of(strides: NDArray[np.void], field: str) -> Difference:
    found = asymmetry(strides)
    assert found is not None
    (told,) = (each for each in found.differences if each.measured.field == field)
    return told


class TestAsymmetry:
    def test_one_foot_has_none(self) -> None:
        assert asymmetry(foot(Side.LEFT, 100)) is None
        assert asymmetry(foot(Side.UNKNOWN, 100)) is None
        assert asymmetry(np.zeros(0, STRIDE)) is None

    @pytest.mark.parametrize("percent", [5.0, -8.0])
    def test_a_foot_that_is_longer_on_the_ground_is_seen(self, percent: float) -> None:
        told = of(run_of(percent, 200), "contact_time_s")
        assert told.difference == pytest.approx(percent, abs=0.8)
        assert told.seen
        assert verdict(told) == f"{'left' if percent > 0 else 'right'} longer"
        assert told.pairs == pytest.approx(200, abs=4)

    def test_feet_that_are_alike_show_no_difference(self) -> None:
        found = asymmetry(run_of(0.0, 200))
        assert found is not None
        assert [told.seen for told in found.differences] == [False] * len(found.differences)
        assert sentences(found)[0].startswith(NO_DIFFERENCE)

    def test_the_spread_is_that_of_the_difference_from_stride_to_stride(self) -> None:
        told = of(run_of(0.0, 200), "contact_time_s")
        assert told.spread == pytest.approx(
            100 * np.hypot(0.016, 0.016), rel=0.3
        )  # as the runner's body has it

    def test_too_few_strides_are_told_as_such(self) -> None:
        found = asymmetry(run_of(5.0, FEWEST_PAIRS - 2))
        assert found is not None
        assert found.is_too_little
        assert found.differences[0].seen is None
        (line,) = sentences(found)
        assert line.startswith("too few strides to compare")
        assert str(found.pairs) in line

    def test_strides_without_a_neighbour_are_left_out(self) -> None:
        strides = run_of(5.0, 200)
        away = (
            (strides["side"] == Side.RIGHT)
            & (strides["t_contact_s"] > 40.0)
            & (strides["t_contact_s"] < 100.0)
        )
        found = asymmetry(strides[~away])
        assert found is not None
        assert found.left_strides > found.pairs == pytest.approx(200 - 60.0 / STRIDE_S, abs=6)

    def test_an_impact_at_the_sensor_s_limit_is_not_compared(self) -> None:
        strides = run_of(0.0, 100).copy()
        strides["impact_g"][strides["side"] == Side.LEFT] *= 2.0
        assert of(strides, "impact_g").seen
        strides["clipped"] = True
        assert of(strides, "impact_g").seen is None

    def test_the_strike_angle_is_told_in_degrees(self) -> None:
        left = foot(Side.LEFT, 60, strike_angle_deg=2.0)
        right = foot(Side.RIGHT, 60, start_s=0.36, strike_angle_deg=-3.0)
        told = of(np.concatenate([left, right]), "strike_angle_deg")
        assert (told.difference, verdict(told)) == (5.0, "left more heel-first")

    def test_what_no_pod_tells_is_null_in_json(self) -> None:
        strides = np.concatenate([foot(Side.LEFT, 60), foot(Side.RIGHT, 60, start_s=0.36)])
        strides["strike_angle_deg"] = np.nan
        found = asymmetry(strides)
        assert found is not None
        told = json.loads(json.dumps(asymmetry_dict(found), allow_nan=False))
        assert told["pairs"] == 60
        assert told["strike_angle_deg"] == {
            "left": None, "right": None, "difference_deg": None, "spread_deg": None, "pairs": 0, "seen": None,
        }  # fmt: skip

    def test_hills_and_walking_are_left_out(self) -> None:
        strides = run_of(0.0, 200).copy()
        strides["activity"][strides["t_contact_s"] > 60.0] = Activity.WALKING
        found = asymmetry(strides)
        assert found is not None
        assert found.pairs == pytest.approx(60.0 / STRIDE_S, abs=4)

    def test_words_name_no_cause(self) -> None:
        found = asymmetry(run_of(5.0, 100))
        assert found is not None
        said = " ".join(sentences(replace(found)))
        assert "contact time" in said
        assert "pairs of strides" in said
