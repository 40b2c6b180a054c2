"""Recordings: what goes in comes out, whatever befalls the program, the disk or the file."""

from __future__ import annotations

import json
import os
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.opcode import Opcode
from mcap.reader import make_reader

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity, Side, to_dict
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.readings import CadenceUpdate
from firmware_bridge.recording_format import CADENCE, CUES, LINK, STRIDES, Kind, is_recording
from firmware_bridge.recording_reader import Recording
from firmware_bridge.recording_writer import CHUNK_S, RecordingError, RecordingWriter
from firmware_bridge.source import SourceError

START_NS = 1_790_000_000_000_000_000
POD_CHANNEL = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
NAN = float("nan")

times_ns = st.integers(min_value=0, max_value=2**63)
packets = st.builds(
    Packet, times_ns, st.sampled_from(["serial", POD_CHANNEL, "/odd name"]), st.binary(max_size=300)
)
events = st.builds(
    LinkEvent, times_ns, st.sampled_from(LinkState), st.text(), st.text(), st.integers(0, 2**40)
)
messages = st.lists(packets | events, max_size=40)


def a_run(seconds: float, packets_a_second: int = 32) -> list[Message]:
    """Messages as a pod sends them, each packet holding its number."""
    count = round(seconds * packets_a_second)
    step_ns = round(1e9 / packets_a_second)
    told: list[Message] = [LinkEvent(START_NS, LinkState.CONNECTED, "open", "a test")]
    told += [
        Packet(START_NS + index * step_ns, POD_CHANNEL, index.to_bytes(4, "little") * 10)
        for index in range(count)
    ]
    return told


def recorded(path: Path, told: list[Message], **words: str) -> Path:
    writer = RecordingWriter(path, settings=words)
    for message in told:
        writer.write(message)
    writer.close()
    assert writer.failed is None
    return path


def a_stride(**values: Any) -> np.void:
    stride = np.zeros(1, STRIDE)
    for name in STRIDE.names or ():
        if np.issubdtype(STRIDE[name], np.floating):
            stride[name] = NAN
    for name, value in values.items():
        stride[name] = value
    return stride[0]


# What goes in comes out


@given(told=messages, words=st.dictionaries(st.text(), st.text(), max_size=5))
@settings(max_examples=60)
def test_messages_and_settings_come_back_equal_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, told: list[Message], words: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("recording") / "run.mcap"
    recording = Recording(recorded(path, told, **words))
    assert list(recording.messages()) == told
    assert recording.notes == ()
    assert recording.settings == words
    assert list(recording.messages()) == told  # and once more


def test_what_the_run_made_of_the_messages_does_not_come_back_as_messages(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "run.mcap", settings={})
    told = a_run(1.0)
    for message in told:
        writer.write(message)
        writer.write_stride(message.t_host_ns, a_stride(activity=Activity.RUNNING))
        writer.write_cue(message.t_host_ns, np.array((1.0, CueKind.WALK, CueReason.PLAN, NAN), CUE)[()])
        writer.write_update(message.t_host_ns, CadenceUpdate(1.0, 160.0, NAN, NAN, Activity.RUNNING))
    writer.close()
    assert list(Recording(tmp_path / "run.mcap").messages()) == told


def test_two_pods_share_a_file(tmp_path: Path) -> None:
    left, right = a_run(1.0), a_run(1.2)
    writer = RecordingWriter(tmp_path / "run.mcap", settings={})
    told: list[Message] = []
    for index in range(len(right)):
        told += [replace(right[index], number=1), *left[index : index + 1]]
    for message in told:
        writer.write(message)
    writer.close()
    assert list(Recording(tmp_path / "run.mcap").messages()) == told


def test_nothing_is_taken_after_the_end_and_ending_twice_is_no_error(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "run.mcap", settings={})
    writer.close()
    writer.write(a_run(0.1)[0])
    writer.flush()
    writer.close()
    assert list(Recording(tmp_path / "run.mcap").messages()) == []


# Others can read it


