"""Sensor models: what an inertial sensor makes of a motion.

A model takes the ideal specific force and rotation of a `Motion`, low-passes them as the chip does,
adds scale error, zero-level bias and noise, limits to the range and rounds to raw int16 counts, at
instants given by the chip's own oscillator and stamped by the pod's clock. Everything is drawn from a
seed once, and measuring in pieces gives the same bytes as measuring at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2, SampleBlock, Sensor, from_raw
from hardware.motion import INSTEP, Motion, Mounting

_FINE_RATE_HZ = 1600.0  # the motion is evaluated at least this often ahead of the chip's low-pass
_INT16 = np.iinfo(np.int16)


@dataclass(frozen=True, slots=True)
class ImuSpec:
    """Figures of one chip. A tolerance or offset given as "typical ±" is read as two standard deviations.

    Attributes:
        name, source: the part and where the figures are from.
        acc_count_mg: range in g to mg a count.
        acc_noise_ug: range in g to noise density, µg/√Hz.
        gyro_count_mdps: range in deg/s to mdps a count.
        gyro_noise_mdps: noise density, mdps/√Hz.
        zero_g_mg, zero_rate_dps: offset.
        acc_tolerance, gyro_tolerance: relative error of the sensitivity.
        rates_hz: output data rates.
        rate_tolerance: relative error of the output data rate.
        acc_bandwidth, gyro_bandwidth: -3 dB cut-off as a share of the output data rate.
    """

    name: str
    source: str
    acc_count_mg: dict[int, float]
    acc_noise_ug: dict[int, float]
    gyro_count_mdps: dict[int, float]
    gyro_noise_mdps: float
    zero_g_mg: float
    zero_rate_dps: float
    acc_tolerance: float
    gyro_tolerance: float
    rates_hz: tuple[float, ...]
    rate_tolerance: float
    acc_bandwidth: float
    gyro_bandwidth: float


def _full_scale(*ranges: int) -> dict[int, float]:
    """Thousandths of the unit a count where int16 spans exactly the range."""
    return {full: 1000.0 * full / 32768.0 for full in ranges}


# Figures marked * were not seen in the data sheet itself but recalled or read at second hand.

LSM6DS3TR_C = ImuSpec(
    name="LSM6DS3TR-C",
    source="ST data sheet DocID030071, table 3 (mechanical characteristics)",
    acc_count_mg={2: 0.061, 4: 0.122, 8: 0.244, 16: 0.488},
    acc_noise_ug={2: 90.0, 4: 90.0, 8: 110.0, 16: 180.0},  # 90 seen at second hand, the others *
    gyro_count_mdps={125: 4.375, 245: 8.75, 500: 17.5, 1000: 35.0, 2000: 70.0},
    gyro_noise_mdps=5.0,  # *
    zero_g_mg=40.0,  # *
    zero_rate_dps=3.0,  # *
    acc_tolerance=0.01,  # *
    gyro_tolerance=0.01,  # *
    rates_hz=(12.5, 26.0, 52.0, 104.0, 208.0, 416.0, 833.0, 1666.0, 3332.0, 6664.0),
    rate_tolerance=0.02,  # * not specified; our choice
    acc_bandwidth=0.5,  # * first low-pass only
    gyro_bandwidth=0.32,  # * second low-pass, 66.8 Hz at 208 Hz
)

BMI270 = ImuSpec(
    name="BMI270",
    source="Bosch data sheet BST-BMI270-DS000, parameter specification tables",
    acc_count_mg=_full_scale(2, 4, 8, 16),
    acc_noise_ug={2: 160.0, 4: 160.0, 8: 160.0, 16: 160.0},
    gyro_count_mdps=_full_scale(125, 250, 500, 1000, 2000),
    gyro_noise_mdps=7.0,
    zero_g_mg=20.0,  # *
    zero_rate_dps=0.5,  # read at second hand; users report up to 3
    acc_tolerance=0.004,  # *
    gyro_tolerance=0.02,  # * without the chip's own retrimming
    rates_hz=(25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0),
    rate_tolerance=0.01,  # *
    acc_bandwidth=0.405,  # * normal mode, 162 Hz at 400 Hz
    gyro_bandwidth=0.37,  # *
)

ICM42688P = ImuSpec(
    name="ICM-42688-P",
    source="TDK data sheet DS-000347, tables 1 and 2",
    acc_count_mg=_full_scale(2, 4, 8, 16),
    acc_noise_ug={2: 70.0, 4: 70.0, 8: 70.0, 16: 70.0},
    gyro_count_mdps=_full_scale(125, 250, 500, 1000, 2000),
    gyro_noise_mdps=2.8,
    zero_g_mg=20.0,  # *
    zero_rate_dps=0.5,  # read at second hand
    acc_tolerance=0.005,  # *
    gyro_tolerance=0.005,  # *
    rates_hz=(12.5, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0),
    rate_tolerance=0.01,  # *
    acc_bandwidth=0.25,  # * user-interface filter at its default
    gyro_bandwidth=0.25,  # *
)


class Imu:
    """One chip on one pod: its errors are drawn once from the seed.

    Attributes:
        rate_hz: the nominal output data rate.
        sensor: limits as the detector needs them.
        acc_scale_m_s2_per_count, gyro_scale_rad_s_per_count: as the pod announces them, float32.
        clock_error: relative error of the pod's clock.
    """

    def __init__(
        self,
        spec: ImuSpec = LSM6DS3TR_C,
        *,
        rate_hz: float = 208.0,
        acc_range_g: int = 16,
        gyro_range_dps: int = 2000,
        seed: int = 1,
        clock_ppm: float = 20.0,
        jitter_us: float = 15.0,
        mounting: Mounting = INSTEP,
    ) -> None:
        """`clock_ppm` and `jitter_us` (pod crystal, interrupt to time stamp) are standard deviations.

        Raises ValueError for a rate or range the chip does not have.
        """
        for value, known, what in (
            (rate_hz, spec.rates_hz, "Hz"),
            (acc_range_g, spec.acc_count_mg, "g"),
            (gyro_range_dps, spec.gyro_count_mdps, "deg/s"),
        ):
            if value not in known:
                choice = ", ".join(f"{setting:g}" for setting in sorted(known))
                raise ValueError(f"{spec.name} has no setting of {value:g} {what}: choose one of {choice}")
        self.spec, self.rate_hz, self.mounting = spec, rate_hz, mounting
        self.acc_scale_m_s2_per_count = np.float32(spec.acc_count_mg[acc_range_g] * 1e-3 * GRAVITY_M_S2)
        self.gyro_scale_rad_s_per_count = np.float32(np.radians(spec.gyro_count_mdps[gyro_range_dps] * 1e-3))
        self.sensor = Sensor(
            acc_limit_m_s2=float(np.float32(_INT16.max) * self.acc_scale_m_s2_per_count),
            gyro_limit_rad_s=float(np.float32(_INT16.max) * self.gyro_scale_rad_s_per_count),
        )
        part, self._noise_source, self._jitter_source = np.random.default_rng(seed).spawn(3)
        self._gain = 1.0 + part.normal(0.0, 0.5, 6) * np.repeat([spec.acc_tolerance, spec.gyro_tolerance], 3)
        self._bias = part.normal(0.0, 0.5, 6) * np.repeat(
            [spec.zero_g_mg * 1e-3 * GRAVITY_M_S2, np.radians(spec.zero_rate_dps)], 3
        )
        self._period_s = 1.0 / (rate_hz * (1.0 + 0.5 * spec.rate_tolerance * part.normal()))
        self.clock_error = clock_ppm * 1e-6 * part.normal()
        self._jitter_us = jitter_us
        cut_offs = np.repeat([spec.acc_bandwidth, spec.gyro_bandwidth], 3) * rate_hz
        density = np.repeat(
            [spec.acc_noise_ug[acc_range_g] * 1e-6 * GRAVITY_M_S2, np.radians(spec.gyro_noise_mdps * 1e-3)], 3
        )
        self._noise = density * np.sqrt(1.11 * cut_offs)  # 1.11: noise bandwidth of a second-order low-pass
        self._scale = np.repeat([self.acc_scale_m_s2_per_count, self.gyro_scale_rad_s_per_count], 3)
        self._parts = max(1, int(np.ceil(_FINE_RATE_HZ / rate_hz)))
        self._filters = _Lowpass(cut_offs * self._period_s / self._parts)
        self._taken = 0
        self._first_s: float | None = None
        self._first_stamp_us = 0.0

    def measure(self, motion: Motion, until_s: float) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
        """All samples due before an instant of the motion that were not yet taken.

        The first sample ever is taken where the motion then starts.

        Returns:
            t_us: int64 (n,), the pod's clock, 0 at the first sample ever.
            raw: int16 (n, 6), acceleration then rotation, in counts.

        Raises ValueError where the motion does not reach or has been forgotten.
        """
        if self._first_s is None:
            self._first_s = motion.start_s
        count = max(0, int(np.ceil((until_s - self._first_s) / self._period_s)) - self._taken)
        index = self._taken + np.arange(count)
        fine = np.arange((self._taken - 1) * self._parts + 1, (self._taken + count - 1) * self._parts + 1)
        fine = fine[fine >= 0]
        fine_s = np.asarray(self._first_s + fine * (self._period_s / self._parts), dtype=np.float64)
        ideal = motion.sense(fine_s, self.mounting)
        if count:
            ideal = self._filters.pass_on(ideal)[-1 :: -self._parts][::-1]
        value = ideal * self._gain + self._bias + self._noise * self._noise_source.standard_normal((count, 6))
        raw = np.clip(np.rint(value / self._scale), _INT16.min, _INT16.max).astype(np.int16)
        late = np.clip(self._jitter_source.standard_normal(count), -4.0, 4.0) * self._jitter_us
        stamp = index * (self._period_s * (1.0 + self.clock_error) * 1e6) + late
        if self._taken == 0 and count:
            self._first_stamp_us = stamp[0]
        self._taken += count
        return np.rint(stamp - self._first_stamp_us).astype(np.int64), raw

    def block(self, motion: Motion, until_s: float) -> SampleBlock:
        """The same samples as the detector takes them."""
        t_us, raw = self.measure(motion, until_s)
        return from_raw(t_us, raw, self.acc_scale_m_s2_per_count, self.gyro_scale_rad_s_per_count)

    def recording_time_s(self, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Instants of the motion on the clock of the recording, whose 0 is the first sample."""
        if self._first_s is None:
            raise ValueError("the recording has no sample yet, so its clock has no start")
        return np.asarray((t_s - self._first_s) * (1.0 + self.clock_error), dtype=np.float64)


