"""The live view: what it shows of a moment, on terminals of every width."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from cadence.stride import Activity
from coach.cli.live_view import NARROW_COLUMNS, LiveState, live_view, losses_words
from firmware_bridge.readings import Losses

NAN = float("nan")
WIDTHS = [30, 60, 80, 200]

RUNNING = LiveState(
    pod="sim+ble:steady", elapsed_s=754.2, cadence_spm=164.6, target_spm=170.0, activity=Activity.RUNNING,
    stride_length_m=2.104, contact_time_s=0.245, impact_g=9.81, clipped=False, speed_m_s=2.75,
    distance_m=1234.4, strides=1038, link="connected", link_path="in-process", quality_percent=98.0,
    battery_percent=83, losses=Losses(packets=900), recording="runs/today.mcap",
)  # fmt: skip
NOTHING_KNOWN = LiveState(
    pod="serial:COM3", elapsed_s=0.0, cadence_spm=NAN, target_spm=None, activity=Activity.UNKNOWN,
    stride_length_m=NAN, contact_time_s=NAN, impact_g=NAN, clipped=True, speed_m_s=NAN, distance_m=NAN,
    strides=0, link="looking for the pod", link_path="serial", quality_percent=NAN, battery_percent=None,
    losses=Losses(), recording=None,
)  # fmt: skip


def seen(state: LiveState, width: int = 80, encoding: str = "utf-8") -> list[str]:
    """The lines on a terminal of some width."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)
    Console(file=out, width=width, force_terminal=True, color_system=None, highlight=False).print(
        live_view(state)
    )
    out.seek(0)
    return out.read().splitlines()


def text(state: LiveState, width: int = 80) -> str:
    return " ".join(" ".join(seen(state, width)).split())


@pytest.mark.parametrize("width", WIDTHS)
def test_every_number_stands_there_with_its_unit(width: int) -> None:
    shown = text(RUNNING, width)
    for words in (
        "12:34 min", "running", "stride 2.10 m", "contact 245 ms", "impact 9.8 g", "speed 2.75 m/s",
        "distance 1234 m", "link connected", "by in-process", "quality 98 %", "battery 83 %",
        "strides 1038", "target 170 spm", "runs/today.mcap",
    ):  # fmt: skip
        assert words in shown


def test_the_cadence_is_drawn_large() -> None:
    lines = seen(replace(RUNNING, cadence_spm=171.0), width=60)
    drawn = [line for line in lines if "█" in line]
    assert [line[1:35:2].replace("█", "#").rstrip() for line in drawn] == [
        "  #   #####   #",
        " ##       #  ##",
        "  #       #   #",
        "  #      #    #",
        "  #     #     #",
        "  #     #     #",
        " ###    #    ###",
    ]
    assert [line[35:].strip() for line in drawn if line[35:].strip()] == [
        "spm",
        "target 170 spm",
        "1 spm above",
    ]


def test_each_digit_looks_different() -> None:
    pictures = {
        tuple(line[25:35] for line in seen(replace(RUNNING, cadence_spm=100.0 + digit, target_spm=None)))[2:9]
        for digit in range(10)
    }
    assert len(pictures) == 10


@pytest.mark.parametrize("width", [30, NARROW_COLUMNS - 1])
def test_a_narrow_terminal_has_the_cadence_as_text(width: int) -> None:
    assert "165 spm target 170 spm" in text(RUNNING, width)
    assert not any("█" in line for line in seen(RUNNING, width))


def test_a_terminal_without_block_characters_has_the_cadence_as_text() -> None:
    assert any("165 spm" in line for line in seen(RUNNING, encoding="ascii"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", [RUNNING, NOTHING_KNOWN], ids=["running", "nothing known"])
def test_no_line_is_longer_than_the_terminal(state: LiveState, width: int) -> None:
    assert max(map(len, seen(state, width))) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_not_known_is_a_dash(width: int) -> None:
    shown = text(NOTHING_KNOWN, width)
    for name in ("stride", "contact", "impact", "speed", "distance", "quality", "battery"):
        assert f"{name} –" in shown
    assert "target" not in shown
    assert "recording" not in shown
    assert "≥" not in shown


numbers = st.one_of(st.just(NAN), st.floats(min_value=0, max_value=5000))


@given(
    st.fixed_dictionaries(
        {
            field.name: numbers
            for field in fields(LiveState)
            if field.type == "float" and field.name != "elapsed_s"
        }
    ),
    st.none() | st.floats(min_value=100, max_value=220),
    st.sampled_from(WIDTHS),
)
@settings(max_examples=80)
def test_nan_and_none_are_never_words(known: dict[str, float], target_spm: float | None, width: int) -> None:
    shown = text(replace(NOTHING_KNOWN, **known, target_spm=target_spm), width).lower()
    assert "nan" not in shown
    assert "none" not in shown


def test_a_clipped_impact_is_a_lower_bound() -> None:
    assert "impact ≥9.8 g" in text(replace(RUNNING, clipped=True))


@pytest.mark.parametrize(
    ("cadence_spm", "words"),
    [(164.6, "5 spm below"), (169.8, "on target"), (170.4, "on target"), (172.0, "2 spm above"), (NAN, "")],
)
def test_the_target_agrees_with_the_cadence_that_is_shown(cadence_spm: float, words: str) -> None:
    shown = text(replace(RUNNING, cadence_spm=cadence_spm))
    assert "target 170 spm" in shown
    assert words in shown
    assert ("below" in shown, "above" in shown) == ("below" in words, "above" in words)


def test_nothing_moves_from_one_moment_to_the_next() -> None:
    """Every line begins with the same word in the same column, whatever is known, losses last."""
    later = replace(RUNNING, losses=Losses(stalls=2), strides=9, cadence_spm=99.4, link="lost")
    before, after = seen(RUNNING), seen(later)
    assert len(after) == len(before) + 1
    for line, other in zip(before[10:15], after[10:15], strict=True):
        assert [line.index(word) for word in line.split()[:1]] == [other.index(other.split()[0])]
        assert line[:11] == other[:11]
        assert line[25:35] == other[25:35]


def test_losses_are_shown_only_when_there_are_some() -> None:
    assert "losses" not in text(RUNNING)
    lossy = Losses(
        packets=9, bad_packets=Counter({"wrong CRC": 2, "too short": 1}), lost_frames=12, disconnects=1
    )
    assert "losses 3 damaged, 12 lost, 1 reconnect" in text(replace(RUNNING, losses=lossy))


def test_a_recording_that_stopped_says_so_in_its_place() -> None:
    shown = text(replace(RUNNING, recording_failed="recording stopped: no space left on device"))
    assert "recording stopped: no space left on device" in shown
    assert shown.count("recording") == 1
    assert "today.mcap" not in shown


def test_no_kind_of_loss_is_passed_over() -> None:
    assert losses_words(Losses(packets=100)) == ""
    counted = [field.name for field in fields(Losses) if field.name not in ("packets", "bad_packets")]
    one, many = ({losses_words(replace(Losses(), **{name: n})) for name in counted} for n in (1, 2))
    assert len(one) == len(many) == len(counted)
    assert all(words.startswith("1 ") for words in one)
    assert all(words.startswith("2 ") for words in many)
    assert {"1 reconnect", "1 stall", "1 restart of the pod"} <= one
    assert {"2 reconnects", "2 stalls", "2 restarts of the pod"} <= many
    assert losses_words(Losses(bad_packets=Counter({"wrong CRC": 4}))) == "4 damaged"
    assert losses_words(Losses(lost_frames=2, lost_samples=26)) == "2 lost"
