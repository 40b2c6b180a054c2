"""What holds for the cue policy whatever the runner does, however time is cut, and wherever it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason, CueStatus
from cadence.stride import Activity
from coach.coach import KERNEL, Coach
from coach.coach_settings import CoachSettings
from coach.policy_layout import AGE_LIMIT_US
from coach.policy_reference import ReferenceCoach
from coach.policy_reference_runner import POLICY

from .hand_made_runs import BURSTS, TOLD, Outing, fed, random_strides, stride

SECOND_US = 1_000_000
SEEDS = 30
ALL_TOLD = [
    CoachSettings(),
    CoachSettings(target_spm=172.0),
    CoachSettings(160.0, 3.0),
    CoachSettings(160.0, None, fade=0.3),
    CoachSettings(158.0, 3.1, 170.0, fade=1.0),
]
told = st.builds(
    CoachSettings,
    st.none() | st.floats(140, 185),
    st.none() | st.floats(2.0, 4.5),
    st.none() | st.floats(140, 190),
    st.floats(0, 1),
)
seeds = st.integers(0, 2**32 - 1)


def cues_of(told: CoachSettings, seed: int, minutes: float) -> NDArray[np.void]:
    strides = random_strides(seed, minutes)
    return np.array(fed(Coach(told), strides, strides[-1][0] + 40 * SECOND_US), CUE)


@settings(max_examples=15)
@given(told, st.floats(0.0, 1.2), seeds, st.floats(0.0, 8.0))
def test_no_half_hour_has_more_than_six_bursts(
    told: CoachSettings, answer: float, seed: int, unrest_spm: float
) -> None:
    """Whoever runs: cadence walks at random, and tempos are followed in any measure or not at all."""
    rng = np.random.default_rng(seed)
    outing = Outing(told, answer=answer)
    own_spm = rng.uniform(145, 178)
    for minute in range(60):
        cadence_spm = np.clip(own_spm + rng.normal(0, unrest_spm), 125, 230)
        kind = {"good": False} if rng.random() < 0.1 and minute % 3 == 0 else {}
        outing.run(5, cadence_spm, **kind).run(55, cadence_spm)
    begins_s = np.array([cue["t_s"] for cue in outing.bursts])
    for begin_s in begins_s:
        assert np.count_nonzero((begins_s >= begin_s) & (begins_s < begin_s + 1800.0)) <= 6


@settings(max_examples=15)
@given(told, seeds)
def test_a_metronome_begins_where_it_may_and_ends_where_it_must(told: CoachSettings, seed: int) -> None:
    strides = random_strides(seed, 40)
    coach = Coach(told)
    began_us, last_us = None, 0
    forbidden = {CueStatus.WALKING, CueStatus.STOPPED, CueStatus.HILL, CueStatus.OFF_PACE, CueStatus.SIGNAL}
    for t_us, one in strides:
        for cue in [*coach.advance(t_us), *coach.take_stride(one, t_us)]:
            if cue["kind"] == CueKind.SILENCE:
                assert began_us is not None
                over_us, stopped_us = began_us + 30 * SECOND_US, last_us + int(POLICY.STOP_US)
                assert cue["t_s"] * 1e6 <= min(over_us, stopped_us, t_us) + 1
                began_us = None
                continue
            assert one["activity"] == Activity.RUNNING
            assert one["good"]
            assert coach.status not in forbidden
            if cue["kind"] in BURSTS:
                assert began_us is None
                began_us = t_us
                assert coach.target_spm is not None
                lowest, highest = coach.target_spm, np.float32(coach.target_spm * POLICY.TEMPO_MOST)
                assert lowest <= cue["tempo_spm"] <= highest
            else:
                assert np.isnan(cue["tempo_spm"])
        assert (began_us is not None) == (coach.tempo_spm is not None)
        if coach.status in forbidden:
            assert began_us is None
        last_us = t_us


@settings(max_examples=15)
@given(told, seeds)
def test_faster_and_slower_never_follow_each_other_within_twenty_seconds(
    told: CoachSettings, seed: int
) -> None:
    cues = cues_of(told, seed, 40)
    bursts = cues[np.isin(cues["kind"], BURSTS)]
    assert np.all(np.diff(bursts["t_s"]) > 20.0)


@settings(max_examples=20)
@given(told, seeds)
def test_how_time_is_cut_changes_nothing(told: CoachSettings, seed: int) -> None:
    """`advance` at any moments between, not at all, or twice at once: the same cues to the last bit."""
    strides = random_strides(seed, 20)
    end_us = strides[-1][0] + 40 * SECOND_US
    whole = np.array(fed(Coach(told), strides, end_us), CUE)
    rng = np.random.default_rng(seed)
    coach, cues, before_us = Coach(told), [], 0
    for t_us, one in strides:
        for between_us in np.sort(rng.integers(before_us, t_us + 1, rng.integers(0, 4))):
            cues += coach.advance(int(between_us))
        cues += coach.take_stride(one, t_us)
        before_us = t_us
    for between_us in np.sort(rng.integers(before_us, end_us, 20)):
        cues += coach.advance(int(between_us))
    cues += coach.advance(end_us)
    assert np.array(cues, CUE).tobytes() == whole.tobytes()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_twin_says_the_same(seed: int) -> None:
    """The runs are drawn at random but always the same: the kernel's float32 and the twin's float64 would
    part where a value meets a threshold to seven digits, and in these runs none does."""
    told = ALL_TOLD[seed % len(ALL_TOLD)]
    kernel, twin = Coach(told), ReferenceCoach(told)
    for t_us, one in random_strides(seed, 30):
        said, expected = kernel.take_stride(one, t_us), twin.take_stride(one, t_us)
        assert len(said) == len(expected)
        for cue, same in zip(said, expected, strict=True):
            assert cue[["t_s", "kind", "reason"]] == same[["t_s", "kind", "reason"]]
            np.testing.assert_allclose(cue["tempo_spm"], same["tempo_spm"], rtol=1e-5)
        assert kernel.status is twin.status


def test_these_runs_hold_every_cue_for_every_reason() -> None:
    reasons: set[int] = set()
    for seed in range(SEEDS):
        reasons |= set(cues_of(ALL_TOLD[seed % len(ALL_TOLD)], seed, 30)["reason"].tolist())
    assert reasons == set(CueReason) - {CueReason.NONE, CueReason.PLAN, CueReason.LOAD}


def test_it_gives_the_same_bits_compiled_and_as_plain_python(tmp_path: Path) -> None:
    program = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[2])
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from hand_made_runs import random_strides
np.seterr(all="ignore")  # as on the other targets
with open(sys.argv[1], "wb") as out:
    every = [CoachSettings(), CoachSettings(160.0, 3.0), CoachSettings(target_spm=175.0)]
    for seed, told in enumerate(every):
        coach = Coach(told)
        for t_us, one in random_strides(seed, 60):
            for cue in coach.take_stride(one, t_us):
                out.write(cue.tobytes())
            out.write(coach._floats.tobytes() + coach._ints.tobytes())
        assert coach.advance(t_us + 3_000_000_000) is not None
        out.write(coach._floats.tobytes() + coach._ints.tobytes())
"""
    folder = Path(__file__).parent
    started = []
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        command = [sys.executable, "-W", "error", "-c", program, str(tmp_path / disabled), str(folder)]
        started.append(subprocess.Popen(command, env=environment))
    assert [process.wait(timeout=100) for process in started] == [0, 0]
    compiled, plain = (tmp_path / "0").read_bytes(), (tmp_path / "1").read_bytes()
    assert len(compiled) > 1_000_000
    assert compiled == plain


