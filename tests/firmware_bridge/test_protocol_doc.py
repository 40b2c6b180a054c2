"""The page that describes the open pod's protocol says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from cadence.cue import CueKind, CueReason
from cadence.stride import Activity, Side
from firmware_bridge.clock import RESTART_GAP_US
from firmware_bridge.commands import CommandType, Start, decode_command, encode_command
from firmware_bridge.frames import (
    LARGEST_SCALE,
    NO_BATTERY_GAUGE,
    OVERHEAD_BYTES,
    VERSION,
    Ack,
    BadFrame,
    BatteryFrame,
    ButtonFrame,
    CueFrame,
    Frame,
    FrameType,
    Mode,
    Samples,
    Status,
    StrideFrame,
    decode,
    encode,
    samples_that_fit,
)
from firmware_bridge.pods.open_pod import (
    ASK_EVERY_PACKETS,
    NOTIFY_CHANNEL,
    OVERLAP_US,
    SERVICE,
    WAITING_FRAMES,
    WRITE_CHANNEL,
)
from firmware_bridge.reassembly import WINDOW_FRAMES
from firmware_bridge.serial_framing import pack

from .open_pod_frames import HELLO, crc_bit_by_bit, raw_of

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = [
    bytes.fromhex(line.replace(" ", ""))
    for line in re.findall(r"^    ((?:[0-9a-f]{2} ?)+)$", PAGE, flags=re.MULTILINE)
]
BOOT = 0xA1B2C3D4
SAMPLE = Samples(BOOT, 1, 1_032_050, 2_403_846, np.array([[1, -2, 2048, -32768, 32767, 0]], np.int16))
ANSWER = Ack(BOOT, 1, 1, CommandType.START, Status.DONE)
FRAMES: list[Frame] = [
    HELLO,
    StrideFrame(BOOT, 0, 0, 0, 0, (0.0,) * 9, Activity.RUNNING, False, True, Side.LEFT),
    CueFrame(BOOT, 0, 0, CueKind.WALK, CueReason.PLAN, 0.0),
    ButtonFrame(BOOT, 0, 0, 1),
    BatteryFrame(BOOT, 0, 0, 1),
    ANSWER,
]


def table_rows() -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if "|" in line
    ]


def test_the_examples_are_what_the_code_sends() -> None:
    frame, packed, command, answer = EXAMPLES
    assert encode(SAMPLE) == frame
    assert pack(frame) == packed
    assert encode_command(Start(Mode.RAW), 1) == command
    assert encode(ANSWER) == answer


def test_the_examples_are_what_the_code_reads() -> None:
    frame, _, command, answer = EXAMPLES
    decoded = decode(frame)
    assert isinstance(decoded, Samples)
    assert (decoded.boot, decoded.sequence, decoded.tick_us, decoded.period_ns) == (
        BOOT,
        1,
        1_032_050,
        2_403_846,
    )
    np.testing.assert_array_equal(decoded.raw, SAMPLE.raw)
    assert decode_command(command) == (Start(Mode.RAW), 1)
    assert decode(answer) == ANSWER


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: type(frame).__name__)
def test_the_sizes_of_frames_are_those_told(frame: Frame) -> None:
    data = encode(frame)
    assert [str(data[1]), FrameType(data[1]).name, str(len(data))] in table_rows()


def test_the_size_of_a_frame_of_samples_is_the_one_told() -> None:
    head_bytes = len(encode(SAMPLE)) - 12
    assert ["2", "SAMPLES", f"{head_bytes} + 12 for each sample"] in table_rows()


def test_every_type_is_told() -> None:
    told = [row[:2] for row in table_rows()]
    assert all([str(int(kind)), kind.name] in told for kind in FrameType)
    assert all([f"0x{kind:02x}", kind.name] in told for kind in CommandType)
    for code in (*CueKind, *CueReason):
        assert f"{int(code)} {code.name.lower().replace('_', ' ')}" in PAGE.replace("\n", " ")


@pytest.mark.parametrize("mtu", [185, 247])
def test_what_fits_at_an_mtu_is_what_is_told(mtu: int) -> None:
    count = samples_that_fit(mtu - 3)
    size = len(encode(Samples(BOOT, 0, 0, 1, raw_of(0, count))))
    frames_a_second = 416 / count
    assert [
        str(mtu),
        f"{mtu - 3} bytes",
        str(count),
        f"{size} bytes",
        f"{frames_a_second:.3g} frames/s, {frames_a_second * size:.0f} bytes/s",
    ] in table_rows()


def test_at_the_smallest_mtu_nothing_fits() -> None:
    assert samples_that_fit(23 - 3) == 0
    assert len(encode(HELLO)) > 23 - 3


def test_a_frame_on_a_serial_line_takes_what_is_told() -> None:
    size = len(pack(encode(Samples(BOOT, 0, 0, 1, raw_of(0, 13)))))
    assert f"a frame takes {size} bytes on the line: {32 * size} bytes/s" in PAGE


def test_the_check_value_of_the_crc_is_right() -> None:
    assert f"`123456789` is 0x{crc_bit_by_bit(b'123456789'):04X}" in PAGE


def test_channels_and_numbers_are_those_of_the_code() -> None:
    rows = table_rows()
    assert ["service", SERVICE] in rows
    assert ["host writes commands", WRITE_CHANNEL] in rows
    assert ["pod notifies frames", NOTIFY_CHANNEL] in rows
    for told in (
        f"protocol, version {VERSION}",
        f"A frame without payload has {OVERHEAD_BYTES} bytes",
        f"above 0, at most {LARGEST_SCALE:g}",
        f"{NO_BATTERY_GAUGE} without a gauge",
        f"at most until {WINDOW_FRAMES} frames wait",
        f"a gap of at least {RESTART_GAP_US // 1000} ms",
        f"wait, {WAITING_FRAMES} frames at most",
        f"again every {ASK_EVERY_PACKETS} packets",
        f"back by more than {OVERLAP_US // 1000} ms",
    ):
        assert told in PAGE.replace("\n", " ")


def test_a_damaged_example_is_refused() -> None:
    frame = EXAMPLES[0]
    assert isinstance(decode(frame[:-1] + bytes([frame[-1] ^ 1])), BadFrame)
