"""The page reads what the host reads: the same messages give the same readings, losses and requests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadence.cue import CueKind, CueReason
from cadence.stride import STRIDE, Activity, Side
from firmware_bridge.commands import CommandType
from firmware_bridge.frames import BadFrame, FrameType, Mode, decode
from firmware_bridge.message import LinkEvent, LinkState, Message
from firmware_bridge.pods.catalogue import profile
from firmware_bridge.pods.rsc import RATIO_BAND

from ..firmware_bridge.fuzzing import TARGETS, strings
from ..firmware_bridge.open_pod_frames import START_NS, hello, packets, stream
from .page_in_node import Node, page_in_node, plain_losses, plain_readings, plain_writes, told
from .pod_lives import open_pod_lives, rsc_lives

EXAMPLES = settings(
    max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
PODS = ("open", "open-strides", "rsc")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with page_in_node(tmp_path_factory.mktemp("page")) as asked:
        yield asked


def by_the_host(pod: str, messages: Iterable[Message]) -> dict[str, Any]:
    decoder = profile(pod).decoder()
    steps = [
        [plain_readings(decoder.take(message)), plain_writes(decoder.requests())] for message in messages
    ]
    return {
        "steps": steps,
        "rest": plain_readings(decoder.finish()),
        "losses": plain_losses(decoder.losses),
    }


def assert_reads_the_same(node: Node, pod: str, messages: list[Message]) -> None:
    found, expected = node.ask("read", pod=pod, messages=told(messages)), by_the_host(pod, messages)
    for number, (ours, theirs) in enumerate(zip(found["steps"], expected["steps"], strict=True)):
        assert ours == theirs, f"message {number}: {messages[number]}"
    assert found == expected


@EXAMPLES
@given(messages=open_pod_lives("open"))
def test_an_open_pod_that_sends_samples(node: Node, messages: list[Message]) -> None:
    assert_reads_the_same(node, "open", messages)


@EXAMPLES
@given(messages=open_pod_lives("open-strides"))
def test_an_open_pod_that_sends_strides(node: Node, messages: list[Message]) -> None:
    assert_reads_the_same(node, "open-strides", messages)


@EXAMPLES
@given(messages=rsc_lives())
def test_a_running_speed_and_cadence_sensor(node: Node, messages: list[Message]) -> None:
    assert_reads_the_same(node, "rsc", messages)


@pytest.mark.parametrize("pod", ["open", "open-strides"])
def test_a_pod_that_says_late_how_to_read_it(node: Node, pod: str) -> None:
    """More is sent than is kept, then it says what it is, and begins anew."""
    before, after = stream(150), stream(3, first_sequence=152, first_tick_us=8_000_000)
    anew = hello(boot=7, model="another"), *stream(3, boot=7, first_tick_us=0)
    frames = [*before, hello(sequence=151), *after, *anew]
    connected = LinkEvent(START_NS, LinkState.CONNECTED, pod)
    assert_reads_the_same(node, pod, [connected, *packets(frames)])
    assert by_the_host(pod, packets(frames))["losses"]["unplaced"] > 0


def test_damaged_and_random_bytes_are_refused_for_the_same_reason(node: Node) -> None:
    (frames,) = [target for target in TARGETS if target.name == "frames"]
    tried = list(strings(frames, 6000, seed=7))
    found = node.ask("decode", strings=[data.hex() for data in tried])
    for data, ours in zip(tried, found, strict=True):
        frame = decode(data)
        if isinstance(frame, BadFrame):
            assert ours == frame.reason.value, data.hex()
        else:
            kind = FrameType(data[1]).name.lower()
            assert ours == [kind, frame.boot, frame.sequence], data.hex()


def test_what_is_written_to_a_pod_is_what_the_host_writes(node: Node) -> None:
    found = node.ask("profiles")
    assert [kind["name"] for kind in found] == list(PODS)
    for kind in found:
        expected = profile(kind["name"])
        assert (kind["service"], kind["notify"]) == (expected.service, list(expected.notify))
        assert kind["silenceS"] == expected.silence_s
        assert kind["greeting"] == plain_writes(expected.greeting())
        assert kind["farewell"] == plain_writes(expected.farewell())


def test_a_run_asks_for_the_pods_of_its_mode(node: Node) -> None:
    assert node.ask("asked", mode="raw") == ["open", "rsc"]
    assert node.ask("asked", mode="strides") == ["open-strides", "rsc"]


def test_codes_are_those_of_the_host(node: Node) -> None:
    found = node.ask("constants")

    def names(codes: Any) -> list[str]:
        return [code.name.lower() for code in codes]

    assert found["ACTIVITIES"] == names(Activity)
    assert found["SIDES"] == [None, *names(Side)[1:]]
    assert found["CUE_KINDS"] == names(CueKind)
    assert found["CUE_REASONS"] == names(CueReason)
    assert found["MODE"] == {mode.name.lower(): mode for mode in (Mode.RAW, Mode.STRIDES)}
    assert found["COMMAND"] == {name: CommandType[name] for name in ("START", "STOP", "INFO")}
    between = [name for name in STRIDE.names or () if STRIDE[name] == np.float32 and name != "cadence_spm"]
    assert found["STRIDE_VALUES"] == between
    assert found["bands"] == RATIO_BAND


MEASURED = st.floats(-1e9, 1e9, width=32) | st.integers(-(2**22), 2**22).map(lambda count: count / 4096)
"""Of any size that a measurement has; many of the second kind lie halfway between two shorter numbers."""


@given(values=st.lists(MEASURED, min_size=50, max_size=200))
@settings(max_examples=30)
def test_a_float32_prints_as_on_the_host(node: Node, values: list[float]) -> None:
    floats = np.array([*values, 156.328125, -0.09375, math.nan, math.inf], np.float32)
    expected = [float(str(value)) if np.isfinite(value) else None for value in floats]
    assert node.ask("shortest", bits=floats.view(np.uint32).tolist()) == expected
