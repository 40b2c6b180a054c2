"""Movesense: the bytes of its protocol, and samples at their true times.

The layouts are those of the protocol's page (movesense.com/docs/esw/gatt_sensordata_protocol) and of the
Python example and GATTSensorDataClient.cpp beside it.
"""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.sample import SampleBlock
from firmware_bridge.message import LinkEvent, LinkState, Packet
from firmware_bridge.pods.movesense import (
    NOTIFY_CHANNEL,
    WRITE_CHANNEL,
    BadMovesense,
    Imu6,
    Movesense,
    MovesenseDecoder,
    Part,
    Result,
    parse,
    parse_imu6,
)
from firmware_bridge.readings import PodInfo, Write

PERIOD_MS = 1000 / 104
CONNECTED = LinkEvent(0, LinkState.CONNECTED, pod="movesense")


def payload(stamp_ms: int, first: int = 0, count: int = 8) -> bytes:
    """Sample n says n in its first acceleration, -n in its last rotation."""
    acceleration, rotation = np.zeros((2, count, 3), "<f4")
    acceleration[:, 0] = np.arange(first, first + count)
    rotation[:, 2] = -acceleration[:, 0]
    return struct.pack("<I", stamp_ms % 2**32) + acceleration.tobytes() + rotation.tobytes()


def notified(data: bytes, longest: int = 155) -> list[bytes]:
    room = longest - 2
    first, second = b"\x02\x63" + data[:room], b"\x03\x63" + data[room:]
    return [first, second] if len(data) > room else [first]


def feed(decoder: MovesenseDecoder, *values: bytes, t_s: float = 0.0) -> list[SampleBlock]:
    found = []
    for value in values:
        for reading in decoder.take(Packet(int(t_s * 1e9), NOTIFY_CHANNEL, value)):
            assert isinstance(reading, SampleBlock)
            found.append(reading)
    return found


def stream(decoder: MovesenseDecoder, packets: range, start_ms: float = 5000.0) -> list[SampleBlock]:
    found = []
    for packet in packets:
        t_ms = packet * 8 * PERIOD_MS
        data = payload(int(start_ms + t_ms), packet * 8)
        found += feed(decoder, *notified(data), t_s=t_ms / 1000)
    return found


def test_the_commands_are_those_of_the_protocol() -> None:
    pod = Movesense()
    assert pod.greeting() == (
        Write(WRITE_CHANNEL, b"\x02\x63"),
        Write(WRITE_CHANNEL, b"\x01\x63/Meas/IMU6/104"),
    )
    assert pod.farewell() == (Write(WRITE_CHANNEL, b"\x02\x63"),)
    with pytest.raises(ValueError, match="13, 26, 52, 104"):
        Movesense(100)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("01 63 c8 00", 200),
        ("01 63 94 01", 404),
        ("01 63 01 fb", 507),  # big endian in GATTSensorDataClient.cpp
        ("01 63 c8", 200),  # one byte there, too
    ],
)
def test_answers_hold_an_http_status(data: str, status: int) -> None:
    assert parse(bytes.fromhex(data)) == Result(0x63, status)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", BadMovesense.SHORT),
        ("02 63", BadMovesense.SHORT),
        ("04 63 00", BadMovesense.TYPE),
        ("01 63 00 00", BadMovesense.STATUS),
        ("01 63 48 65 6c 6c 6f", BadMovesense.STATUS),  # the answer to HELLO, which is never asked
    ],
)
def test_what_the_protocol_does_not_have_is_refused_with_a_reason(data: str, reason: BadMovesense) -> None:
    assert parse(bytes.fromhex(data)) is reason


def test_all_accelerations_stand_before_all_rotations() -> None:
    data = bytes.fromhex("40e20100" + "0000803f 00000040 00004040 00008040 0000a040 0000c040" + "00" * 24)
    samples = parse_imu6(data)
    assert isinstance(samples, Imu6)
    assert samples.stamp_ms == 123456
    assert samples.acceleration_m_s2.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert samples.rotation_dps.tolist() == [[0, 0, 0], [0, 0, 0]]


@given(st.binary(max_size=260))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    assert isinstance(parse(data), Result | Part | BadMovesense)
    assert isinstance(parse_imu6(data), Imu6 | BadMovesense)


@given(st.lists(st.binary(min_size=2, max_size=60).map(lambda rest: b"\x02\x63" + rest), max_size=20))
def test_a_decoder_takes_any_bytes_and_its_times_rise(values: list[bytes]) -> None:
    blocks = feed(Movesense().decoder(), *values)
    t_us = np.concatenate([np.zeros(0, np.int64), *(block.t_us for block in blocks)])
    assert (np.diff(t_us) > 0).all()


