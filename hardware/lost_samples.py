"""Which samples of a simulated pod never reached its host."""

from __future__ import annotations

JOINED_S = 2.0
"""Losses closer to each other than this are told as one. Our choice: some three strides, in which nobody
could say anything of the runner."""

Span = tuple[float, float]
"""The times of the first and of the last of some samples, in s."""


class LostSamples:
    """Keeps the spans of samples that were lost."""

    def __init__(self) -> None:
        self._spans: list[Span] = []

    def add(self, span: Span) -> None:
        """These were lost. Any order."""
        self._spans.append(span)

    def joined(self) -> list[Span]:
        """From the first sample lost to the last, in order, those joined that are close."""
        found: list[Span] = []
        for start_s, end_s in sorted(self._spans):
            if found and start_s - found[-1][1] < JOINED_S:
                found[-1] = found[-1][0], max(found[-1][1], end_s)
            else:
                found.append((start_s, end_s))
        return found
