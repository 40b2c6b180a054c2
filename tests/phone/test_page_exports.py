"""What the page exports is what the host would have written: recording, table of strides, FIT activity."""

from __future__ import annotations

import csv
import io
import json
import struct
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.data_stream import ReadDataStream
from mcap.opcode import Opcode
from mcap.reader import make_reader
from mcap.records import MessageIndex

from cadence.cue import CUE, cue_to_dict
from cadence.stride import STRIDE, to_dict
from coach.cuers import cuers_of
from coach.export.fit_file import fit_bytes
from coach.journal.errors import JournalError
from coach.journal.exchange_recording import UTC_OFFSET, import_recording
from coach.journal.store import Journal
from coach.kept_run import KeptRun
from coach.phone.recording_table import recording_table
from coach.replay import Replay, replay_messages
from coach.run import Run
from coach.run_settings import RunSettings, read_settings
from coach.stride_files import write_csv
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.catalogue import decoders
from firmware_bridge.recording_check import check_whole
from firmware_bridge.recording_format import CADENCE, CUES, LINK, STRIDES, VERSION
from firmware_bridge.recording_reader import Recording

from ..export.test_fit_file import read_by_fitdecode, read_by_garmin
from ..journal.kept_runs import bits
from ..journal.recorded_runs import SETTINGS, recorded_run
from ..report.kept_runs import coached_run, long_run, sensor_run, short_run, walked_run
from .page_in_node import Node, Plain, page_in_node, plain_update, told
from .pod_lives import whole_us

NEPAL_MIN = 345
"""Minutes ahead of UTC: no whole hours."""
PLACES = 150
"""In which a recording is damaged, one at a time."""
EXAMPLES = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Exported:
    """A run, and the recording that the page makes of it."""

    messages: list[Message]
    head: Plain
    found: Replay
    recording: Path


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with page_in_node(tmp_path_factory.mktemp("page")) as asked:
        yield asked


