"""The cadence against its target: the scale, the sparkline and the history that it shows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.cli.live.cadence_chart import chart, scale
from coach.cli.live.cadence_history import COLUMN_S, COLUMNS, CadenceHistory

NAN = float("nan")


def drawn(*history_spm: float, target_spm: float | None = 170.0) -> list[str]:
    return [line.plain for line in chart(history_spm, target_spm, 24, 3, ascii_only=False)]


class TestTheScale:
    def test_shows_the_band_and_where_the_cadence_is(self) -> None:
        assert scale(160.0, 170.0, 49, ascii_only=False).plain == (
            "150 ──────────●──────━━━┃━━━───────────────── 190"
        )

    def test_without_a_target_there_is_no_band(self) -> None:
        shown = scale(165.0, None, 49, ascii_only=False).plain
        assert "●" in shown
        assert not set("━┃") & set(shown)

    @pytest.mark.parametrize(("spm", "sign", "place"), [(100.0, "◀", 4), (250.0, "▶", -5)])
    def test_a_cadence_beyond_it_stands_at_its_end(self, spm: float, sign: str, place: int) -> None:
        assert scale(spm, 170.0, 49, ascii_only=False).plain[place] == sign

    @given(st.floats(0, 400) | st.just(NAN), st.none() | st.floats(60, 240), st.integers(20, 200))
    def test_it_is_as_wide_as_asked_and_has_one_mark_at_most(
        self, spm: float, target_spm: float | None, columns: int
    ) -> None:
        shown = scale(spm, target_spm, columns, ascii_only=True).plain
        assert len(shown) == columns
        assert sum(shown.count(sign) for sign in "O<>") == (not math.isnan(spm))


class TestTheSparkline:
    def test_the_middle_row_is_the_band_of_the_target(self) -> None:
        top, middle, bottom = drawn(163.9, 168.0, 170.0, 172.9, 176.0)
        assert top == "176 " + " " * 19 + "▄"
        assert middle == "170 " + "·" * 16 + "▁▄██"
        assert bottom[-4:] == "████"

    def test_on_target_is_bold(self) -> None:
        line = chart((164.0, 170.0), 170.0, 24, 3, ascii_only=False)[2]
        assert [line.plain[span.start : span.end] for span in line.spans if span.style == "bold"] == ["█"]

    def test_a_gap_stays_a_gap_and_a_walk_does_not_become_one(self) -> None:
        bottom = drawn(170.0, NAN, 110.0, 170.0)[-1]
        assert bottom[-4:] == "█ ▁█"

    def test_the_newest_stands_at_the_right_and_what_does_not_fit_is_left_out(self) -> None:
        assert drawn(*[170.0] * 100, 158.0)[-1] == "164 " + "█" * 19 + "▁"

    @given(
        st.lists(st.floats(0, 400) | st.just(NAN), max_size=COLUMNS),
        st.none() | st.floats(60, 240),
        st.integers(10, 200),
        st.sampled_from([1, 3, 5, 9]),
        st.booleans(),
    )
    def test_it_is_as_large_as_asked(
        self, history_spm: list[float], target_spm: float | None, columns: int, rows: int, ascii_only: bool
    ) -> None:
        lines = chart(history_spm, target_spm, columns, rows, ascii_only=ascii_only)
        assert [len(line.plain) for line in lines] == [columns] * rows
        known = sum(not math.isnan(spm) for spm in history_spm[-(columns - 4) :])
        bottom = lines[-1].plain[4:]
        if rows > 1:  # else the band's dots stand in it
            assert sum(not sign.isspace() for sign in bottom) == known


class TestTheHistory:
    def test_a_column_is_the_median_of_its_seconds(self) -> None:
        history = CadenceHistory()
        for now_s, spm in ((0.1, 160.0), (1.0, 164.0), (2.0, 200.0), (COLUMN_S, 170.0)):
            history.add(now_s, spm)
        assert history.columns(COLUMN_S + 1.0) == (164.0, 170.0)

    def test_seconds_without_a_cadence_are_a_gap(self) -> None:
        history = CadenceHistory()
        history.add(1.0, 160.0)
        history.add(2 * COLUMN_S + 1.0, 170.0)
        first, gap, last = history.columns(2 * COLUMN_S + 2.0)
        assert (first, last) == (160.0, 170.0)
        assert math.isnan(gap)

    def test_hours_take_no_more_room_than_minutes(self) -> None:
        history = CadenceHistory()
        for stride in range(3 * 3600):
            history.add(float(stride), 160.0 + stride / 3600)
        assert len(history.columns(3 * 3600.0)) == COLUMNS
        assert history.columns(1e9) == pytest.approx((NAN,) * COLUMNS, nan_ok=True)
