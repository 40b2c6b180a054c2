"""The sensor models keep to the figures of their chips, and measuring in pieces changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence.sample import GRAVITY_M_S2, from_raw
from hardware.gait import Pace
from hardware.imu import BMI270, ICM42688P, LSM6DS3TR_C, IdealImu, Imu, ImuSpec
from hardware.motion import Motion
from hardware.runner import Runner

SPECS = [LSM6DS3TR_C, BMI270, ICM42688P]
RATES = {LSM6DS3TR_C.name: 208.0, BMI270.name: 200.0, ICM42688P.name: 200.0}


@pytest.fixture(scope="module")
def fast() -> Motion:
    """Eight seconds of fast running."""
    runner = Runner(seed=1)
    while runner.t_s < 8.0:
        runner.stride(Pace(speed_m_s=6.0, cadence_spm=190.0))
    return runner.motion


@pytest.fixture(scope="module")
def rest() -> Motion:
    """A minute of standing, with the small shifts of a foot."""
    runner = Runner(seed=1)
    runner.stand(60.0)
    return runner.motion


@settings(max_examples=15)
@given(cuts=st.lists(st.floats(0.0, 8.0), max_size=6), rate_hz=st.sampled_from([104.0, 208.0, 1666.0]))
def test_pieces_are_the_whole(fast: Motion, cuts: list[float], rate_hz: float) -> None:
    whole, parts = Imu(rate_hz=rate_hz, seed=9), Imu(rate_hz=rate_hz, seed=9)
    t_us, raw = whole.measure(fast, 8.0)
    pieces = [parts.measure(fast, cut) for cut in [*sorted(cuts), 8.0]]
    np.testing.assert_array_equal(np.concatenate([t for t, _ in pieces]), t_us)
    np.testing.assert_array_equal(np.concatenate([r for _, r in pieces]), raw)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_small_range_clips_and_a_large_one_does_not(fast: Motion, spec: ImuSpec) -> None:
    rate_hz = RATES[spec.name]
    _, small = Imu(spec, rate_hz=rate_hz, acc_range_g=2, gyro_range_dps=500).measure(fast, 8.0)
    large = Imu(spec, rate_hz=rate_hz).block(fast, 8.0)
    assert small.dtype == np.int16
    for limit in (-32768, 32767):
        assert (small[:, :3] == limit).any()
    assert (np.abs(small[:, 3:].astype(int)) >= 32767).any()
    gentle = np.abs(large.motion[:, 3:]) < 8.0  # 500 deg/s is 8.7 rad/s
    dps = np.radians(spec.gyro_count_mdps[500] * 1e-3)
    assert np.abs(small[:, 3:] * dps - large.motion[:, 3:])[gentle].max() < 0.3


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_noise_and_offset_at_rest_are_of_the_data_sheet(rest: Motion, spec: ImuSpec) -> None:
    rate_hz = RATES[spec.name]
    readings, offsets = [], []
    for seed in range(12):
        motion = Imu(spec, rate_hz=rate_hz, seed=seed).block(rest, 60.0).motion.astype(np.float64)
        readings.append(np.diff(motion, axis=0).std(axis=0) / np.sqrt(2.0))
        offsets.append(motion.mean(axis=0) - [0.0, 0.0, GRAVITY_M_S2, 0.0, 0.0, 0.0])
    acc = spec.acc_noise_ug[16] * 1e-6 * GRAVITY_M_S2 * np.sqrt(1.11 * spec.acc_bandwidth * rate_hz)
    gyro = np.radians(spec.gyro_noise_mdps * 1e-3) * np.sqrt(1.11 * spec.gyro_bandwidth * rate_hz)
    count_acc = spec.acc_count_mg[16] * 1e-3 * GRAVITY_M_S2 / np.sqrt(12.0)
    count_gyro = np.radians(spec.gyro_count_mdps[2000] * 1e-3) / np.sqrt(12.0)
    noise = np.median(readings, axis=0)
    np.testing.assert_allclose(noise[:3], np.hypot(acc, count_acc), rtol=0.25)
    np.testing.assert_allclose(noise[3:], np.hypot(gyro, count_gyro), rtol=0.25)
    spread = np.std(offsets, axis=0)
    limit_acc = spec.zero_g_mg * 1e-3 * GRAVITY_M_S2 + spec.acc_tolerance * GRAVITY_M_S2 + 0.05
    assert (spread[:3] < limit_acc).all()
    assert (spread[3:] < np.radians(spec.zero_rate_dps)).all()
    assert (spread > 0.0).all()


def test_a_good_sensor_follows_the_ideal_one(fast: Motion) -> None:
    imu = Imu(ICM42688P, rate_hz=1000.0, clock_ppm=0.0, jitter_us=0.0)
    measured = imu.block(fast, 7.9)
    t_s = measured.t_us * 1e-6
    true = fast.sense(t_s)
    # The chip's low-pass (250 Hz) delays by about a millisecond.
    delay_s = np.sqrt(2.0) / (2.0 * np.pi * 250.0)
    true = fast.sense(np.maximum(t_s - delay_s, 0.0))
    error = measured.motion[50:] - true[50:]
    assert (np.sqrt((error**2).mean(axis=0)) < [1.6, 1.6, 1.6, 0.12, 0.12, 0.12]).all()


def test_stamps_start_at_zero_rise_and_run_at_the_clock_of_the_pod(fast: Motion) -> None:
    imu = Imu(seed=3, clock_ppm=2000.0)
    t_us, _ = imu.measure(fast, 8.0)
    assert t_us[0] == 0
    assert (np.diff(t_us) > 0).all()
    at_s = imu.recording_time_s(np.array([0.0, 7.0]))
    assert at_s[0] == 0.0
    assert at_s[1] / 7.0 - 1.0 == pytest.approx(imu.clock_error)
    assert 7.9 < t_us[-1] * 1e-6 / (1.0 + imu.clock_error) < 8.0


def test_counts_become_samples_by_one_rule() -> None:
    raw = np.array([[1, -2, 32767, -32768, 0, 5]], dtype=np.int16)
    block = from_raw(np.zeros(1, np.int64), raw, np.float32(0.1), np.float32(0.2))
    assert block.motion.dtype == np.float32
    assert block.motion.flags.c_contiguous
    assert block.motion[0, 2] == np.float32(32767) * np.float32(0.1)
    assert block.motion[0, 3] == np.float32(-32768) * np.float32(0.2)


def test_a_count_at_the_end_of_the_scale_is_at_the_limit() -> None:
    imu = Imu()
    ends = np.full((2, 6), [[32767], [-32768]], dtype=np.int16)
    block = from_raw(np.arange(2), ends, imu.acc_scale_m_s2_per_count, imu.gyro_scale_rad_s_per_count)
    assert (np.abs(block.motion[:, :3]) >= imu.sensor.acc_limit_m_s2).all()
    assert (np.abs(block.motion[:, 3:]) >= imu.sensor.gyro_limit_rad_s).all()


def test_the_ideal_sensor_has_no_error(fast: Motion) -> None:
    block = IdealImu(rate_hz=250.0).block(fast, 4.0)
    np.testing.assert_array_equal(block.motion, fast.sense(block.t_us * 1e-6).astype(np.float32))


@pytest.mark.parametrize("wrong", [{"rate_hz": 200.0}, {"acc_range_g": 10}, {"gyro_range_dps": 300}])
def test_a_setting_the_chip_lacks_is_refused_with_those_it_has(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="choose one of"):
        Imu(LSM6DS3TR_C, **wrong)  # type: ignore[arg-type]
