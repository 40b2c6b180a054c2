"""A simulated runner does what it is asked, and its truth says what it did."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cadence.stride import Activity, Side
from hardware.gait import Pace, Strike, contact_time_s
from hardware.imu import IdealImu, Imu
from hardware.motion import HEEL, INSTEP, OUTSIDE
from hardware.pod_spec import is_exercise
from hardware.runner import STEADY_BODY, Body, Runner, Segment, simulate
from hardware.scenarios import SCENARIOS, scenario

RUN = Pace()
WALK = Pace(Activity.WALKING, cadence_spm=112.0, speed_m_s=1.3)


@pytest.mark.parametrize("cadence", [140.0, 165.0, 190.0, 220.0])
@pytest.mark.parametrize("speed", [1.5, 3.0, 6.0])
@pytest.mark.parametrize("strike", list(Strike))
def test_running_has_the_cadence_speed_and_flight_asked_for(
    cadence: float, speed: float, strike: Strike
) -> None:
    runner = Runner(seed=2)
    pace = Pace(cadence_spm=cadence, speed_m_s=speed, strike=strike)
    truth = np.array([runner.stride(pace) for _ in range(80)])
    assert np.nanmean(truth["cadence_spm"]) == pytest.approx(cadence, rel=0.005)
    assert truth["speed_m_s"].mean() == pytest.approx(speed, rel=0.005)
    assert (truth["flight_time_s"][1:] > 0.0).all()
    angle = truth["strike_angle_deg"].mean()
    assert {Strike.HEEL: angle > 8.0, Strike.MID: -1.6 < angle < 8.0, Strike.FORE: angle < -1.6}[strike]


def test_the_fields_of_a_record_agree_with_each_other() -> None:
    runner = Runner()
    truth = np.array([runner.stride(RUN) for _ in range(50)])
    first, rest = truth[0], truth[1:]
    for name in ("stride_time_s", "cadence_spm", "contact_time_s", "flight_time_s"):
        assert np.isnan(first[name])
    close = {"rtol": 1e-5}
    np.testing.assert_allclose(rest["stride_time_s"], np.diff(truth["t_contact_s"]), **close)
    np.testing.assert_allclose(rest["cadence_spm"], 120.0 / rest["stride_time_s"], **close)
    np.testing.assert_allclose(
        rest["contact_time_s"], rest["t_toe_off_s"] - truth["t_contact_s"][:-1], **close
    )
    np.testing.assert_allclose(
        rest["flight_time_s"], rest["stride_time_s"] / 2 - rest["contact_time_s"], atol=1e-6
    )
    np.testing.assert_allclose(
        rest["stride_length_m"], rest["speed_m_s"] * np.diff(truth["t_mid_stance_s"]), **close
    )


def test_lengths_and_climb_are_those_of_the_motion() -> None:
    runner = Runner(seed=5)
    pace = Pace(grade_percent=8.0, turn_rate_deg_s=20.0)
    truth = np.array([runner.stride(pace) for _ in range(20)])
    place = runner.motion.track(truth["t_mid_stance_s"]).position_m
    moved = np.diff(place, axis=0)
    np.testing.assert_allclose(np.hypot(*moved[:, :2].T), truth["stride_length_m"][1:], atol=0.003)
    np.testing.assert_allclose(moved[:, 2], truth["climb_m"][1:], atol=1e-3)
    np.testing.assert_allclose(truth["grade_percent"], 8.0, rtol=0.05)
    ahead = runner.motion.track(truth["t_mid_stance_s"]).rotation[:, :2, 0]
    heading = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
    turned = np.degrees(np.diff(heading)) / np.diff(truth["t_mid_stance_s"])
    np.testing.assert_allclose(turned, 20.0, atol=0.2)


def test_the_shoe_is_flat_and_nearly_still_in_mid_stance() -> None:
    for pace in (RUN, Pace(speed_m_s=5.0, cadence_spm=185.0, strike=Strike.FORE), WALK):
        runner = Runner(body=STEADY_BODY)
        truth = [runner.stride(pace) for _ in range(4)]
        contact, off = truth[1]["t_contact_s"], truth[2]["t_toe_off_s"]
        t = np.arange(contact, off, 0.001)
        speed = np.linalg.norm(runner.motion.track(t).velocity_m_s, axis=1)
        slowest = (t[speed.argmin()] - contact) / (off - contact)
        assert 0.2 < slowest < 0.5
        at = runner.motion.track(np.array([truth[1]["t_mid_stance_s"]]))
        assert np.linalg.norm(at.velocity_m_s) < 0.1
        assert at.rotation[0, 2, 2] == pytest.approx(1.0, abs=1e-9)


def test_truth_does_not_depend_on_where_the_sensor_sits_but_for_the_impact() -> None:
    runs = [Runner(seed=4, mounting=mounting) for mounting in (INSTEP, HEEL, OUTSIDE)]
    truths = [np.array([runner.stride(RUN) for _ in range(10)]) for runner in runs]
    for name in truths[0].dtype.names or ():
        alike = [truth[name].tobytes() == truths[0][name].tobytes() for truth in truths]
        assert all(alike) is (name != "impact_g")


def test_the_true_impact_is_the_peak_an_ideal_sensor_feels() -> None:
    run = simulate(scenario("steady", 10.0), imu=IdealImu(rate_hz=4000.0, mounting=HEEL))
    samples = run.whole()
    force = np.linalg.norm(samples.motion[:, :3], axis=1) / 9.80665
    for stride in run.truth_strides:
        since = samples.t_us * 1e-6 - stride["t_contact_s"]
        assert force[(since >= 0.0) & (since <= 0.05)].max() == pytest.approx(stride["impact_g"], rel=0.01)


def test_impact_grows_with_speed_and_falls_with_cadence() -> None:
    def impact(speed: float, cadence: float) -> float:
        runner = Runner(seed=1)
        pace = Pace(speed_m_s=speed, cadence_spm=cadence, strike=Strike.FORE)
        return float(np.mean([runner.stride(pace)["impact_g"] for _ in range(20)]))

    assert impact(2.5, 165.0) < impact(3.5, 165.0) < impact(4.5, 165.0)
    assert impact(3.0, 180.0) < impact(3.0, 160.0)


def test_a_left_shoe_mirrors_a_right_one() -> None:
    left, right = (Runner(seed=6, side=side) for side in (Side.LEFT, Side.RIGHT))
    for runner in (left, right):
        for _ in range(3):
            runner.stride(RUN)
    t = np.linspace(0.0, left.t_s, 400)
    # Mirrored at the plane of the path: forces keep their sign along x and z, rotations along y.
    np.testing.assert_allclose(
        left.motion.sense(t, OUTSIDE), right.motion.sense(t, OUTSIDE) * [1, -1, 1, -1, 1, -1], atol=1e-9
    )


def test_a_new_pace_holds_from_the_next_stride_on() -> None:
    runner = Runner(body=STEADY_BODY)
    for _ in range(5):
        runner.stride(RUN)
    quicker = [runner.stride(Pace(cadence_spm=175.0)) for _ in range(3)]
    assert 165.0 < quicker[0]["cadence_spm"] < 175.0  # from a contact of the old pace
    assert quicker[1]["cadence_spm"] == pytest.approx(175.0, rel=1e-5)


def test_fatigue_drifts_cadence_and_contact_time() -> None:
    tired = Body(cadence_drift_per_h=-0.04, contact_drift_per_h=0.06)
    truth = simulate(scenario("steady", 900.0), body=tired, imu=IdealImu(rate_hz=10.0)).truth_strides
    early, late = truth[1:100], truth[-100:]
    assert late["cadence_spm"].mean() < early["cadence_spm"].mean() - 1.0
    assert late["contact_time_s"].mean() > early["contact_time_s"].mean() + 0.002


def test_standing_is_still_and_has_no_strides() -> None:
    run = simulate(scenario("stand", 20.0))
    assert len(run.truth_strides) == 0
    samples = run.whole().motion[200:]
    assert np.abs(samples - samples.mean(axis=0)).max() < 0.5


def test_a_halt_comes_by_slower_strides_and_a_start_has_no_stride_time() -> None:
    run = simulate([Segment(10.0, RUN), Segment(5.0), Segment(10.0, WALK)])
    halt, start = run.truth_segments[1].t_start_s, run.truth_segments[1].t_end_s
    before = run.truth_strides[run.truth_strides["t_mid_stance_s"] <= halt + 1e-6]
    after = run.truth_strides[run.truth_strides["t_mid_stance_s"] > start]
    assert len(before) + len(after) == len(run.truth_strides)
    assert before["speed_m_s"][-1] < 1.0
    assert (before["activity"] == Activity.RUNNING).all()
    assert (after["activity"] == Activity.WALKING).all()
    assert np.isnan(after["stride_time_s"][0])
    assert np.isnan(after["contact_time_s"][0])
    assert np.isnan(after["flight_time_s"]).all()


@pytest.mark.parametrize("name", sorted(name for name in SCENARIOS if not is_exercise(name)))
def test_every_scenario_fills_its_time(name: str) -> None:
    """But exercises: these last as long as they take."""
    run = simulate(scenario(name, 360.0), imu=IdealImu(rate_hz=50.0))
    end_s = run.truth_segments[-1].t_end_s
    assert 360.0 <= end_s < 363.0
    assert run.whole().t_us[-1] * 1e-6 == pytest.approx(end_s, abs=0.021)
    edges = [(part.t_start_s, part.t_end_s) for part in run.truth_segments]
    assert all(a[1] == b[0] for a, b in pairwise(edges))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    def made(seed: int) -> bytes:
        run = simulate(scenario("stops", 60.0), seed=seed)
        return run.whole().motion.tobytes() + run.whole().t_us.tobytes() + run.truth_strides.tobytes()

    assert made(7) == made(7)
    assert made(7) != made(8)


def test_a_long_run_keeps_little_motion() -> None:
    runner = Runner()
    imu = Imu()
    for _ in range(400):
        runner.stride(RUN)
        imu.measure(runner.motion, runner.t_s)
        runner.motion.forget_before(runner.t_s - 1.0)
    assert runner.motion.start_s > runner.t_s - 3.0


def test_contact_times_are_those_of_force_plates(data_dir: Path) -> None:
    """31 treadmill trials of one runner (10 % from the mean of runners at most) and 12 runners at three
    speeds; 30 N and 20 N."""
    folder = data_dir / "alcantara_grf"
    force = np.loadtxt(folder / "GRF_one_sub.csv", delimiter=",")[:, :2480]
    about = np.genfromtxt(folder / "Sub_Info_one_sub.csv", delimiter=",", names=True)
    errors = []
    for trial, info in zip(force, about, strict=True):
        on = trial > 30.0 / (info["Mass"] * 9.81)
        ups, downs = (np.flatnonzero(np.diff(on.astype(int)) == way) for way in (1, -1))
        downs = downs[downs > ups[0]]
        ups = ups[: len(downs)]
        long = downs - ups > 50  # the rest is noise around the threshold
        contact = (downs - ups)[long].mean() / 500.0
        step = np.diff(ups[long]).mean() / 500.0
        pace = Pace(cadence_spm=60.0 / step, speed_m_s=info["Speed"], grade_percent=info["Slope"])
        errors.append(contact_time_s(pace) - contact)
    assert abs(np.mean(errors)) < 0.006
    assert np.std(errors) < 0.010
    for tag, speed in (("T25", 2.5), ("T35", 3.5), ("T45", 4.5)):
        errors = []
        for path in sorted((data_dir / "fukuchi_virtual").glob(f"*_{tag}_R.truth.csv")):
            truth = np.genfromtxt(path, delimiter=",", names=True)
            pace = Pace(cadence_spm=120.0 / np.nanmean(truth["stride_time_s"]), speed_m_s=speed)
            errors.append(contact_time_s(pace) - np.nanmean(truth["contact_time_20N_s"]))
        assert abs(np.mean(errors)) < 0.008
        assert np.std(errors) < 0.03


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"activity": Activity.STATIONARY}, "stand"),
        ({"cadence_spm": 10.0}, "cadence"),
        ({"speed_m_s": 0.0}, "speed"),
        ({"grade_percent": 80.0}, "grade"),
    ],
)
def test_what_no_runner_does_is_refused(wrong: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Pace(**wrong)  # type: ignore[arg-type]


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="steady"):
        scenario("sprint", 10.0)


def test_no_segments_are_refused() -> None:
    with pytest.raises(ValueError, match="segment"):
        simulate([])
