"""Polar's measurement data service: bytes, the conversation with the device, two streams made one.

Byte strings named SDK are those of the tests of Polar's own SDK (AccDataTest.kt, GyrDataTest.kt,
BlePmdClientControlPointResponseTest.kt, PmdSettingTest.kt in polarofficial/polar-ble-sdk).
"""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2, SampleBlock
from firmware_bridge.message import LinkEvent, LinkState, Packet
from firmware_bridge.pods.joining import LONGEST_WAIT_US, Joiner
from firmware_bridge.pods.polar import Polar, PolarDecoder
from firmware_bridge.pods.polar_frames import (
    CONTROL_CHANNEL,
    DATA_CHANNEL,
    BadPmd,
    ControlResponse,
    DataFrame,
    Measurement,
    Operation,
    Setting,
    ask_settings,
    parse_data,
    parse_response,
    parse_settings,
    start,
    stop,
)
from firmware_bridge.readings import PodInfo, Reading
from hardware.polar_pod import compress

SDK_COMPRESSED_0 = bytes.fromhex(
    "02 0094357700000000 80 7107F06A9E8D 0A38"
    "BE5CBEBA2F96B3EE4BE5ADFB42B9EBBE4CFEBA2F92BFEE4BE4B1FB12B9ECBD3C3EBB2F8FD3DE4BE3B5F7D2B8EDBD307E7B2F8B"
    "E3CE8BE2BAF7A2B8EEBC20BE7B2F88F3CECBE1BDEF52F8EFBC18FE3B2F8403BFCBE0C2EF32B8F0BB044EBC2E8113AF0BE0C6EF"
    "F2F7F1B9FC7DBC2E7D279F4BDFCAEBC2F7F2B8ECCD7C2E7B378F4BDECEE392F7F3B8E00DFD2D774B7FCBDDD2DF6237F5B7D44D"
    "BD2D745B6FCBDCD7D73237F6B5C88D7D2D716B4F4BDCDCD3F236F7B4BCDDFD2C6F7B3F4BDBE0CFD236F8B2B02DBE2C6C8F1FCB"
    "DAE3C7A276F9"
)
SDK_COMPRESSED_1 = bytes.fromhex("02 6500000000000000 81 F1FF1400F003 0601 7B0F08")
SDK_RAW_1 = bytes.fromhex("02 0094357700000000 01 F7FFFFFFE703 F8FFFEFFE503 F9FFFFFFE503")
SDK_GYRO_0 = bytes.fromhex("05 FFFFFFFFFFFFFF7F 80 EAFF08000D00 0301 DF00")
SDK_GYRO_1 = bytes.fromhex("05 0094357700000000 81 0000803F 00002041 0000A041 1C01 0000A001000008CDCCEC0D")


def slowly(body: bytes, size: int) -> list[list[int]]:
    """The same differences by an independent way: one long number whose lowest bits come first."""
    samples = [
        [int.from_bytes(body[i * size : (i + 1) * size], "little", signed=True) for i in range(3)],
    ]
    body = body[3 * size :]
    while body:
        width, count = body[0], body[1]
        length = math.ceil(width * count * 3 / 8)
        bits = int.from_bytes(body[2 : 2 + length], "little")
        for _ in range(count):
            sample = []
            for axis in range(3):
                value = bits % 2**width
                bits //= 2**width
                sample.append(samples[-1][axis] + value - (2**width if value >= 2 ** (width - 1) else 0))
            samples.append(sample)
        body = body[2 + length :]
    return samples


def frame_of(data: bytes) -> DataFrame:
    frame = parse_data(data)
    assert isinstance(frame, DataFrame)
    return frame


def test_raw_frames_hold_milli_g() -> None:
    frame = frame_of(SDK_RAW_1)
    assert frame.values.tolist() == [[-9, -1, 999], [-8, -2, 997], [-7, -1, 997]]
    assert (frame.stamp_ns, frame.unit, frame.has_factor) == (2_000_000_000, 1e-3, False)


@pytest.mark.parametrize(("kind", "size"), [(0, 1), (1, 2), (2, 3)])
def test_raw_values_have_1_2_or_3_bytes(kind: int, size: int) -> None:
    top = 1 << (8 * size - 1)
    values = [-top, top - 1, -1, 0, 1, 77]
    body = b"".join(value.to_bytes(size, "little", signed=True) for value in values)
    frame = frame_of(struct.pack("<BQB", 2, 1, kind) + body)
    assert frame.values.ravel().tolist() == values


