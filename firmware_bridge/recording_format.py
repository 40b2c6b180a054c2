"""What stands in a recording, and under which name.

A recording is an MCAP file (mcap.dev): channels with topics, and messages with their time of arrival.
Each pod has a number, from 0, and its topics begin with it. Messages stand in the order in which they came,
those of two pods mixed:

    pod0/packets/<channel>   packets as received: bytes, no schema
    pod0/link                link events
    pod0/strides, pod0/cues, pod0/cadence   what came of them, for whoever opens the file in Foxglove

A replay uses the packets and the link events alone. All but the packets are JSON with a schema. A value
that is not known is left out of its JSON: Foxglove takes one type a field, and null would be a second.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from cadence.cue import CUE, CueKind, CueReason, cue_to_dict
from cadence.stride import STRIDE, Activity, to_dict
from firmware_bridge.message import LinkEvent, LinkState
from firmware_bridge.readings import CadenceUpdate

MAGIC = b"\x89MCAP0\r\n"
"""The first bytes of every MCAP file."""
PROFILE = "cadence-coach/recording/"
"""Begins the profile in the header of a recording of ours; the version follows."""
VERSION = 1
SETTINGS = "cadence-coach"
"""Name of the metadata record that holds the settings of the run."""
RAW_ENCODING = "application/octet-stream"
"""Message encoding of packets; MCAP's registry has no name for plain bytes and allows others."""
PACKETS = "packets/"
"""Between the pod and the channel in the topic of packets."""
_TOPIC = re.compile(r"pod(\d{1,3})/(.+)")


def is_recording(path: Path | str) -> bool:
    """Whether a file begins as an MCAP file does. False for what cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A sort of JSON message.

    Attributes:
        name: last part of its topic.
        title: name of its schema.
        properties: JSON schema of each field, its description with the unit.
    """

    name: str
    title: str
    properties: Mapping[str, Mapping[str, Any]]

    def schema(self) -> bytes:
        """The JSON schema. No field is required, since what is not known is left out."""
        return json.dumps(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": self.title,
                "type": "object",
                "properties": self.properties,
                "additionalProperties": False,
            },
            ensure_ascii=False,
        ).encode()

    def topic(self, pod: int) -> str:
        return f"pod{pod}/{self.name}"


def packet_topic(pod: int, channel: str) -> str:
    """Where the packets of one channel of a pod stand."""
    return f"pod{pod}/{PACKETS}{channel}"


def pod_and_rest(topic: str) -> tuple[int, str]:
    """The number of the pod in a topic, and what follows it; 0 and nothing where it is no topic of ours."""
    found = _TOPIC.fullmatch(topic)
    return (int(found[1]), found[2]) if found else (0, "")


def stride_json(stride: np.void) -> bytes:
    """A STRIDE record as `cadence.stride.to_dict` has it, without what is not known."""
    return _json(to_dict(stride))


def cue_json(cue: np.void) -> bytes:
    """A CUE record."""
    return _json(cue_to_dict(cue))


def update_json(update: CadenceUpdate) -> bytes:
    """A ready-made cadence."""
    return _json(
        {
            "t_s": update.t_s,
            "cadence_spm": update.cadence_spm,
            "speed_m_s": update.speed_m_s,
            "stride_length_m": update.stride_length_m,
            "activity": update.activity.name.lower(),
        }
    )


def event_json(event: LinkEvent) -> bytes:
    """A link event; its time stands in the message that carries it."""
    return _json({"state": event.state.value, "pod": event.pod, "detail": event.detail, "count": event.count})


def event_of(data: bytes, t_host_ns: int, pod: int = 0) -> LinkEvent:
    """The link event that `event_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: it did not.
    """
    fields = json.loads(data)
    return LinkEvent(
        t_host_ns, LinkState(fields["state"]), fields["pod"], fields["detail"], int(fields["count"]), pod
    )