def test_the_mcap_library_reads_it_by_its_index(tmp_path: Path) -> None:
    told = a_run(3.0)
    with open(recorded(tmp_path / "run.mcap", told, pod="sim", side="left"), "rb") as file:
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        assert summary is not None
        assert summary.statistics is not None
        assert summary.statistics.message_count == len(told)
        assert len(summary.chunk_indexes) >= 3.0 / CHUNK_S - 1
        assert all(index.message_index_length for index in summary.chunk_indexes)
        topics = {channel.topic for channel in summary.channels.values()}
        assert topics == {"pod0/link", f"pod0/packets/{POD_CHANNEL}"}
        assert [(each.name, each.metadata) for each in reader.iter_metadata()] == [
            ("cadence-coach", {"pod": "sim", "side": "left"})
        ]
        read = [
            (message.log_time, message.data)
            for _, channel, message in reader.iter_messages(log_time_order=False)
            if channel.topic != "pod0/link"
        ]
    assert read == [(message.t_host_ns, message.data) for message in told if isinstance(message, Packet)]


def as_json(path: Path, kind: Kind) -> Iterator[tuple[dict[str, Any], dict[str, Any], int]]:
    """Schema, message and time of each message of a kind, by the mcap library."""
    with open(path, "rb") as file:
        for schema, channel, message in make_reader(file).iter_messages(topics=[kind.topic(0)]):
            assert schema is not None
            assert (schema.encoding, schema.name, channel.message_encoding) == (
                "jsonschema", kind.title, "json",
            )  # fmt: skip
            yield json.loads(schema.data), json.loads(message.data), message.log_time


def holds(schema: dict[str, Any], value: dict[str, Any]) -> bool:
    types = {"number": (int, float), "integer": int, "boolean": bool, "string": str}
    return all(
        isinstance(value[name], types[schema["properties"][name]["type"]])
        and value[name] in schema["properties"][name].get("enum", [value[name]])
        for name in value
    )


def floats(width: int) -> st.SearchStrategy[float]:
    return st.floats(width=width, allow_infinity=False)


strides = st.tuples(
    *[floats(64)] * 3,
    *[floats(32)] * 10,
    st.booleans(),
    st.sampled_from([Activity.WALKING, Activity.RUNNING]),
    st.sampled_from(Side),
    st.booleans(),
).map(lambda values: np.array(values, STRIDE)[()])


@given(st.lists(strides, min_size=1, max_size=5))
@settings(max_examples=40)
def test_a_stride_stands_there_as_json_that_its_schema_holds(
    tmp_path_factory: pytest.TempPathFactory, given_strides: list[np.void]
) -> None:
    path = tmp_path_factory.mktemp("recording") / "run.mcap"
    writer = RecordingWriter(path, settings={})
    for index, stride in enumerate(given_strides):
        writer.write_stride(START_NS + index, stride)
    writer.close()
    read = list(as_json(path, STRIDES))
    assert len(read) == len(given_strides)
    for index, (stride, (schema, value, t_host_ns)) in enumerate(zip(given_strides, read, strict=True)):
        assert value == {name: known for name, known in to_dict(stride).items() if known is not None}
        assert list(schema["properties"]) == list(to_dict(stride))
        assert holds(schema, value)
        assert t_host_ns == START_NS + index