def test_compressed_frames_are_those_of_the_makers_tests() -> None:
    assert frame_of(SDK_COMPRESSED_1).values.tolist() == [[-15, 20, 1008], [-20, 17, 1008]]
    frame = frame_of(SDK_COMPRESSED_0)
    assert frame.values.shape == (57, 3)
    assert frame.values[:2].tolist() == [[1905, 27376, -29282], [2095, 27271, -29367]]
    assert (np.abs(frame.values * 2.44e-4) <= 8.0).all()
    assert frame.has_factor
    assert frame_of(SDK_GYRO_0).values.tolist() == [[-22, 8, 13], [-23, 11, 16]]


def test_a_gyroscopes_second_kind_of_frame_holds_the_bits_of_floats() -> None:
    expected = np.array([[0x3F800000, 0x41200000, 0x41A00000]] * 2, np.uint32)
    expected[1] += np.array([0x1A00000, 0x800000, 0xFDECCCCD], np.uint32)
    np.testing.assert_array_equal(frame_of(SDK_GYRO_1).values, expected.view(np.float32))


@pytest.mark.parametrize("bits", ["0100807f", "0000c07f", "0000807f"])  # both kinds of NaN, infinity
def test_floats_that_are_no_numbers_are_refused(bits: str) -> None:
    data = struct.pack("<BQB", 5, 1, 0x81) + bytes.fromhex(bits) * 3
    assert parse_data(data) is BadPmd.VALUE


@pytest.mark.parametrize("data", [SDK_COMPRESSED_0, SDK_COMPRESSED_1, SDK_GYRO_0])
def test_an_independent_slow_decoder_agrees(data: bytes) -> None:
    assert frame_of(data).values.tolist() == slowly(data[10:], 2)


@given(st.lists(st.tuples(*[st.integers(-32768, 32767)] * 3), min_size=1, max_size=50))
def test_what_was_compressed_comes_back(samples: list[tuple[int, int, int]]) -> None:
    body = compress(np.array(samples, np.int16))
    assert frame_of(struct.pack("<BQB", 5, 1, 0x80) + body).values.tolist() == [list(s) for s in samples]
    assert slowly(body, 2) == [list(s) for s in samples]


@pytest.mark.parametrize("data", [SDK_COMPRESSED_0, SDK_COMPRESSED_1, SDK_RAW_1, SDK_GYRO_0, SDK_GYRO_1])
def test_a_cut_frame_is_not_taken_for_a_shorter_one(data: bytes) -> None:
    for length in range(len(data)):
        cut = parse_data(data[:length])
        if isinstance(cut, DataFrame):  # cut just between samples or blocks, which nothing can tell
            assert data[9] & 0x80 == 0 or length == 16 or (data[0], length) == (5, 22)
            assert cut.values.tolist() == frame_of(data).values[: len(cut.values)].tolist()


def test_differences_that_lead_out_of_16_bits_are_refused() -> None:
    body = struct.pack("<3h", 32767, 0, 0) + bytes([2, 1, 0b000001])
    assert parse_data(struct.pack("<BQB", 2, 1, 0x80) + body) is BadPmd.VALUE


@given(st.binary(max_size=250))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    assert isinstance(parse_data(data), DataFrame | BadPmd)
    assert isinstance(parse_response(data), ControlResponse | BadPmd)
    parse_settings(data)


@given(
    st.sampled_from([0, 1, 2, 0x80, 0x81]),
    st.sampled_from([2, 5]),
    st.binary(max_size=60),
)
def test_any_content_of_a_frame_is_read_or_refused(kind: int, measurement: int, body: bytes) -> None:
    frame = parse_data(struct.pack("<BQB", measurement, 1, kind) + body)
    if isinstance(frame, DataFrame):
        assert frame.values.ndim == 2
        assert np.isfinite(frame.values).all()


def test_commands_are_those_that_public_clients_send() -> None:
    settings = {Setting.RATE_HZ: 52, Setting.RESOLUTION_BITS: 16, Setting.RANGE: 8, Setting.CHANNELS: 3}
    expected = bytes.fromhex("0202 00013400 01011000 02010800 040103")
    assert start(Measurement.ACCELERATION, settings) == expected
    assert start(Measurement.SDK_MODE) == b"\x02\x09"
    assert stop(Measurement.ACCELERATION) == b"\x03\x02"
    assert ask_settings(Measurement.ROTATION) == b"\x01\x05"


