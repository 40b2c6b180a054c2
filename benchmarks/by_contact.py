"""Strides scored against truth that is given contact by contact, as by a force plate.

A truth contact is found when a record's contact lies within 0.12 s of it; records between the first and the
last truth contact that match none are extra. A stance begins at a record's contact and is told by the
record after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONTACT_TOLERANCE_S = 0.12
TOLD = ("contact_time_s", "stride_time_s", "length", "toe_off_s")
"""Errors that are all known where a record tells stance and stride."""
SAME_S = 0.15
"""Events and stride times further apart than this belong to different strides."""


@dataclass(frozen=True, slots=True)
class ContactTruth:
    """What is known of each contact: when it is, when the toe leaves after it, how long the stride to the
    next contact takes and how far it goes. Shape (n,) each; NaN where unknown."""

    contact_s: Floats
    toe_off_s: Floats
    stride_time_s: Floats
    stride_length_m: Floats


@dataclass(frozen=True, slots=True)
class ContactErrors:
    """Of one recording. Found minus true, shape (found,) each; NaN where either is unknown."""

    truth_contacts: int
    extra: int
    contact_s: Floats
    toe_off_s: Floats
    contact_time_s: Floats
    stride_time_s: Floats
    length: Floats  # relative
    record: NDArray[np.intp]  # number of the record whose contact it is
    truth: NDArray[np.intp]  # number of the truth contact

    def pooled(self, name: str) -> Floats:
        errors: Floats = getattr(self, name)
        return errors[np.isfinite(errors)]


def match_contacts(found_s: Floats, true_s: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of a record and the truth contact it matches, each record once: two arrays of numbers."""
    if len(found_s) == 0 or len(true_s) == 0:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    away = np.abs(found_s - true_s[:, None])
    record = away.argmin(axis=1)
    truth = np.flatnonzero(away.min(axis=1) <= CONTACT_TOLERANCE_S)
    record, first = np.unique(record[truth], return_index=True)
    return record, truth[first]


def contact_errors(strides: NDArray[np.void], truth: ContactTruth) -> ContactErrors:
    """Set records (STRIDE) beside the contacts of one recording."""
    found_s = strides["t_contact_s"].astype(np.float64)
    record, matched = match_contacts(found_s, truth.contact_s)
    after_known = record + 1 < len(strides)
    after = strides[np.minimum(record + 1, len(strides) - 1)]

    def error(name: str, true: Floats) -> Floats:
        return np.where(after_known, after[name].astype(np.float64), np.nan) - true[matched]

    toe_off = error("t_toe_off_s", truth.toe_off_s)
    stride_time = error("stride_time_s", truth.stride_time_s)
    same = np.abs(stride_time) < SAME_S
    length = error("stride_length_m", truth.stride_length_m) / truth.stride_length_m[matched]
    first, last = (truth.contact_s[[0, -1]]) if len(truth.contact_s) else (np.nan, np.nan)
    between = (found_s > first - CONTACT_TOLERANCE_S) & (found_s < last + CONTACT_TOLERANCE_S)
    return ContactErrors(
        truth_contacts=len(truth.contact_s),
        extra=int(between.sum() - between[record].sum()),
        contact_s=found_s[record] - truth.contact_s[matched],
        toe_off_s=np.where(np.abs(toe_off) < SAME_S, toe_off, np.nan),
        contact_time_s=np.where(same, error("contact_time_s", truth.toe_off_s - truth.contact_s), np.nan),
        stride_time_s=np.where(same, stride_time, np.nan),
        length=np.where(same, length, np.nan),
        record=record,
        truth=matched,
    )


def found_percent(recordings: Iterable[ContactErrors]) -> float:
    """Contacts found, of all."""
    recordings = list(recordings)
    total = sum(errors.truth_contacts for errors in recordings)
    return 100.0 * sum(len(errors.record) for errors in recordings) / total if total else np.nan


def extra_percent(recordings: Iterable[ContactErrors]) -> float:
    """Records that match no contact, of all contacts."""
    recordings = list(recordings)
    total = sum(errors.truth_contacts for errors in recordings)
    return 100.0 * sum(errors.extra for errors in recordings) / total if total else np.nan


def given_percent(recordings: Iterable[ContactErrors]) -> float:
    """Found contacts of which contact time, toe-off, stride time and length are all told."""
    told = [np.isfinite([getattr(errors, name) for name in TOLD]).all(axis=0) for errors in recordings]
    together = np.concatenate([np.empty(0, dtype=np.bool_), *told])
    return 100.0 * float(together.mean()) if len(together) else np.nan


def pool(recordings: Iterable[ContactErrors], name: str) -> Floats:
    """The known errors of one kind over all recordings."""
    return np.concatenate([np.empty(0), *(errors.pooled(name) for errors in recordings)])


def mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan


def median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else np.nan


def largest(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else np.nan


def spread(values: Floats) -> float:
    """Standard deviation of a sample."""
    return float(values.std(ddof=1)) if len(values) > 1 else np.nan


def spread_within(recordings: Iterable[ContactErrors], name: str) -> float:
    """Median over recordings of the spread within each."""
    spreads = np.array([spread(errors.pooled(name)) for errors in recordings])
    return float(np.nanmedian(spreads)) if np.isfinite(spreads).any() else np.nan
