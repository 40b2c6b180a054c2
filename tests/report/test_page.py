"""The page of a run: all that it promises is in it, and nothing gets into it unescaped."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from coach.kept_run import KeptRun
from coach.report.page import NOTICE, page
from coach.report.trend import TrendPoint

from .kept_runs import STARTED, coached_run, long_run, sensor_run, short_run, walked_run


def trend(runs: int) -> list[TrendPoint]:
    """Runs every third day, the last at STARTED."""
    return [
        TrendPoint(STARTED - timedelta(days=3 * (runs - 1 - index)), 164.0 + index, 164.0, 172.0, 0.5)
        for index in range(runs)
    ]


def text_of(run: KeptRun, points: list[TrendPoint] | None = None) -> str:
    return page(run, trend(5) if points is None else points).decode()


@pytest.mark.parametrize("make", [coached_run, sensor_run, short_run, walked_run])
def test_the_page_is_one_file_that_needs_no_other(make: type[KeptRun]) -> None:
    text = text_of(make())
    assert text.startswith("<!doctype html>")
    assert re.findall(r"\bsrc=|href|url\(|@import|https?:", text) == []
    assert text.count(NOTICE) == 1


def test_every_text_is_escaped() -> None:
    bad = "<script>alert('x')</script>&\"\ud800"
    run = replace(coached_run(), device=bad, pod=bad, recording=f"/runs/{bad}")
    text = text_of(run)
    assert "<script" not in text
    assert "&lt;script&gt;alert('x')&lt;" in text


def test_tags_are_closed_in_their_order() -> None:
    class Checker(HTMLParser):
        open_tags: list[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in ("meta", "br"):
                self.open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open_tags.pop() == tag

    checker = Checker()
    checker.open_tags = []
    checker.feed(text_of(coached_run()))
    assert checker.open_tags == []


def test_the_head_tells_the_run_in_numbers() -> None:
    text = text_of(coached_run())
    for words in (
        "Sunday, 22 November 2026",
        ">18:05<",
        ">11:00<",
        "1.80<small>km",
        ">172<small>spm",
        ">2</dd>",
    ):
        assert words in text


def test_bursts_cues_and_warnings_are_marked() -> None:
    text = text_of(coached_run())
    assert text.count('class="chip burst"') == 2
    assert text.count('class="chip low on-target"') == 1
    assert text.count('class="chip low warning"') == 1
    assert text.count('class="shade burst"') == 2 * 5  # in every chart
    assert "quicker steps at 172" in text


def test_lost_signal_is_hatched_in_every_chart_and_the_strip() -> None:
    assert text_of(coached_run()).count('class="shade unknown"') == 6


def test_lower_bounds_are_seen_as_such() -> None:
    run = coached_run()
    clipped = int((run.strides["clipped"] & run.strides["good"]).sum())
    text = text_of(run)
    assert clipped > 0
    assert f"{clipped} single values are lower bounds" in text
    whiskers = re.search(r'd="([^"]*)" class="whisker"', text)
    assert whiskers is not None
    assert whiskers[1].count("M") == clipped
    assert "≥ " in text  # in the table
    assert 'class="mean bound"' in text


def test_a_run_without_clipping_has_no_lower_bounds() -> None:
    run = coached_run()
    strides = run.strides.copy()
    strides["clipped"] = False
    text = text_of(replace(run, strides=strides))
    assert "whisker" not in text.split("</style>")[1]
    assert "≥" not in text


def test_what_is_not_known_is_said_instead_of_an_empty_chart() -> None:
    text = text_of(sensor_run())
    assert text.count("<figure") == 3  # cadence, speed, trend
    assert "does not tell it or the signal was bad: stride length, contact time, impact at the shoe." in text
    assert '<dt>Step length</dt><dd class="value">–</dd><dd class="more">not known</dd>' in text


def test_a_runner_who_never_ran_and_a_run_of_three_seconds_are_told() -> None:
    walked, short = text_of(walked_run(), []), text_of(short_run(), [])
    assert "No running was found in this run. Walking was found." in walked
    assert "This run lasted 3 s: too short to tell of any running." in short
    for text in (walked, short):
        assert "<figure" not in text
        assert "A trend needs two runs" in text
        assert "nan" not in text.split("</style>")[1].lower()


def test_the_trend_shows_every_run_and_marks_this_one() -> None:
    text = text_of(coached_run(), trend(9))
    dots = re.search(r'd="([^"]*)" class="dot"', text)
    this = re.search(r'd="([^"]*)" class="dot this"', text)
    assert dots is not None
    assert this is not None
    assert (dots[1].count("M"), this[1].count("M")) == (9, 1)
    assert "Cadence of 9 runs by date" in text


def test_runs_without_a_known_cadence_leave_no_dot() -> None:
    points = [*trend(4)[:3], replace(trend(4)[3], cadence_spm=None, baseline_spm=None, target_spm=None)]
    dots = re.search(r'd="([^"]*)" class="dot"', text_of(coached_run(), points))
    assert dots is not None
    assert dots[1].count("M") == 3


def test_a_run_that_was_cut_off_says_so() -> None:
    assert "This run was cut off" in text_of(replace(coached_run(), finished=False))


def test_nobody_is_told_how_to_land() -> None:
    text = text_of(coached_run()).lower()
    assert not re.search(r"land (softer|softly|lightly|on your|on the)|softer", text)


def test_two_hours_stay_below_a_megabyte() -> None:
    run = long_run()
    assert len(run.strides) > 10_000
    assert len(page(run, trend(200))) < 600_000
