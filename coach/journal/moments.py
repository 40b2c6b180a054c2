"""Moments as the journal stores them: UTC to the microsecond, and the local offset apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def columns_of_moment(moment: datetime) -> tuple[int, int]:
    """A moment as µs since 1970 UTC and its local offset in seconds.

    Raises:
        ValueError: the moment has no offset.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment in the journal needs the offset of the local time")
    return (moment - _EPOCH) // timedelta(microseconds=1), int(offset.total_seconds())


def moment_of(at_us: int, utc_offset_s: int) -> datetime:
    """The moment again, with its offset."""
    offset = timezone(timedelta(seconds=utc_offset_s))
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(offset)
