"""A run as a FIT activity file, for watches, phones and training sites.

FIT counts a runner's cadence by one foot: strides a minute. It is converted here, where it leaves the
project, and nowhere else. What a run does not know is left out of the file.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from coach.export.activity import Lap, Seconds, activity_of
from coach.files import written_whole
from coach.kept_run import KeptRun

FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
"""FIT profile: a date_time counts the seconds since then."""
CADENCE_PARTS = 128
"""FIT profile: a fractional cadence counts 1/128 strides a minute."""
_LONGEST_NAME = 60
"""Bytes of a device's name; a FIT string holds 254. Our choice."""

# A local message number is bound to one layout at a time: records and events take turns and get their own.
_ONCE, _EVENT, _RECORD, _LAP = range(4)


class FitError(Exception):
    """The run cannot be told in a FIT file. The message is one plain line."""


def write_fit(path: Path, run: KeptRun) -> None:
    """Write a run as a FIT activity.

    Raises:
        FitError: a number of the run is beyond what a FIT file can hold.
        OSError: the file cannot be written.
    """
    data = fit_bytes(run)
    with written_whole(path) as file:
        file.write(data)


def fit_bytes(run: KeptRun) -> bytes:
    """A run as the bytes of a FIT activity file.

    Raises:
        FitError: a number of the run is beyond what a FIT file can hold.
    """
    from fit_tool.exceptions import FitEncodingError, FitValidationError
    from fit_tool.fit_file_builder import FitFileBuilder

    builder = FitFileBuilder(strict=True)
    try:
        for message in _messages(run):
            builder.add(message)
        return bytes(builder.build_bytes())
    except (FitEncodingError, FitValidationError) as error:
        raise FitError(f"run {run.run_id} cannot be told in a FIT file: {error}") from None


def one_foot(cadence_spm: float) -> tuple[int | None, float | None]:
    """A cadence of both feet as FIT has it: whole strides a minute, and the rest in CADENCE_PARTS."""
    if not math.isfinite(cadence_spm):
        return None, None
    whole, parts = divmod(round(cadence_spm / 2 * CADENCE_PARTS), CADENCE_PARTS)
    return whole, parts / CADENCE_PARTS


def _messages(run: KeptRun) -> list[Any]:
    from fit_tool.profile.messages.activity_message import ActivityMessage
    from fit_tool.profile.messages.device_info_message import DeviceInfoMessage
    from fit_tool.profile.messages.file_id_message import FileIdMessage
    from fit_tool.profile.messages.lap_message import LapMessage
    from fit_tool.profile.messages.session_message import SessionMessage
    from fit_tool.profile.profile_type import (
        Activity,
        Event,
        EventType,
        FileType,
        LapTrigger,
        Manufacturer,
        SessionTrigger,
        Sport,
    )

    activity = activity_of(run)
    # A FIT time is a whole second.
    started = run.started.astimezone(UTC).replace(microsecond=0)
    end_ms = _at_ms(started, activity.whole.end_s)
    sport = Sport.RUNNING if activity.ran else Sport.WALKING
    software = float(".".join(version("cadence-coach").split(".")[:2]))
    head = [
        _message(
            FileIdMessage,
            type=FileType.ACTIVITY,
            manufacturer=Manufacturer.DEVELOPMENT.value,
            product=0,
            serial_number=max(run.run_id, 1),  # 0 means none
            time_created=_at_ms(started, 0.0),
        ),
        _message(
            DeviceInfoMessage,
            timestamp=_at_ms(started, 0.0),
            device_index=0,
            manufacturer=Manufacturer.DEVELOPMENT.value,
            product=0,
            software_version=software,
            product_name="Cadence Coach",
        ),
        _message(
            DeviceInfoMessage,
            timestamp=_at_ms(started, 0.0),
            device_index=1,
            manufacturer=Manufacturer.DEVELOPMENT.value,
            product_name=_short(run.device or run.pod) or None,
        ),
    ]
    laps = [
        _message(
            LapMessage,
            _LAP,
            message_index=index,
            timestamp=_at_ms(started, lap.end_s),
            start_time=_at_ms(started, lap.start_s),
            event=Event.LAP,
            event_type=EventType.STOP,
            lap_trigger=LapTrigger.SESSION_END if lap is activity.laps[-1] else LapTrigger.DISTANCE,
            sport=sport,
            **_totals(lap),
        )
        for index, lap in enumerate(activity.laps)
    ]
    session = _message(
        SessionMessage,
        message_index=0,
        timestamp=end_ms,
        start_time=_at_ms(started, 0.0),
        event=Event.SESSION,
        event_type=EventType.STOP,
        trigger=SessionTrigger.ACTIVITY_END,
        sport=sport,
        first_lap_index=0,
        num_laps=len(laps),
        **_totals(activity.whole),
    )
    # FIT has the local time as if it were UTC.
    offset = run.started.utcoffset() or timedelta()
    local_s = round((started - FIT_EPOCH + offset).total_seconds() + round(activity.whole.end_s))
    end = _message(
        ActivityMessage,
        timestamp=end_ms,
        local_timestamp=local_s,
        total_timer_time=round(activity.whole.timer_s, 3),
        num_sessions=1,
        type=Activity.MANUAL,
        event=Event.ACTIVITY,
        event_type=EventType.STOP,
    )
    return [
        *head,
        *_course(activity.seconds, activity.pauses_s.tolist(), started, end_ms),
        *laps,
        session,
        end,
    ]