class IdealImu:
    """A sensor without error, range or filter: float32 readings at exact times. For tests."""

    sensor = Sensor()

    def __init__(self, *, rate_hz: float = 208.0, mounting: Mounting = INSTEP) -> None:
        self.rate_hz, self.mounting = rate_hz, mounting
        self._taken = 0
        self._first_s: float | None = None

    def block(self, motion: Motion, until_s: float) -> SampleBlock:
        """All samples due before an instant that were not yet taken. Times are rounded to µs, and the
        readings belong to the rounded times."""
        if self._first_s is None:
            self._first_s = motion.start_s
        count = max(0, int(np.ceil((until_s - self._first_s) * self.rate_hz)) - self._taken)
        t_us = np.rint((self._taken + np.arange(count)) * (1e6 / self.rate_hz)).astype(np.int64)
        self._taken += count
        at_s = np.minimum(self._first_s + t_us * 1e-6, motion.end_s)
        return SampleBlock(t_us, motion.sense(at_s, self.mounting).astype(np.float32))

    def recording_time_s(self, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Instants of the motion on the clock of the recording, whose 0 is the first sample."""
        if self._first_s is None:
            raise ValueError("the recording has no sample yet, so its clock has no start")
        return np.asarray(t_s - self._first_s, dtype=np.float64)


class _Lowpass:
    """Second-order Butterworth low-passes, one a channel, that carry their state on."""

    def __init__(self, cut_offs: NDArray[np.float64]) -> None:
        """`cut_offs` in cycles a sample."""
        from scipy.signal import butter, sosfilt_zi

        self._sections = [butter(2, 2.0 * cut_off, output="sos") for cut_off in cut_offs]
        self._steady = [sosfilt_zi(sections) for sections in self._sections]
        self._state: list[NDArray[np.float64]] | None = None

    def pass_on(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The next values, (n, channels); the very first is taken to have lasted forever."""
        from scipy.signal import sosfilt

        if self._state is None:
            self._state = [steady * first for steady, first in zip(self._steady, values[0], strict=True)]
        out = np.empty_like(values)
        for channel, sections in enumerate(self._sections):
            out[:, channel], self._state[channel] = sosfilt(
                sections, values[:, channel], zi=self._state[channel]
            )
        return out
