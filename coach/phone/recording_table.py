"""What the page must know of the recording's format to write one as `coach run` does."""

from __future__ import annotations

import json
from typing import Any

from firmware_bridge.recording_format import (
    CADENCE,
    CUES,
    LINK,
    PACKETS,
    PROFILE,
    RAW_ENCODING,
    SETTINGS,
    STRIDES,
    VERSION,
)


def recording_table() -> dict[str, Any]:
    """The format as a JSON document: names, and each sort of message with its schema, by its topic."""
    kinds = (LINK, STRIDES, CUES, CADENCE)
    return {
        "profile": f"{PROFILE}{VERSION}",
        "settings": SETTINGS,
        "packets": PACKETS,
        "raw_encoding": RAW_ENCODING,
        "kinds": {kind.name: {"title": kind.title, "schema": json.loads(kind.schema())} for kind in kinds},
    }