def _course(seconds: Seconds, pauses: list[list[float]], started: datetime, end_ms: int) -> list[Any]:
    """Records and events of the timer, in the order of time."""
    from fit_tool.profile.messages.event_message import EventMessage
    from fit_tool.profile.profile_type import Event, EventType

    def timer(kind: EventType, at_ms: int) -> Any:
        return _message(EventMessage, _EVENT, timestamp=at_ms, event=Event.TIMER, event_type=kind)

    # By time; at one time the timer goes on before the reading and stops after it.
    placed = [(0.0, 0, timer(EventType.START, _at_ms(started, 0.0)))]
    for stop_s, resume_s in pauses:
        placed.append((stop_s, 2, timer(EventType.STOP, _at_ms(started, stop_s))))
        if _at_ms(started, resume_s) < end_ms:
            placed.append((resume_s, 0, timer(EventType.START, _at_ms(started, resume_s))))
    placed += [
        (float(seconds.t_s[row]), 1, _record(seconds, row, started)) for row in range(len(seconds.t_s))
    ]
    placed.sort(key=lambda entry: entry[:2])
    return [*(message for _, _, message in placed), timer(EventType.STOP_ALL, end_ms)]


def _record(seconds: Seconds, row: int, started: datetime) -> Any:
    from fit_tool.profile.messages.record_message import RecordMessage

    cadence, fraction = one_foot(float(seconds.cadence_spm[row]))
    return _message(
        RecordMessage,
        _RECORD,
        timestamp=_at_ms(started, float(seconds.t_s[row])),
        cadence=cadence,
        fractional_cadence=fraction,
        enhanced_speed=float(seconds.speed_m_s[row]),
        distance=float(seconds.distance_m[row]),
        stance_time=1000.0 * float(seconds.contact_time_s[row]),  # ms
        step_length=500.0 * float(seconds.stride_length_m[row]),  # mm; half a stride
    )


def _totals(lap: Lap) -> dict[str, Any]:
    """What laps and the session share."""
    cadence, fraction = one_foot(lap.cadence_spm)
    most, most_fraction = one_foot(lap.max_cadence_spm)
    return {
        "total_elapsed_time": round(lap.end_s - lap.start_s, 3),
        "total_timer_time": round(lap.timer_s, 3),
        "total_distance": lap.distance_m,
        "total_strides": lap.strides,
        "enhanced_avg_speed": lap.speed_m_s,
        "enhanced_max_speed": lap.max_speed_m_s,
        "avg_running_cadence": cadence,
        "avg_fractional_cadence": fraction,
        "max_running_cadence": most,
        "max_fractional_cadence": most_fraction,
        "avg_stance_time": 1000.0 * lap.contact_time_s,
        "avg_step_length": 1000.0 * lap.step_length_m,
    }


def _message(kind: Any, local_id: int = _ONCE, **values: Any) -> Any:
    """A message with the values that are known."""
    message = kind(local_id=local_id)
    for name, value in values.items():
        if value is not None and not (isinstance(value, float) and math.isnan(value)):
            setattr(message, name, value)
    return message


def _at_ms(started: datetime, t_s: float) -> int:
    """An instant of the run as the library has it: ms since 1970, at a whole second."""
    return round(started.timestamp() + round(t_s)) * 1000


def _short(name: str) -> str:
    """A name that a FIT string can hold."""
    return name.encode("utf-8", "ignore")[:_LONGEST_NAME].decode("utf-8", "ignore").replace("\0", "")