@pytest.fixture(scope="module")
def exported(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("exported")
    data, _ = recorded_run()
    (folder / "host.mcap").write_bytes(data)
    messages = whole_us(list(Recording(folder / "host.mcap").messages()))
    found = replayed(messages, SETTINGS)
    began_us = began(messages)
    head = head_of(began_us, found.counters.duration_s, found.counters.stationary_s)
    path = folder / "page.mcap"
    path.write_bytes(recording_of(node, head, messages, results_of(found)))
    return Exported(messages, head, found, path)


def replayed(messages: Sequence[Message], told: RunSettings) -> Replay:
    cuers = cuers_of(told)
    return replay_messages(messages, Run(decoders(), sides=told.sides, coach=cuers.coach, cuer=cuers))


def began(messages: Sequence[Message]) -> int:
    """µs since 1970 of the first sample, as the page's session has it: told with the first stride."""
    run = Run(decoders(), sides=SETTINGS.sides)
    for message in messages:
        if len(run.take(message).strides):
            return message.t_host_ns // 1000 - round(run.counters.duration_s * 1e6)
    raise AssertionError("nobody runs")


def head_of(began_us: int, duration_s: float, stationary_s: float) -> Plain:
    return {
        "id": 3,
        "started_ms": round(began_us / 1000),
        "utc_offset_min": NEPAL_MIN,
        "finished": True,
        "pod": "Cadence Pod",
        "device": "Cadence pod 1.2",
        "settings": SETTINGS.to_mapping() | {"mode": "raw"},
        "duration_s": duration_s,
        "stationary_s": stationary_s,
    }


def results_of(run: Replay | KeptRun) -> Plain:
    return {
        "strides": [to_dict(stride) for stride in run.strides],
        "cues": [cue_to_dict(cue) for cue in run.cues],
        "updates": [plain_update(update) for update in run.updates],
    }


def recording_of(node: Node, head: Plain, messages: Sequence[Message], results: Plain) -> bytes:
    given = {"head": head, "messages": told(messages), "results": results, "table": recording_table()}
    return bytes.fromhex(node.ask("recording", **given))


# The recording


def test_a_recording_holds_what_the_pod_sent_byte_for_byte(exported: Exported) -> None:
    check_whole(exported.recording)
    recording = Recording(exported.recording)
    assert list(recording.messages()) == exported.messages
    assert recording.notes == ()
    assert recording.settings == exported.head["settings"] | {UTC_OFFSET: str(NEPAL_MIN)}
    assert read_settings(recording.settings) == SETTINGS


def test_it_becomes_the_run_that_the_phone_had(exported: Exported) -> None:
    with Journal() as journal:
        taken = import_recording(journal, exported.recording)
        kept = journal.load(taken.head.run_id)
    assert len(kept.strides) > 60
    assert len(kept.cues) > 0
    assert bits(kept.strides) == bits(exported.found.strides)
    assert bits(kept.cues) == bits(exported.found.cues)
    assert kept.pod == SETTINGS.pod
    assert kept.started.utcoffset() == timedelta(minutes=NEPAL_MIN)
    assert kept.started.timestamp() * 1000 == pytest.approx(exported.head["started_ms"], abs=1.0)


def test_what_came_of_the_run_stands_beside_it(exported: Exported) -> None:
    found: dict[str, list[Any]] = defaultdict(list)
    arrivals_ns = [message.t_host_ns for message in exported.messages]
    began_s = exported.head["started_ms"] / 1000
    newest_ns = 0
    with exported.recording.open("rb") as file:
        for _, channel, message in make_reader(file, validate_crcs=True).iter_messages(log_time_order=False):
            assert message.log_time >= newest_ns
            newest_ns = message.log_time
            name = channel.topic.removeprefix("pod0/")
            if name in (STRIDES.name, CUES.name):
                record = json.loads(message.data)
                found[name].append(record)
                assert message.log_time in arrivals_ns
                told_s = record["t_mid_stance_s" if name == STRIDES.name else "t_s"]
                assert message.log_time / 1e9 >= began_s + told_s - 1e-6
    results = results_of(exported.found)
    for kind in (STRIDES, CUES):
        known = [{k: v for k, v in entry.items() if v is not None} for entry in results[kind.name]]
        assert found[kind.name] == known


def test_ready_made_cadence_stands_beside_it_too(node: Node, tmp_path: Path) -> None:
    run = sensor_run()
    path = tmp_path / "sensor.mcap"
    path.write_bytes(recording_of(node, head_of(0, 300.0, 0.0), [], results_of(run)))
    with path.open("rb") as file:
        entries = [json.loads(m.data) for _, _, m in make_reader(file).iter_messages(CADENCE.topic(0))]
    expected = results_of(run)["updates"]
    assert entries == [{k: v for k, v in update.items() if v is not None} for update in expected]


def test_other_programs_find_their_way_in_it(exported: Exported) -> None:
    with exported.recording.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        assert reader.get_header().profile == f"cadence-coach/recording/{VERSION}"
        summary = reader.get_summary()
        assert summary is not None
        topics = {channel.topic: channel for channel in summary.channels.values()}
        for kind in (LINK, STRIDES, CUES):
            channel = topics[kind.topic(0)]
            schema = summary.schemas[channel.schema_id]
            assert (schema.name, channel.message_encoding) == (kind.title, "json")
            assert json.loads(schema.data) == json.loads(kind.schema())
        statistics = summary.statistics
        assert statistics is not None
        assert statistics.message_start_time == exported.messages[0].t_host_ns
        assert statistics.message_end_time == exported.messages[-1].t_host_ns
        everything = list(reader.iter_messages())
        assert statistics.message_count == len(everything)
        assert statistics.chunk_count == len(summary.chunk_indexes) > 1
        (metadata,) = reader.iter_metadata()
        assert metadata.metadata[UTC_OFFSET] == str(NEPAL_MIN)


def test_each_message_is_found_by_the_index(exported: Exported) -> None:
    data = exported.recording.read_bytes()
    summary = make_reader(io.BytesIO(data)).get_summary()
    assert summary is not None
    assert summary.statistics is not None
    found = 0
    for chunk in summary.chunk_indexes:
        records_at = chunk.chunk_start_offset + chunk.chunk_length - chunk.compressed_size
        for channel, index_at in chunk.message_index_offsets.items():
            assert data[index_at] == Opcode.MESSAGE_INDEX
            index = MessageIndex.read(ReadDataStream(io.BytesIO(data[index_at + 9 :])))
            assert index.channel_id == channel
            for log_time, offset in index.records:
                opcode, _, of, _, at = struct.unpack_from("<BQHIQ", data, records_at + offset)
                assert (opcode, of, at) == (Opcode.MESSAGE, channel, log_time)
                assert chunk.message_start_time <= log_time <= chunk.message_end_time
                found += 1
    assert found == summary.statistics.message_count


times_us = st.integers(0, 2**53 - 1)
packets = st.builds(Packet, times_us, st.sampled_from(["2a53", "/odd name", "ü"]), st.binary(max_size=300))
events = st.builds(
    LinkEvent, times_us, st.sampled_from(LinkState), st.text(), st.text(), st.integers(0, 2**40)
)


@EXAMPLES
@given(st.lists(packets | events, max_size=40), st.dictionaries(st.text(), st.text(), max_size=4))
def test_whatever_came_over_a_link_is_read_again(
    node: Node, tmp_path_factory: pytest.TempPathFactory, messages: list[Message], words: dict[str, str]
) -> None:
    messages = [replace(message, t_host_ns=message.t_host_ns * 1000) for message in messages]
    head = head_of(0, 0.0, 0.0) | {"settings": words}
    path = tmp_path_factory.getbasetemp() / "any.mcap"
    path.write_bytes(recording_of(node, head, messages, {"strides": [], "cues": [], "updates": []}))
    check_whole(path)
    recording = Recording(path)
    assert list(recording.messages()) == messages
    assert recording.notes == ()
    assert recording.settings == words | {UTC_OFFSET: str(NEPAL_MIN)}


def test_damage_anywhere_is_found_before_anything_is_taken(exported: Exported, tmp_path: Path) -> None:
    whole = exported.recording.read_bytes()
    draw = Random(7)
    path = tmp_path / "damaged.mcap"
    with Journal() as journal:
        for _ in range(PLACES):
            damaged = bytearray(whole)
            damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
            path.write_bytes(damaged)
            with pytest.raises(JournalError, match="nothing was taken"):
                import_recording(journal, path)
            path.write_bytes(whole[: draw.randrange(len(whole))])
            with pytest.raises(JournalError, match="nothing was taken"):
                import_recording(journal, path)
        assert journal.runs(None) == []


# The table


def test_the_table_is_the_hosts_value_for_value(node: Node, exported: Exported, tmp_path: Path) -> None:
    some = np.concatenate([exported.found.strides, walked_run().strides, coached_run().strides])
    for strides in (some, some[:0]):
        write_csv(tmp_path / "host.csv", strides)
        ours = node.ask("csv", strides=[to_dict(stride) for stride in strides], updates=[])
        assert values(ours) == values((tmp_path / "host.csv").read_text())


def test_the_table_of_a_sensor_without_strides_is_of_its_updates(node: Node) -> None:
    results = results_of(sensor_run())
    columns, *rows = values(node.ask("csv", **results))
    assert len(rows) > 100
    for row, update in zip(rows, results["updates"], strict=True):
        told = {name: value if value is not None else "" for name, value in update.items()}
        assert dict(zip(columns, row, strict=True)) == told


def values(table: str) -> list[list[float | str]]:
    return [[value_of(text) for text in row] for row in csv.reader(io.StringIO(table))]


def value_of(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


# The FIT activity


def without_lengths() -> KeptRun:
    """A run whose pod knows no lengths."""
    strides = coached_run().strides.copy()
    for name in ("stride_length_m", "speed_m_s"):
        strides[name] = np.nan
    return replace(coached_run(), strides=strides, device="")


def with_odd_numbers() -> KeptRun:
    """A run that stood longer than its strides say, from a pod with a long name, in the first minute of a
    day."""
    started = datetime(2026, 1, 1, tzinfo=UTC)
    return replace(walked_run(), started=started, stationary_s=500.0, duration_s=90.0, device="Läufer " * 20)


RUNS = [coached_run, long_run, sensor_run, short_run, walked_run, without_lengths, with_odd_numbers]


@pytest.mark.parametrize("make", RUNS)
def test_an_activity_tells_what_the_hosts_tells(node: Node, make: Any) -> None:
    run = make(0.25) if make is long_run else make()
    ours = fit_of(node, run)
    theirs = fit_bytes(run)
    for read in (read_by_garmin, read_by_fitdecode):
        expected = read(theirs)
        expected["device_info"][0].pop("software_version")  # of the host's program
        assert read(ours) == expected


def test_a_real_runs_activity_too(node: Node, exported: Exported) -> None:
    found, head = exported.found, exported.head
    run = replace(
        short_run(),
        run_id=head["id"],
        started=datetime.fromtimestamp(head["started_ms"] / 1000, UTC),
        duration_s=found.counters.duration_s,
        stationary_s=found.counters.stationary_s,
        strides=found.strides.astype(STRIDE),
        cues=found.cues.astype(CUE),
    )
    theirs = read_by_fitdecode(fit_bytes(run))
    ours = read_by_fitdecode(fit_of(node, run))
    assert len(ours["record"]) > 40
    for name in ("record", "event", "lap", "session", "activity"):
        assert ours[name] == theirs[name]


def test_what_a_fit_file_cannot_hold_is_told_as_not_known(node: Node) -> None:
    run = walked_run()
    strides = run.strides.copy()
    strides["contact_time_s"][20:40] = 7.0  # more than 6553.4 ms
    found = read_by_garmin(fit_of(node, replace(run, strides=strides)))
    told = [row.get("stance_time") for row in found["record"]]
    assert any(told)
    assert told.count(None) > 10


def fit_of(node: Node, run: KeptRun) -> bytes:
    offset = run.started.utcoffset()
    assert offset is not None
    head = {
        "id": run.run_id,
        "started_ms": int(run.started.timestamp() * 1000),
        "utc_offset_min": offset // timedelta(minutes=1),
        "pod": run.pod,
        "device": run.device,
        "duration_s": run.duration_s,
        "stationary_s": run.stationary_s,
    }
    return bytes.fromhex(node.ask("fit", head=head, results=results_of(run)))
