"""Writes a recording while a run goes on. `recording_format` says what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, cast

import numpy as np
from mcap.well_known import MessageEncoding, SchemaEncoding
from mcap.writer import CompressionType, Writer

from firmware_bridge.message import LinkEvent, Message, Packet
from firmware_bridge.readings import CadenceUpdate
from firmware_bridge.recording_disk import DiskFile
from firmware_bridge.recording_format import (
    CADENCE,
    CUES,
    LINK,
    PROFILE,
    RAW_ENCODING,
    SETTINGS,
    STRIDES,
    VERSION,
    Kind,
    cue_json,
    event_json,
    packet_topic,
    stride_json,
    update_json,
)

CHUNK_S = 0.8
"""Arrival time after which a chunk is closed and sent to the disk. Our choice: at most a second may be
missing after a power loss, and a fifth of it is left to the disk. Shorter chunks cost memory: their index
is kept until the end, some 600 bytes each."""


class RecordingError(Exception):
    """A recording cannot be begun. The message is one plain line that says what to do."""


class RecordingWriter:
    """One recording, from its making to `close`. Once it is made it never raises: a run goes on when its
    recording cannot. All calls come from one thread and none waits for the disk but `close`.

    Chunks are not compressed: samples would shrink by a sixth, and of a chunk that was cut off all whole
    messages can still be read.

    Attributes:
        path: of the file.
        holds_packets: whether a packet was appended.
    """

    def __init__(self, path: Path | str, *, settings: Mapping[str, str]) -> None:
        """Make the file, for its owner alone.

        Args:
            path: where; there must be no file of that name.
            settings: what else a replay must know to give the same, by name; kept as it is.

        Raises:
            RecordingError: it cannot be made.
        """
        self.path = str(path)
        try:
            self._disk = DiskFile(Path(path))
        except FileExistsError:
            what = "a file" if Path(path).is_file() else "something else"
            raise RecordingError(f"{path}: there is {what} of that name; name another") from None
        except OSError as error:
            raise RecordingError(
                f"{path}: cannot be written: {(error.strerror or str(error)).lower()}"
            ) from None
        self._mcap = Writer(
            cast(IO[bytes], self._disk), compression=CompressionType.NONE, enable_data_crcs=True
        )
        self._mcap.start(f"{PROFILE}{VERSION}")
        self._mcap.add_metadata(SETTINGS, dict(settings))
        self._disk.flush()
        self._schemas: dict[Kind, int] = {}
        self._channels: dict[str, int] = {}
        self._chunk_start_ns: int | None = None
        self._closed = False
        self.holds_packets = False

    @property
    def failed(self) -> str | None:
        """Why the recording stopped before its end, in one plain line; None while all is well."""
        if self._disk.error is None:
            return None
        return f"recording stopped: {self._disk.error}; what came before is kept in {self.path}"

    def write(self, message: Message) -> None:
        """Append a message as it came. A link event goes to the disk at once, since silence may follow."""
        match message:
            case Packet(t_host_ns, channel, data, pod):
                topic = packet_topic(pod, channel)
                self._append(topic, None, t_host_ns, data)
                self.holds_packets = True
            case LinkEvent(t_host_ns):
                self._append(LINK.topic(message.number), LINK, t_host_ns, event_json(message))
                self.flush()

    def write_stride(self, t_host_ns: int, stride: np.void, *, pod: int = 0) -> None:
        """Append a STRIDE record, with the arrival of the message that closed it."""
        self._append(STRIDES.topic(pod), STRIDES, t_host_ns, stride_json(stride))

    def write_cue(self, t_host_ns: int, cue: np.void, *, pod: int = 0) -> None:
        """Append a CUE record, with the arrival of the message that led to it."""
        self._append(CUES.topic(pod), CUES, t_host_ns, cue_json(cue))

    def write_update(self, t_host_ns: int, update: CadenceUpdate, *, pod: int = 0) -> None:
        """Append a ready-made cadence, with the arrival of the message that held it."""
        self._append(CADENCE.topic(pod), CADENCE, t_host_ns, update_json(update))

    def flush(self) -> None:
        """Close the chunk and send it to the disk, as is done every CHUNK_S while messages come. For when
        none come for a while."""
        if self._chunk_start_ns is not None:
            self._chunk_start_ns = None
            self._mcap.flush()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """End the recording with its index and wait until it is on the disk. Nothing is taken after it."""
        if self._closed:
            return
        self._closed = True
        if self._disk.error is None:
            self._mcap.finish()  # type: ignore[no-untyped-call]
        self._disk.close()

    def _append(self, topic: str, kind: Kind | None, t_host_ns: int, data: bytes) -> None:
        if self._closed or self._disk.error is not None:
            return
        channel = self._channels.get(topic)
        if channel is None:
            channel = self._channels[topic] = self._register(topic, kind)
        self._mcap.add_message(channel, log_time=t_host_ns, publish_time=t_host_ns, data=data)
        if self._chunk_start_ns is None:
            self._chunk_start_ns = t_host_ns
        elif not 0 <= t_host_ns - self._chunk_start_ns < CHUNK_S * 1e9:
            self.flush()

    def _register(self, topic: str, kind: Kind | None) -> int:
        if kind is None:
            return self._mcap.register_channel(topic, RAW_ENCODING, schema_id=0)
        schema = self._schemas.get(kind)
        if schema is None:
            schema = self._mcap.register_schema(kind.title, SchemaEncoding.JSONSchema, kind.schema())
            self._schemas[kind] = schema
        return self._mcap.register_channel(topic, MessageEncoding.JSON, schema_id=schema)