def _json(record: Mapping[str, Any]) -> bytes:
    known = {
        name: value
        for name, value in record.items()
        if value is not None and not (isinstance(value, float) and not math.isfinite(value))
    }
    return json.dumps(known, separators=(",", ":"), allow_nan=False).encode()


def _names(codes: type[IntEnum]) -> list[str]:
    return [code.name.lower() for code in codes]


def _properties(record: np.dtype[np.void], meanings: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """A JSON schema for each field of a record's dtype."""
    properties: dict[str, dict[str, Any]] = {}
    for name in record.names or ():
        described = {"description": meanings[name]}
        match name:
            case "activity":
                properties[name] = {"type": "string", "enum": _names(Activity)} | described
            case "side":
                properties[name] = {"type": "string", "enum": ["left", "right"]} | described
            case "kind":
                properties[name] = {"type": "string", "enum": _names(CueKind)} | described
            case "reason":
                properties[name] = {"type": "string", "enum": _names(CueReason)} | described
            case "good":
                properties["signal"] = {"type": "string", "enum": ["good", "bad"]} | described
            case _:
                is_flag = record[name] == np.bool_
                properties[name] = {"type": "boolean" if is_flag else "number"} | described
    return properties


_SPM = "steps of both feet a minute"
_LENGTH = "m, horizontal"

STRIDES = Kind(
    "strides",
    "cadence_coach.Stride",
    _properties(
        STRIDE,
        {
            "t_toe_off_s": "s since the first sample: start of the swing",
            "t_contact_s": "s since the first sample: end of the swing",
            "t_mid_stance_s": "s since the first sample: the mid-stance that closes the stride",
            "stride_time_s": "s from the previous contact of the same foot",
            "cadence_spm": f"{_SPM}: 120 / stride_time_s",
            "contact_time_s": "s on the ground before this swing",
            "stride_length_m": f"{_LENGTH}, mid-stance to mid-stance",
            "speed_m_s": "m/s: length over the time between the two mid-stances",
            "climb_m": "m, vertical, mid-stance to mid-stance",
            "grade_percent": "%: climb over length of the last strides",
            "flight_time_s": "s in the air, running: stride_time_s / 2 - contact_time_s",
            "strike_angle_deg": "degrees of foot pitch at contact, heel-first positive",
            "impact_g": "g: peak acceleration in the 50 ms after contact; a lower bound when clipped",
            "clipped": "true: the sensor was at its limit in this stride (no unit)",
            "activity": "what the runner did (no unit)",
            "side": "foot that carries the pod (no unit)",
            "good": "bad: a gap, a clipped swing or an implausible value touched this stride (no unit)",
        },
    ),
)
CUES = Kind(
    "cues",
    "cadence_coach.Cue",
    _properties(
        CUE,
        {
            "t_s": "s since the first sample",
            "kind": "what is asked of the runner (no unit)",
            "reason": "why (no unit)",
            "tempo_spm": f"{_SPM}; absent where the cue has no tempo",
        },
    ),
)
CADENCE = Kind(
    "cadence",
    "cadence_coach.CadenceUpdate",
    {
        "t_s": {"type": "number", "description": "s since the first reading"},
        "cadence_spm": {"type": "number", "description": _SPM},
        "speed_m_s": {"type": "number", "description": "m/s"},
        "stride_length_m": {"type": "number", "description": "m, contact to next contact of the same foot"},
        "activity": {
            "type": "string",
            "enum": _names(Activity),
            "description": "what the runner did (no unit)",
        },
    },
)
LINK = Kind(
    "link",
    "cadence_coach.LinkEvent",
    {
        "state": {
            "type": "string",
            "enum": [state.value for state in LinkState],
            "description": "what happened to the link (no unit)",
        },
        "pod": {"type": "string", "description": "with connected: the pod's protocol (no unit)"},
        "detail": {"type": "string", "description": "plain words, such as the reason of a loss (no unit)"},
        "count": {"type": "integer", "description": "with overflow: packets dropped"},
    },
)