def test_samples_come_in_the_units_and_at_the_times_of_the_project() -> None:
    decoder = Movesense().decoder()
    (info,) = decoder.take(CONNECTED)
    assert isinstance(info, PodInfo)
    assert (info.rate_hz, info.sensor.has_gyroscope) == (104.0, True)
    blocks = stream(decoder, range(100))
    t_us = np.concatenate([block.t_us for block in blocks])
    motion = np.concatenate([block.motion for block in blocks])
    assert motion.dtype == np.float32
    np.testing.assert_array_equal(motion[:, 0], np.arange(800))
    np.testing.assert_allclose(motion[:, 5], np.radians(-np.arange(800)), rtol=1e-6)
    assert t_us[0] == 0
    np.testing.assert_allclose(np.diff(t_us), PERIOD_MS * 1000, atol=1200)
    np.testing.assert_allclose(np.diff(t_us[200:]), PERIOD_MS * 1000, atol=120)
    assert decoder.losses.lost_samples == 0


def test_lost_packets_are_counted_by_time() -> None:
    decoder = Movesense().decoder()
    stream(decoder, range(50))
    stream(decoder, range(53, 100))
    assert decoder.losses.lost_samples == 24


def test_a_lost_half_loses_the_packet_and_nothing_else() -> None:
    decoder = Movesense().decoder()
    stream(decoder, range(20))
    first, _ = notified(payload(int(5000 + 160 * PERIOD_MS), 160))
    _, second = notified(payload(int(5000 + 168 * PERIOD_MS), 168))
    assert feed(decoder, first) == []
    after = stream(decoder, range(21, 30))
    assert decoder.losses.bad_packets == {BadMovesense.NO_SECOND: 1}
    assert after[0].motion[0, 0] == 168
    feed(decoder, second[:-4])
    assert decoder.losses.bad_packets[BadMovesense.NO_FIRST] == 1
    assert decoder.losses.lost_samples == 8


def test_a_second_subscription_doubles_no_sample() -> None:
    decoder = Movesense().decoder()
    blocks = []
    for packet in range(20):
        t_ms = packet * 8 * PERIOD_MS
        first, second = notified(payload(int(5000 + t_ms), packet * 8))
        blocks += feed(decoder, first, first, second, second, t_s=t_ms / 1000)
    np.testing.assert_array_equal(np.concatenate([block.motion[:, 0] for block in blocks]), np.arange(160))
    assert decoder.losses.duplicates == 40
    assert not decoder.losses.bad_packets


def test_the_clock_may_turn_over() -> None:
    decoder = Movesense().decoder()
    blocks = stream(decoder, range(40), start_ms=2**32 - 1500)
    t_us = np.concatenate([block.t_us for block in blocks])
    assert len(t_us) == 320
    np.testing.assert_allclose(np.diff(t_us), PERIOD_MS * 1000, atol=1200)
    assert (decoder.losses.restarts, decoder.losses.lost_samples) == (0, 0)


def test_a_clock_that_steps_back_is_a_restart_placed_by_the_hosts_time() -> None:
    decoder = Movesense().decoder()
    before = stream(decoder, range(40))
    after = feed(decoder, *notified(payload(200, 1)), t_s=39 * 8 * PERIOD_MS / 1000 + 4.0)
    assert decoder.losses.restarts == 1
    assert decoder.losses.lost_samples == 0
    away_s = (after[0].t_us[0] - before[-1].t_us[-1]) / 1e6
    assert away_s == pytest.approx(4.0, abs=0.1)


def test_a_refusal_is_told() -> None:
    decoder = Movesense().decoder()
    feed(decoder, b"\x01\x63\xc8\x00")
    assert not decoder.losses.bad_packets
    feed(decoder, b"\x01\x63\x94\x01")
    assert decoder.losses.bad_packets == {"the sensor refuses to send samples (status 404)": 1}


def test_data_of_another_subscription_are_not_taken() -> None:
    decoder = Movesense().decoder()
    assert feed(decoder, b"\x02\x07" + payload(0, count=4)) == []
    assert decoder.losses.bad_packets == {BadMovesense.REFERENCE: 1}


@pytest.mark.parametrize("bits", ["0100807f", "0000c07f"])
def test_a_value_that_is_no_number_stays_one(bits: str) -> None:
    data = payload(0, count=4)[:4] + bytes.fromhex(bits) * 24
    (block,) = feed(Movesense().decoder(), b"\x02\x63" + data)
    assert np.isnan(block.motion).all()
