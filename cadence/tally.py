"""What a feed counts beside the core's state: int64 words, by name."""

from __future__ import annotations

FIRST_US = 0  # time of the first sample
LAST_US = 1  # time of the newest sample
SAMPLES = 2  # rows fed
MISSING = 3  # rows that could not be used
CLIPPED = 4  # rows at the sensor's limit
GAPS = 5  # silences, and runs of missing rows
STILL_US = 6  # time at standstill
MISSING_RUN = 7  # 1 within a run of missing rows
TALLY_WORDS = 8

LONGEST_STEP_US = 1 << 30
"""18 minutes in int32 µs: a longer silence is a gap like any other, and the step given to the core is
capped here."""
