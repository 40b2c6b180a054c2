"""Running Speed and Cadence sensors: what their bytes mean, and what their cadence counts."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.stride import Activity
from firmware_bridge.message import LinkEvent, LinkState, Packet
from firmware_bridge.pods.rsc import MEASUREMENT, BadRsc, Convention, Rsc, RscDecoder, RscMeasurement, parse
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL
from firmware_bridge.readings import Battery, CadenceUpdate, PodInfo

RUNNING, WITH_LENGTH = 4, 1


def told(speed_m_s: float, cadence: int, length_m: float | None = None, running: bool = True) -> bytes:
    flags = running * RUNNING | (length_m is not None) * WITH_LENGTH
    data = struct.pack("<BHB", flags, round(speed_m_s * 256), cadence)
    return data if length_m is None else data + struct.pack("<H", round(length_m * 100))


def updates(decoder: RscDecoder, *values: bytes, first_s: float = 0.0) -> list[CadenceUpdate]:
    found = []
    for second, value in enumerate(values):
        packet = Packet(int((first_s + second) * 1e9), MEASUREMENT, value)
        found += [reading for reading in decoder.take(packet) if isinstance(reading, CadenceUpdate)]
    return found


def test_values_of_polars_own_tests_are_read() -> None:
    """The byte strings of BleRscClientTest.kt in polarofficial/polar-ble-sdk."""
    assert parse(bytes.fromhex("07 3412 56 8907 04030201")) == RscMeasurement(
        4660 / 256, 86, 19.29, 1690906.0, True
    )
    assert parse(bytes.fromhex("00 0a00 14")) == RscMeasurement(10 / 256, 20, None, None, False)


@pytest.mark.parametrize("flags", range(8))
def test_the_flags_say_what_is_there(flags: int) -> None:
    data = struct.pack("<BHB", flags, 768, 90)
    if flags & 1:
        data += struct.pack("<H", 210)
    if flags & 2:
        data += struct.pack("<I", 12345)
    expected = RscMeasurement(
        3.0, 90, 2.1 if flags & 1 else None, 1234.5 if flags & 2 else None, bool(flags & 4)
    )
    assert parse(data) == expected
    assert parse(data + b"\0") is BadRsc.LENGTH
    assert parse(data[:-1]) is (BadRsc.LENGTH if len(data) > 4 else BadRsc.SHORT)


@given(st.binary(max_size=20))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    assert isinstance(parse(data), RscMeasurement | BadRsc)
    decoder = Rsc().decoder()
    readings = decoder.take(Packet(0, MEASUREMENT, data))
    assert bool(readings) != bool(decoder.losses.bad_packets.total())


@pytest.mark.parametrize(
    ("value", "convention", "stride_length_m"),
    [
        (told(3.0, 165), Convention.STEPS, math.nan),
        (told(3.0, 83), Convention.STRIDES, math.nan),
        (told(3.0, 165, 2.18), Convention.STEPS, 2.18),
        (told(3.0, 83, 2.17), Convention.STRIDES, 2.17),
        (told(3.0, 165, 1.09), Convention.STEPS, 2.18),
        (told(3.0, 83, 1.085), Convention.STRIDES, 2.16),  # told to 1 cm
        (told(1.4, 114, 1.47, running=False), Convention.STEPS, 1.47),
        (told(1.4, 57, 0.74, running=False), Convention.STRIDES, 1.48),
        (told(3.0, 165, running=False), Convention.STEPS, math.nan),  # a sensor that never says "running"
    ],
)
def test_the_convention_is_told_by_speed_and_length_or_by_what_people_can_do(
    value: bytes, convention: Convention, stride_length_m: float
) -> None:
    decoder = Rsc().decoder()
    found = updates(decoder, *[value] * 3)
    assert decoder.convention is convention
    measurement = parse(value)
    assert isinstance(measurement, RscMeasurement)
    factor = 1 if convention is Convention.STEPS else 2
    assert found[-1].cadence_spm == factor * measurement.cadence_per_min
    assert found[-1].stride_length_m == pytest.approx(stride_length_m, abs=1e-9, nan_ok=True)


def test_until_the_convention_is_known_the_cadence_is_not() -> None:
    decoder = Rsc().decoder()
    first, second, third = updates(decoder, *[told(3.0, 83, 2.17)] * 3)
    assert math.isnan(first.cadence_spm)
    assert math.isnan(first.stride_length_m)
    assert first.speed_m_s == 3.0
    assert first.activity is Activity.RUNNING
    assert math.isnan(second.cadence_spm)
    assert third.cadence_spm == 166.0


def test_what_fits_both_conventions_tells_nothing() -> None:
    decoder = Rsc().decoder()
    updates(decoder, *[told(1.0, 60, running=False), told(2.5, 120)] * 20)
    assert decoder.convention is None


def test_a_few_odd_readings_do_not_turn_a_settled_convention_and_many_do() -> None:
    decoder = Rsc().decoder()
    conventions: list[Convention | None] = []
    for count, cadence in ((30, 165), (8, 83), (8, 83)):
        updates(decoder, *[told(3.0, cadence)] * count, first_s=100 * len(conventions))
        conventions.append(decoder.convention)
    assert conventions == [Convention.STEPS, Convention.STEPS, Convention.STRIDES]


def test_a_convention_that_is_set_is_kept_and_shown() -> None:
    decoder = Rsc("strides").decoder()
    (info,) = decoder.take(LinkEvent(0, LinkState.CONNECTED, pod="rsc"))
    assert isinstance(info, PodInfo)
    assert "strides a minute, as set" in info.model
    assert [update.cadence_spm for update in updates(decoder, *[told(3.0, 165)] * 20)] == [330.0] * 20


def test_a_detected_convention_is_shown_once() -> None:
    decoder = Rsc().decoder()
    readings = decoder.take(LinkEvent(0, LinkState.CONNECTED, pod="rsc"))
    for second in range(10):
        readings += decoder.take(Packet(second * 10**9, MEASUREMENT, told(3.0, 165)))
    models = [reading.model for reading in readings if isinstance(reading, PodInfo)]
    assert len(models) == 2
    assert "not known yet" in models[0]
    assert "steps a minute, as detected" in models[1]


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(ValueError, match="hops"):
        Rsc("hops")


def test_standing_is_zero_and_not_unknown() -> None:
    (update,) = updates(Rsc().decoder(), told(0.0, 0, running=False))
    assert (update.cadence_spm, update.speed_m_s, update.activity) == (0.0, 0.0, Activity.STATIONARY)


def test_a_cadence_of_zero_in_motion_is_unknown() -> None:
    (update,) = updates(Rsc("steps").decoder(), told(3.0, 0))
    assert math.isnan(update.cadence_spm)
    assert update.activity is Activity.RUNNING


def test_times_are_those_of_arrival_from_the_first_reading_on() -> None:
    found = updates(Rsc("steps").decoder(), told(3.0, 165), told(3.0, 166), first_s=1.7e9)
    assert [update.t_s for update in found] == [0.0, 1.0]


def test_a_measurement_delivered_twice_counts_once() -> None:
    decoder = Rsc().decoder()
    for t_ns in (0, 1_000, 10**9, 10**9 + 1_000):
        decoder.take(Packet(t_ns, MEASUREMENT, told(3.0, 165)))
    assert (decoder.losses.packets, decoder.losses.duplicates) == (4, 2)


def test_a_battery_level_is_told() -> None:
    decoder = Rsc().decoder()
    assert decoder.take(Packet(0, BATTERY_LEVEL, b"\x55")) == [Battery(85)]
    assert decoder.take(Packet(0, BATTERY_LEVEL, b"\x65")) == []
    assert decoder.losses.bad_packets.total() == 1