def test_answers_of_devices_are_read() -> None:
    """Answers of an H10 and a Verity Sense as public clients keep them in their tests."""
    h10 = parse_response(bytes.fromhex("f00102 00 00 00041900 3200 6400 c800 01011000 0203020004000800"))
    assert h10 == ControlResponse(
        Operation.SETTINGS,
        Measurement.ACCELERATION,
        0,
        {
            Setting.RATE_HZ: (25, 50, 100, 200),
            Setting.RESOLUTION_BITS: (16,),
            Setting.RANGE: (2, 4, 8),
        },
    )
    started = parse_response(bytes.fromhex("f00202 00 00 01"))
    assert isinstance(started, ControlResponse)
    assert started.factor == 1.0
    started = parse_response(bytes.fromhex("f00202 00 00 050140da7f39"))
    assert isinstance(started, ControlResponse)
    assert started.factor == pytest.approx(2.44e-4, rel=1e-3)
    refused = parse_response(bytes.fromhex("f00105 02 00"))
    assert isinstance(refused, ControlResponse)
    assert refused.refusal == "invalid measurement"


def test_settings_of_the_makers_tests_are_read() -> None:
    data = bytes.fromhex("00013400 01011000 0204f500f401e803d007 040103")
    assert parse_settings(data) == {
        Setting.RATE_HZ: (52,),
        Setting.RESOLUTION_BITS: (16,),
        Setting.RANGE: (245, 500, 1000, 2000),
        Setting.CHANNELS: (3,),
    }


# The decoder: what it asks, and what it makes of the answers.

VERITY_ANSWERS = {
    "0302": "f003020600",
    "0305": "f003050600",
    "0209": "f002090000",
    "0102": "f001020000" + "00051a0034006800d000a001" + "01011000" + "02040200040008001000" + "040103",
    "0105": "f001050000" + "00051a0034006800d000a001" + "01011000" + "0204f500f401e803d007" + "040103",
    "0202": "f002020000" + "0501" + struct.pack("<f", 4.88e-4).hex(),
    "0205": "f002050000" + "0501" + struct.pack("<f", 0.07).hex(),
}
H10_ANSWERS = {
    "0302": "f003020600",
    "0305": "f003050200",
    "0209": "f002090200",
    "0102": "f001020000" + "0004190032006400c800" + "01011000" + "0203020004000800",
    "0105": "f001050200",
    "0202": "f00202000001",
}


def converse(decoder: PolarDecoder, answers: dict[str, str]) -> tuple[list[str], list[Reading]]:
    """Play the device until nothing more is asked."""
    readings = list(decoder.take(LinkEvent(0, LinkState.CONNECTED, pod="polar")))
    asked = [write.data.hex() for write in Polar().greeting()]
    for command in asked:
        answer = bytes.fromhex(answers[command[:4]])
        readings += decoder.take(Packet(0, CONTROL_CHANNEL, answer))
        asked += [write.data.hex() for write in decoder.requests()]
    return asked, readings


def data_frame(measurement: Measurement, last_ns: int, values: NDArray[np.int16]) -> bytes:
    return struct.pack("<BQB", measurement, last_ns, 0x80) + compress(values)


def test_a_verity_sense_is_asked_for_both_streams_in_sdk_mode() -> None:
    asked, (info,) = converse(PolarDecoder(), VERITY_ANSWERS)
    assert asked == [
        "0302",
        "0305",
        "0209",
        "0102",
        "0105",
        "0205" + "0001d000" + "01011000" + "0201d007" + "040103",
        "0202" + "0001d000" + "01011000" + "02011000" + "040103",
    ]
    assert isinstance(info, PodInfo)
    assert info.rate_hz == 208
    assert info.sensor.has_gyroscope
    assert info.sensor.acc_limit_m_s2 == pytest.approx(16 * GRAVITY_M_S2, rel=0.002)
    assert info.sensor.gyro_limit_rad_s == pytest.approx(math.radians(2000), rel=0.002)


def test_an_h10_is_asked_for_its_accelerometer() -> None:
    decoder = PolarDecoder()
    asked, (info,) = converse(decoder, H10_ANSWERS)
    assert asked[-1] == "0202" + "0001c800" + "01011000" + "02010800"
    assert isinstance(info, PodInfo)
    assert (info.rate_hz, info.sensor.has_gyroscope) == (200, False)
    assert not decoder.losses.bad_packets
    body = struct.pack("<6h", 0, 0, 1000, 500, 0, 1000)
    (block,) = decoder.take(Packet(0, DATA_CHANNEL, struct.pack("<BQB", 2, 10**9, 1) + body))
    assert isinstance(block, SampleBlock)
    np.testing.assert_allclose(block.motion[:, 2], GRAVITY_M_S2, rtol=1e-6)
    assert np.isnan(block.motion[:, 3:]).all()
    assert block.t_us.tolist() == [0, 5000]


