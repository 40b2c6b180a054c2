"""The page's own modules at work in node, asked by tests; and what the host reads, in the same words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cadence.cue import cue_to_dict
from cadence.sample import SampleBlock
from cadence.stride import to_dict
from firmware_bridge.message import LinkEvent, Message, Packet
from firmware_bridge.readings import (
    Battery,
    Button,
    CadenceUpdate,
    Losses,
    PodCue,
    PodInfo,
    PodStride,
    Reading,
    Write,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "coach" / "phone" / "page"
CORE = ROOT / "coach" / "phone" / "core"
WRAPPER = ROOT / "hardware" / "firmware" / "beside_core" / "wasm32" / "cadence_core.js"
SERVANT = Path(__file__).with_name("page_in_node.mjs")

Plain = dict[str, Any]


class Node:
    """One node process with the page's modules, asked one question after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, task: str, **given: Any) -> Any:
        """What the page makes of something; see page_in_node.mjs for the tasks."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"task": task, **given}) + "\n")
        self._process.stdin.flush()
        # JavaScript prints 1e20 as a whole number, which Python would not take for the float that it is.
        answer = json.loads(self._process.stdout.readline(), parse_int=float)
        assert "gave" in answer, answer["threw"]
        return answer["gave"]


def need_node() -> str:
    """Where node is. Where it is missing the test is skipped, and fails where CI is set."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is missing")
        pytest.skip("node is missing")
    return node


@contextmanager
def page_in_node(folder: Path) -> Iterator[Node]:
    """Start node over a copy of the page in `folder`, laid out as it is served. Where node is missing the
    test is skipped, and fails where CI is set."""
    node = need_node()
    for name in ("export", "pod", "run"):
        shutil.copytree(PAGE / name, folder / name)
    shutil.copytree(CORE, folder / "core")
    shutil.copy(WRAPPER, folder / "core")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    command = [node, str(SERVANT), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Node(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


def told(messages: Iterable[Message]) -> list[Plain]:
    """Messages as the page has them; their times must be whole µs."""
    return [_told(message) for message in messages]


def _told(message: Message) -> Plain:
    t_us, rest = divmod(message.t_host_ns, 1000)
    assert not rest
    match message:
        case Packet(_, channel, data):
            return {"tUs": t_us, "channel": channel, "data": data.hex()}
        case LinkEvent(_, state, pod, detail, count):
            return {"tUs": t_us, "state": state.value, "pod": pod, "detail": detail, "count": count}


def plain_readings(readings: Iterable[Reading]) -> list[Plain]:
    """Readings of the host in the words of the page."""
    return [_plain(reading) for reading in readings]


def _plain(reading: Reading) -> Plain:
    match reading:
        case PodInfo(model, firmware, sensor, rate_hz):
            limits = {name: known(value) for name, value in asdict(sensor).items()}
            return {
                "kind": "info",
                "model": model,
                "firmware": firmware,
                "sensor": limits,
                "rate_hz": known(rate_hz),
            }
        case SampleBlock(t_us, motion):
            values = motion.astype("<f4")
            values[np.isnan(values)] = np.nan  # one NaN for all that is missing
            return {"kind": "samples", "tUs": t_us.tolist(), "motion": values.tobytes().hex()}
        case PodStride(stride):
            return {"kind": "stride", "stride": to_dict(stride)}
        case CadenceUpdate():
            return {"kind": "update", "update": plain_update(reading)}
        case PodCue(cue):
            return {"kind": "cue", "cue": cue_to_dict(cue)}
        case Battery(percent):
            return {"kind": "battery", "percent": percent}
        case Button(t_s):
            return {"kind": "button", "t_s": t_s}


def plain_update(update: CadenceUpdate) -> Plain:
    """A ready-made cadence in the words of the page."""
    fields = asdict(update) | {"activity": update.activity.name.lower()}
    return {name: known(value) if isinstance(value, float) else value for name, value in fields.items()}


def plain_losses(losses: Losses) -> Plain:
    """What was not received."""
    return asdict(losses) | {"bad_packets": dict(losses.bad_packets)}


def plain_writes(writes: Sequence[Write] | Iterable[Write]) -> list[Plain]:
    """What is written to a pod."""
    return [{"channel": write.channel, "data": write.data.hex()} for write in writes]


def known(value: float) -> float | None:
    """None for a number that is not known, or has no end."""
    return value if np.isfinite(value) else None