def test_cues_updates_and_link_events_stand_there_as_json_that_their_schemas_hold(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    writer = RecordingWriter(path, settings={})
    for kind in CueKind:
        tempo_spm = NAN if kind is CueKind.WALK else 172.4
        writer.write_cue(START_NS, np.array((1.5, kind, CueReason.PLAN, tempo_spm), CUE)[()])
    writer.write_update(START_NS, CadenceUpdate(2.0, 161.0, 2.75, NAN, Activity.RUNNING))
    for state in LinkState:
        writer.write(LinkEvent(START_NS, state, "open", "why", 3))
    writer.close()
    cues = list(as_json(path, CUES))
    assert [cue["kind"] for _, cue, _ in cues] == [kind.name.lower() for kind in CueKind]
    assert cues[1][1] == {"t_s": 1.5, "kind": "burst_up", "tempo_spm": 172.4, "reason": "plan"}
    assert next(cue for _, cue, _ in cues if cue["kind"] == "walk") == {
        "t_s": 1.5,
        "kind": "walk",
        "reason": "plan",
    }
    [(schema, update, _)] = as_json(path, CADENCE)
    assert update == {"t_s": 2.0, "cadence_spm": 161.0, "speed_m_s": 2.75, "activity": "running"}
    link = list(as_json(path, LINK))
    assert link[0][1] == {"state": "connected", "pod": "open", "detail": "why", "count": 3}
    assert all(holds(schema, value) for schema, value, _ in [*cues, (schema, update, 0), *link])


@pytest.mark.parametrize("kind", [STRIDES, CUES, CADENCE, LINK], ids=lambda kind: kind.name)
def test_foxglove_takes_each_schema_and_each_number_has_its_unit(kind: Kind) -> None:
    schema = json.loads(kind.schema())
    assert schema["type"] == "object"
    units = ("s ", "m/s", "m,", "g:", "%", "degrees", "steps of both feet a minute", "with overflow: packets")
    for field in schema["properties"].values():
        assert field["type"] in ("number", "integer", "boolean", "string")  # one type; Foxglove takes no more
        if field["type"] in ("number", "integer"):
            assert field["description"].startswith(units)


# The file


def test_a_recording_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = recorded(tmp_path / "run.mcap", a_run(0.1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_there_already_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    path.write_text("dear to someone")
    with pytest.raises(
        RecordingError, match=r"run\.mcap: there is a file of that name; name another"
    ) as told:
        RecordingWriter(path, settings={})
    assert "\n" not in str(told.value)
    assert path.read_text() == "dear to someone"


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"run\.mcap: cannot be written: no such file or directory"):
        RecordingWriter(tmp_path / "nowhere" / "run.mcap", settings={})


def test_what_is_no_recording_is_told_in_one_line(tmp_path: Path) -> None:
    from mcap.writer import Writer

    other = tmp_path / "other.mcap"
    with open(other, "wb") as file:
        writer = Writer(file)
        writer.start("ros2")
        writer.finish()  # type: ignore[no-untyped-call]
    table = tmp_path / "run.csv"
    table.write_text("t,ax,ay,az\n")
    newer = tmp_path / "newer.mcap"
    newer.write_bytes(
        recorded(tmp_path / "run.mcap", []).read_bytes().replace(b"recording/1", b"recording/2", 1)
    )
    for path, words in (
        (other, "of another program"),
        (table, "does not begin as an MCAP file"),
        (newer, "newer version"),
        (tmp_path / "nowhere.mcap", "no such file"),
        (tmp_path, "is a directory"),
    ):
        with pytest.raises(SourceError, match=words) as told:
            Recording(path)
        assert str(told.value).startswith(f"{path}: ")
        assert "\n" not in str(told.value)
    assert [is_recording(path) for path in (other, table, tmp_path)] == [True, False, False]


# The end is missing


def test_a_file_cut_at_any_byte_gives_every_whole_message_before_the_cut(tmp_path: Path) -> None:
    told = a_run(1.5, packets_a_second=10)
    whole = recorded(tmp_path / "run.mcap", told).read_bytes()
    ends = [whole.index(message.data) + len(message.data) for message in told if isinstance(message, Packet)]
    cut = tmp_path / "cut.mcap"
    for size in range(len(whole)):
        cut.write_bytes(whole[:size])
        try:
            recording = Recording(cut)
        except SourceError:
            assert size < ends[0]
            continue
        read = list(recording.messages())
        kept = sum(end <= size for end in ends)
        assert read == told[: kept + 1] or (kept == 0 and read == [])
        if read != told:
            assert recording.notes == ("the recording has no end: it was cut off; what came before is used",)


WRITES_FOREVER = """
import sys, time
from firmware_bridge.message import LinkEvent, LinkState, Packet
from firmware_bridge.recording_writer import RecordingWriter

writer = RecordingWriter(sys.argv[1], settings={})
writer.write(LinkEvent(time.time_ns(), LinkState.CONNECTED, "open"))
number = 0
while True:
    writer.write(Packet(time.time_ns(), "serial", number.to_bytes(4, "little") * 40))
    number += 1
    time.sleep(0.005)
"""


def test_after_kill_9_at_most_the_last_second_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    child = subprocess.Popen([sys.executable, "-c", WRITES_FOREVER, str(path)])
    try:
        until = time.monotonic() + 30
        while not (path.exists() and path.stat().st_size > 60_000):
            assert time.monotonic() < until
            assert child.poll() is None
            time.sleep(0.02)
        time.sleep(0.3)  # anywhere within a chunk
        killed_ns = time.time_ns()
        child.kill()  # SIGKILL: it cannot tidy up
    finally:
        child.kill()
        child.wait()
    read = list(Recording(path).messages())
    assert isinstance(read[0], LinkEvent)
    numbers = [int.from_bytes(message.data[:4], "little") for message in read[1:]]  # type: ignore[union-attr]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 100
    assert killed_ns - read[-1].t_host_ns < 1_000_000_000


def wait_until_on_disk(path: Path, told: list[Message]) -> None:
    """Wait for the writer's own thread; the test fails when the messages never come."""
    until = time.monotonic() + 10
    while True:
        with suppress(SourceError):  # not even begun
            if list(Recording(path).messages()) == told:
                return
        assert time.monotonic() < until
        time.sleep(0.01)


def test_before_a_silence_nothing_is_left_in_memory(tmp_path: Path) -> None:
    """What came before a link event is on the disk though no packet follows and nobody closes the file."""
    told = [*a_run(0.2), LinkEvent(START_NS + 3 * 10**8, LinkState.STALLED)]
    writer = RecordingWriter(tmp_path / "run.mcap", settings={})
    for message in told:
        writer.write(message)
    wait_until_on_disk(tmp_path / "run.mcap", told)
    writer.close()


# The disk is full

WRITES_UNDER_A_LIMIT = """
import json, resource, sys
from pathlib import Path
from firmware_bridge.message import LinkEvent, LinkState, Packet
from firmware_bridge.recording_writer import RecordingWriter

folder, limits = Path(sys.argv[1]), json.loads(sys.argv[2])
failed = {}
for limit in limits:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    writer = RecordingWriter(folder / f"{limit}.mcap", settings={})
    for number in range(15):
        writer.write(Packet(number * 10**8, "serial", number.to_bytes(4, "little") * 10))
    writer.close()
    failed[limit] = writer.failed
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(json.dumps(failed))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_ends_the_recording_and_not_the_run(tmp_path: Path) -> None:
    """The kernel refuses every byte past a limit, at each place that the limit may have in a file."""
    told = [Packet(number * 10**8, "serial", number.to_bytes(4, "little") * 10) for number in range(15)]
    size = recorded(tmp_path / "run.mcap", list(told)).stat().st_size
    limits = [*range(0, size, 13), size]
    child = subprocess.run(
        [sys.executable, "-c", WRITES_UNDER_A_LIMIT, str(tmp_path), json.dumps(limits)],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    assert child.stderr == ""
    failed = json.loads(child.stdout)
    kept = 0
    for limit in limits[:-1]:
        path = tmp_path / f"{limit}.mcap"
        assert failed[str(limit)] == f"recording stopped: file too large; what came before is kept in {path}"
        assert path.stat().st_size == limit
        try:
            read = list(Recording(path).messages())
        except SourceError:
            assert kept == 0
            continue
        assert read == told[: len(read)]
        assert len(read) >= kept
        kept = len(read)
    assert kept == len(told)
    assert failed[str(size)] is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_that_fills_up_is_told_in_one_line(tmp_path: Path) -> None:
    path, told = tmp_path / "run.mcap", a_run(5.0)
    writer = RecordingWriter(path, settings={})
    half = len(told) // 2
    for message in told[:half]:
        writer.write(message)
    writer.flush()
    wait_until_on_disk(path, told[:half])
    fill_up(path)
    for message in told[half:]:
        writer.write(message)
    writer.close()
    assert writer.failed == f"recording stopped: no space left on device; what came before is kept in {path}"
    assert list(Recording(path).messages()) == told[:half]


def fill_up(path: Path) -> None:
    """Let each further write to an open file meet a disk without room."""
    for descriptor in Path("/proc/self/fd").iterdir():
        if descriptor.is_symlink() and os.path.realpath(descriptor) == str(path):
            full = os.open("/dev/full", os.O_WRONLY)
            os.dup2(full, int(descriptor.name))
            os.close(full)
            return
    raise AssertionError("the file is not open")


# The file is damaged


def chunk_places(data: bytes) -> list[tuple[int, int]]:
    """Begin and end of the records inside each chunk of a file."""
    places, place = [], 8
    while place < len(data) - 8:
        opcode, length = struct.unpack_from("<BQ", data, place)
        if opcode == 6:
            places.append((place + 9 + 40, place + 9 + length))
        place += 9 + length
    return places


def test_a_damaged_chunk_is_left_out_and_counted(tmp_path: Path) -> None:
    told = a_run(3.0)
    whole = recorded(tmp_path / "run.mcap", told).read_bytes()
    places = chunk_places(whole)
    assert len(places) > 4
    broken = tmp_path / "broken.mcap"
    for index, (begin, end) in enumerate(places):
        data = bytearray(whole)
        data[end - 1] ^= 0x10
        broken.write_bytes(data)
        recording = Recording(broken)
        lost = [m for m in told if isinstance(m, Packet) and begin <= whole.index(m.data) < end]
        gone = [*told[:1], *lost] if index == 0 else lost
        assert list(recording.messages()) == [message for message in told if message not in gone]
        assert recording.notes == ("1 damaged part is left out",)


def record_places(data: bytes) -> list[tuple[int, int]]:
    """Opcode and place of each record behind the first two, up to the end of the data."""
    places, place = [], 8
    while True:
        opcode, length = struct.unpack_from("<BQ", data, place)
        places.append((opcode, place))
        if opcode == Opcode.DATA_END:
            return places[2:]
        place += 9 + length


def test_one_flipped_bit_in_the_head_of_any_record_costs_one_chunk_at_most_and_is_told(
    tmp_path: Path,
) -> None:
    told = a_run(4.0, packets_a_second=8)
    whole = recorded(tmp_path / "run.mcap", told).read_bytes()
    broken = tmp_path / "broken.mcap"
    places = record_places(whole)
    naming = [place for opcode, place in places if opcode == Opcode.CHUNK][:2]
    for opcode, place in places:
        if place in naming:
            continue  # the channels of the link and the packets are named there alone
        for bit in range(9 * 8):
            data = bytearray(whole)
            data[place + bit // 8] ^= 1 << bit % 8
            broken.write_bytes(data)
            recording = Recording(broken)
            read = list(recording.messages())
            assert recording.notes, (opcode, place, bit)
            left_out = [message for message in told if message not in read]
            assert [message for message in told if message not in left_out] == read
            if opcode == Opcode.CHUNK:
                assert len(left_out) <= 8 + 1
            else:
                assert not left_out, (opcode, place, bit)


def test_damage_that_looks_like_the_end_does_not_end_it(tmp_path: Path) -> None:
    told = a_run(4.0)
    whole = recorded(tmp_path / "run.mcap", told).read_bytes()
    _, place = next(found for found in record_places(whole) if found[0] == Opcode.MESSAGE_INDEX)
    data = bytearray(whole)
    data[place] = Opcode.DATA_END
    broken = tmp_path / "broken.mcap"
    broken.write_bytes(data)
    recording = Recording(broken)
    assert list(recording.messages()) == told
    assert recording.notes == ("1 damaged part is left out",)


def test_a_tail_of_zeros_as_a_power_loss_leaves_it_is_told(tmp_path: Path) -> None:
    told = a_run(2.0)
    whole = recorded(tmp_path / "run.mcap", told).read_bytes()
    begin, end = chunk_places(whole)[2]
    path = tmp_path / "zeros.mcap"
    path.write_bytes(whole[: begin - 49] + bytes(5000))
    recording = Recording(path)
    read = list(recording.messages())
    assert read == told[: len(read)]
    assert len(read) > 10
    assert recording.notes == (f"what follows byte {begin - 49} is left out: the file is damaged there",)
    path.write_bytes(whole[:begin] + bytes(end - begin))
    assert list(recording.messages()) == read
    assert recording.notes[0] == "1 damaged part is left out"


@given(data=st.data())
@settings(max_examples=150)
def test_whatever_is_damaged_is_told_and_is_no_error_of_the_program(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.mcap"
    path.unlink(missing_ok=True)
    told = a_run(1.2, packets_a_second=10)
    whole = bytearray(recorded(path, told).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=9))
        whole[place : place + len(piece)] = piece
    path.write_bytes(whole)
    try:
        recording = Recording(path)
    except SourceError:
        return
    read = [message for message in recording.messages() if isinstance(message, Packet)]
    if read != [message for message in told if isinstance(message, Packet)]:
        assert recording.notes or {message.channel for message in read} != {POD_CHANNEL}


def test_a_long_recording_is_never_held_whole(tmp_path: Path) -> None:
    import tracemalloc

    path = recorded(tmp_path / "run.mcap", a_run(120.0))
    recording = Recording(path)
    for message in recording.messages():  # once, for what is kept for good
        assert message
    tracemalloc.start()
    try:
        assert sum(1 for _ in recording.messages()) == 120 * 32 + 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000 < path.stat().st_size