def test_what_the_device_refuses_is_told_and_no_gyroscope_runs_alone() -> None:
    decoder = PolarDecoder()
    asked, _ = converse(decoder, VERITY_ANSWERS | {"0202": "f002020c00"})
    assert asked[-1] == "0305"
    assert decoder.losses.bad_packets == {"the device refuses to start the accelerometer: invalid state": 1}


def test_a_farewells_answers_begin_nothing() -> None:
    decoder = PolarDecoder()
    converse(decoder, VERITY_ANSWERS)
    for command in Polar().farewell():
        decoder.take(Packet(0, CONTROL_CHANNEL, bytes([0xF0, *command.data, 0, 0])))
    assert decoder.requests() == []


def test_data_that_nobody_said_how_to_read_are_counted() -> None:
    decoder = PolarDecoder()
    assert decoder.take(Packet(0, DATA_CHANNEL, SDK_COMPRESSED_0)) == []
    assert decoder.losses.unplaced == 1


class Device:
    """Two streams of a known motion: an acceleration that counts, a rotation linear in time."""

    def __init__(self, acc_hz: float = 208.0, gyro_hz: float = 203.0) -> None:
        self.period_ns = {Measurement.ACCELERATION: 1e9 / acc_hz, Measurement.ROTATION: 1e9 / gyro_hz}
        self.count = {Measurement.ACCELERATION: 36, Measurement.ROTATION: 31}
        self.taken = dict.fromkeys(self.count, 0)

    def frame(self, measurement: Measurement) -> tuple[int, bytes]:
        """When a frame is complete, and its bytes."""
        index = self.taken[measurement] + np.arange(self.count[measurement])
        self.taken[measurement] += self.count[measurement]
        t_ns = index * self.period_ns[measurement]
        first = index if measurement is Measurement.ACCELERATION else np.rint(t_ns / 1e6)
        values = np.stack([first, -first, 0 * first], axis=1).astype(np.int16)
        return int(t_ns[-1]), data_frame(measurement, 10**18 + int(t_ns[-1]), values)

    def run(self, seconds: float) -> list[tuple[int, bytes]]:
        frames = []
        for measurement, period_ns in self.period_ns.items():
            count = int(seconds * 1e9 / period_ns / self.count[measurement])
            frames += [self.frame(measurement) for _ in range(count)]
        return sorted(frames)


def joined(decoder: PolarDecoder, frames: list[tuple[int, bytes]], start_ns: int = 0) -> SampleBlock:
    blocks = []
    for t_ns, data in frames:
        blocks += decoder.take(Packet(start_ns + t_ns, DATA_CHANNEL, data))
    blocks += decoder.finish()
    assert all(isinstance(block, SampleBlock) for block in blocks)
    return SampleBlock(
        np.concatenate([block.t_us for block in blocks if isinstance(block, SampleBlock)]),
        np.concatenate([block.motion for block in blocks if isinstance(block, SampleBlock)]),
    )


def test_rotation_is_interpolated_at_the_accelerometers_times() -> None:
    decoder = PolarDecoder()
    converse(decoder, VERITY_ANSWERS)
    whole = joined(decoder, Device().run(20.0))
    np.testing.assert_allclose(
        whole.motion[:, 0] / (4.88e-4 * GRAVITY_M_S2), np.arange(len(whole.t_us)), atol=0.01
    )
    assert (np.diff(whole.t_us) > 0).all()
    np.testing.assert_allclose(np.diff(whole.t_us[500:]), 1e6 / 208, atol=60)
    known = np.isfinite(whole.motion[:, 3])
    assert known[1:-60].all()
    turn_ms = np.degrees(whole.motion[known, 3].astype(np.float64)) / 0.07
    # A count is 1 ms. The first frame is placed at the nominal rate, 2.5 % off here.
    taken_ms = np.flatnonzero(known) * 1000 / 208
    np.testing.assert_allclose(turn_ms[100:], taken_ms[100:], atol=1.5)
    assert decoder.losses.lost_samples == 0


def test_lost_frames_leave_gaps_that_are_counted_or_missing() -> None:
    decoder = PolarDecoder()
    converse(decoder, VERITY_ANSWERS)
    frames = Device().run(10.0)
    lost_acc = next(i for i, (_, data) in enumerate(frames) if i > 50 and data[0] == 2)
    lost_gyro = next(i for i, (_, data) in enumerate(frames) if i > 80 and data[0] == 5)
    whole = joined(decoder, [frame for i, frame in enumerate(frames) if i not in (lost_acc, lost_gyro)])
    assert decoder.losses.lost_samples == 36
    assert np.diff(whole.t_us).max() == pytest.approx(37e6 / 208, rel=0.01)
    missing = 1 + np.flatnonzero(np.isnan(whole.motion[1:-60, 3]))
    assert 30 <= len(missing) <= 34
    assert missing[-1] - missing[0] == len(missing) - 1