class TestAges:
    """They are int32 µs, and a run may last all day."""

    def test_the_last_of_four_hours_is_coached_as_the_first(self) -> None:
        outing = Outing(TOLD, answer=1.0).run(4 * 3600)
        begins_s = np.array([cue["t_s"] for cue in outing.bursts])
        for hour in range(4):
            assert 10 <= np.count_nonzero(begins_s // 3600 == hour) <= 12

    def test_no_age_ever_turns_negative(self) -> None:
        coach = Coach(TOLD)
        for t_us, one in random_strides(3, 240):
            coach.take_stride(one, t_us)
            assert coach._ints.min() >= -1  # the sides of cadence and burst are -1, 0 or 1
            assert coach._ints.max() <= AGE_LIMIT_US

    @pytest.mark.parametrize(
        "step_us", [0, 1, AGE_LIMIT_US - 1, AGE_LIMIT_US, AGE_LIMIT_US + 1, 86_400 * SECOND_US]
    )
    def test_a_step_of_nothing_and_one_of_a_day(self, step_us: int) -> None:
        outing = Outing(TOLD).until_burst().run(5)
        last_us = outing.t_us
        outing.wait(step_us / 1e6).wait(step_us / 1e6).wait(30)
        assert outing.last == (CueKind.SILENCE, CueReason.STOPPED)
        assert outing.cues[-1]["t_s"] == pytest.approx(last_us / 1e6 + POLICY.STOP_US / 1e6, abs=1e-9)
        outing.until_burst()
        assert outing.t_us - last_us >= 2 * step_us

    def test_after_a_day_the_coach_is_back_as_soon_as_after_any_stop(self) -> None:
        outing = Outing(TOLD).until_burst().wait(86_400)
        back_s = outing.t_s
        outing.until_burst()
        assert outing.t_s - back_s < (POLICY.STRETCH_US / 1e6 + POLICY.DWELL_S) + 3.0

    def test_a_clock_that_steps_back_stands_still(self) -> None:
        outing = Outing(TOLD).until_burst()
        coach = outing.coach
        assert coach.advance(outing.t_us - 10 * SECOND_US) == []
        assert coach.take_stride(stride(), outing.t_us - 10 * SECOND_US) == []
        (cue,) = coach.advance(outing.t_us + 60 * SECOND_US)
        assert cue["t_s"] == pytest.approx(outing.t_s + POLICY.STOP_US / 1e6, abs=1e-9)


def test_the_cache_notices_every_edit_of_the_policy() -> None:
    """All that the machine code is made of must stand in its hash."""
    program = """
import sys
import coach.policy_loop
for name, module in sorted(sys.modules.items()):
    if name.split(".")[0] in ("cadence", "coach") and getattr(module, "__file__", None):
        print(module.__file__)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, cwd=root, timeout=100,
    )  # fmt: skip
    used = {Path(line) for line in done.stdout.split()}
    used = {path for path in used if path.name != "__init__.py"}
    assert used <= set(KERNEL.sources), used - set(KERNEL.sources)