def test_time_zero_is_the_first_acceleration_even_if_a_rotation_arrives_before_it() -> None:
    decoder = PolarDecoder()
    converse(decoder, VERITY_ANSWERS)
    frames = Device().run(3.0)
    assert frames[0][1][0] == Measurement.ROTATION
    whole = joined(decoder, frames)
    assert whole.t_us[0] == 0
    assert np.isfinite(whole.motion[1:500, 3]).all()


def test_rotation_is_read_from_when_the_gyroscope_runs_before_the_accelerometer_does() -> None:
    """So that a run begins without samples that have no rotation, which would be a gap."""
    decoder = PolarDecoder()
    decoder.take(LinkEvent(0, LinkState.CONNECTED, pod="polar"))
    frames = Device().run(3.0)
    for command in ("0302", "0305", "0209", "0102", "0105", "0205"):
        decoder.take(Packet(0, CONTROL_CHANNEL, bytes.fromhex(VERITY_ANSWERS[command])))
    assert frames[0][1][0] == Measurement.ROTATION
    decoder.take(Packet(0, DATA_CHANNEL, frames[0][1]))
    decoder.take(Packet(0, CONTROL_CHANNEL, bytes.fromhex(VERITY_ANSWERS["0202"])))
    whole = joined(decoder, frames[1:])
    assert np.isfinite(whole.motion[1:500, 3]).all()
    assert decoder.losses.unplaced == 0


def test_a_frame_delivered_twice_counts_once() -> None:
    once, twice = PolarDecoder(), PolarDecoder()
    frames = Device().run(3.0)
    for decoder in (once, twice):
        converse(decoder, VERITY_ANSWERS)
    single = joined(once, frames)
    double = joined(twice, [frame for frame in frames for _ in range(2)])
    np.testing.assert_array_equal(single.t_us, double.t_us)
    np.testing.assert_array_equal(single.motion, double.motion)
    assert twice.losses.duplicates == len(frames)


@pytest.mark.parametrize("step_ns", [-(10**12), 10**17])
def test_a_clock_that_was_set_is_a_restart(step_ns: int) -> None:
    decoder = PolarDecoder()
    converse(decoder, VERITY_ANSWERS)
    device = Device()
    before = joined(decoder, device.run(3.0))
    moved = [
        (t_ns, data[:1] + struct.pack("<Q", struct.unpack_from("<Q", data, 1)[0] + step_ns) + data[9:])
        for t_ns, data in device.run(3.0)
    ]
    after = joined(decoder, moved)
    assert decoder.losses.restarts == 1
    assert decoder.losses.lost_samples == 0
    assert 0 < after.t_us[0] - before.t_us[-1] < 500_000
    assert (np.diff(after.t_us) > 0).all()


def test_an_acceleration_waits_for_its_rotation_but_not_for_ever() -> None:
    joiner = Joiner()
    t_us = np.arange(0, 2 * LONGEST_WAIT_US, 5000)
    joiner.add_acceleration(t_us, np.zeros((len(t_us), 3), np.float32))
    (block,) = joiner.take()
    assert t_us[-1] - block.t_us[-1] == LONGEST_WAIT_US
    assert np.isnan(block.motion[:, 3:]).all()
    joiner.add_rotation(t_us, np.ones((len(t_us), 3), np.float32), 5000.0)
    (block,) = joiner.take()
    assert block.t_us[-1] == t_us[-1]
    assert (block.motion[:, 3:] == 1.0).all()


@given(
    st.lists(
        st.tuples(st.sampled_from([2, 5]), st.integers(0, 2**64 - 1), st.integers(0, 10**12)), max_size=20
    )
)
def test_times_rise_whatever_the_stamps_are(packets: list[tuple[int, int, int]]) -> None:
    decoder = PolarDecoder()
    converse(decoder, VERITY_ANSWERS)
    values = np.arange(30, dtype=np.int16).reshape(10, 3)
    frames = [
        (t_ns, data_frame(Measurement(kind), stamp_ns, values))
        for (kind, stamp_ns, _), t_ns in zip(packets, sorted(t for *_, t in packets), strict=True)
    ]
    if any(data[0] == 2 for _, data in frames):
        whole = joined(decoder, frames)
        assert (np.diff(whole.t_us) > 0).all()
