"""The live view: what it shows of a moment, on terminals of every size."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from cadence.cue import CueStatus
from cadence.stride import Activity
from coach.cli.live.plain_lines import plain_line
from coach.cli.live.state import LiveState, PodState, Said
from coach.cli.live.status_words import status_words
from coach.cli.live.view import NARROW_COLUMNS, live_view, losses_words
from firmware_bridge.readings import Losses

NAN = float("nan")
WIDTHS = [30, 56, 80, 200]
SIZES = [(80, 24), (56, 24), (200, 50), (30, 24)]

RUNNING = LiveState(
    pod="sim+ble:steady", elapsed_s=754.2, cadence_spm=164.6, history_spm=(164.0,) * 20, baseline_spm=162.0,
    target_spm=170.0, status=CueStatus.BURST, tempo_spm=172.0,
    said=Said("Quicker steps, 172", "below the target", 12.0), activity=Activity.RUNNING,
    stride_length_m=2.104, contact_time_s=0.245, impact_g=9.81, clipped=False, speed_m_s=2.75,
    distance_m=1234.4, strides=1038, pods=(PodState("", "connected", 98.0, 83),), link_path="in-process",
    losses=Losses(packets=900), recording="runs/today.mcap",
)  # fmt: skip
NOTHING_KNOWN = LiveState(
    pod="serial:COM3", elapsed_s=0.0, cadence_spm=NAN, history_spm=(NAN,), baseline_spm=None, target_spm=None,
    status=None, tempo_spm=None, said=None, activity=Activity.UNKNOWN, stride_length_m=NAN,
    contact_time_s=NAN, impact_g=NAN, clipped=True, speed_m_s=NAN, distance_m=NAN, strides=0,
    pods=(PodState("", "looking for the pod", NAN, None),), link_path="serial",
    losses=Losses(), recording=None,
)  # fmt: skip


def seen(state: LiveState, width: int = 80, height: int = 24, encoding: str = "utf-8") -> list[str]:
    """The lines on a terminal of some size."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)
    terminal = Console(
        file=out, width=width, height=height, force_terminal=True, color_system=None, highlight=False
    )
    terminal.print(live_view(state))
    out.seek(0)
    return out.read().splitlines()


def text(state: LiveState, width: int = 80, height: int = 24) -> str:
    return " ".join(" ".join(seen(state, width, height)).split())


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_number_stands_there_with_its_unit(width: int, height: int) -> None:
    shown = text(RUNNING, width, height)
    for words in (
        "12:34 min", "running", "stride 2.10 m", "contact 245 ms", "impact 9.8 g", "speed 2.75 m/s",
        "distance 1234 m", "link connected", "quality 98 %", "battery 83 %", "runs/today.mcap",
        "losses none",
    ):  # fmt: skip
        assert words in shown
    if width >= NARROW_COLUMNS:
        for words in ("1038 strides", "sim+ble:steady", "target 170 spm", "5 spm below", "baseline 162 spm"):
            assert words in shown
        assert "link connected, in-process" in shown


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fills_no_more_than_the_terminal(width: int, height: int) -> None:
    for state in (RUNNING, NOTHING_KNOWN):
        lines = seen(state, width, height)
        assert len(lines) <= height
        assert max(map(len, lines)) < width


@pytest.mark.parametrize("height", [12, 15, 18, 24, 30, 60])
def test_the_chart_then_the_digits_give_way_on_a_low_terminal(height: int) -> None:
    lines = seen(RUNNING, 80, height)
    assert len(lines) <= height
    assert any("170" in line and "·" in line for line in lines) == (height >= 15)
    assert any("██  ██" in line for line in lines) == (height >= 24)
    assert "losses" in lines[-1]


def test_the_cadence_is_drawn_large() -> None:
    lines = seen(replace(RUNNING, cadence_spm=171.0), width=60)[2:9]
    assert [line[1:35:2].replace("█", "#").rstrip() for line in lines] == [
        "  #   #####   #",
        " ##       #  ##",
        "  #       #   #",
        "  #      #    #",
        "  #     #     #",
        "  #     #     #",
        " ###    #    ###",
    ]
    assert [line[35:].strip() for line in lines if line[35:].strip()] == [
        "spm",
        "target 170 spm",
        "1 spm above",
        "baseline 162 spm",
    ]


def test_on_a_large_terminal_it_is_drawn_at_twice_the_size() -> None:
    small, large = (seen(RUNNING, *size) for size in ((80, 24), (200, 50)))
    doubled = ["".join(2 * sign for sign in line[1:35]) for line in small[2:9] for _ in range(2)]
    assert [line[1:69] for line in large[2:16]] == doubled


def test_each_digit_looks_different() -> None:
    pictures = {
        tuple(line[25:35] for line in seen(replace(RUNNING, cadence_spm=100.0 + digit))[2:9])
        for digit in range(10)
    }
    assert len(pictures) == 10


@pytest.mark.parametrize("width", [30, NARROW_COLUMNS - 1])
def test_a_narrow_terminal_has_the_cadence_as_text(width: int) -> None:
    assert "165 spm target 170 spm" in text(RUNNING, width)
    assert not any("██  ██" in line for line in seen(RUNNING, width))


@pytest.mark.parametrize("state", [RUNNING, replace(NOTHING_KNOWN, pod="ble:Schuh-ü")], ids=["running", "ü"])
def test_a_terminal_that_has_only_ascii_gets_only_ascii(state: LiveState) -> None:
    lines = seen(replace(state, clipped=True), encoding="ascii")
    assert [len(line) for line in lines] == [len(line) for line in seen(replace(state, clipped=True))]
    assert ("impact    >9.8 g" in "\n".join(lines)) == (state is RUNNING)


def test_a_control_character_in_a_name_does_nothing_to_the_terminal() -> None:
    assert "ble:?[2Jpod" in text(replace(RUNNING, pod="ble:\x1b[2Jpod"))


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_not_known_is_a_dash(width: int) -> None:
    shown = text(NOTHING_KNOWN, width)
    for name in ("stride", "contact", "impact", "speed", "distance", "quality", "battery", "coach"):
        assert f"{name} –" in shown
    assert "no target" in shown
    assert "recording off" in shown
    assert "≥" not in shown


class TestTheCoach:
    def test_says_what_and_why_and_when(self) -> None:
        shown = text(RUNNING)
        assert "coach Quicker steps, 172 (below the target) 10 s ago now" in shown
        assert "now metronome at 172 spm" in shown

    @pytest.mark.parametrize(
        ("age_s", "words"),
        [
            (0.0, "just now"),
            (5.0, "5 s ago"),
            (59.0, "55 s ago"),
            (60.0, "1 min ago"),
            (599.0, "9 min ago"),
            (600.0, "long ago"),
        ],
    )
    def test_the_time_since_is_told_in_steps(self, age_s: float, words: str) -> None:
        assert f"coach On target {words} now" in text(replace(RUNNING, said=Said("On target", "", age_s)))

    def test_every_state_has_words_of_its_own(self) -> None:
        told = [status_words(status, None) for status in (None, *CueStatus)]
        assert len(set(told)) == len(told)
        assert all(len(words) <= NARROW_COLUMNS - 2 - 7 for words in told)

    def test_its_silence_has_a_reason(self) -> None:
        shown = text(replace(RUNNING, status=CueStatus.HILL, tempo_spm=None))
        assert "now silent on a hill" in shown

    def test_before_the_target_is_known_it_says_so(self) -> None:
        learning = replace(
            RUNNING, status=CueStatus.LEARNING, target_spm=None, baseline_spm=None, said=None, tempo_spm=None
        )
        assert "no target yet" in text(learning)
        assert "nothing said yet" in text(learning)
        assert "learning your own cadence" in text(learning)

    @pytest.mark.parametrize("width", [56, 80])
    def test_its_longest_words_are_seen_whole(self, width: int) -> None:
        words = "You are landing further forward than before. That loads the Achilles tendon more"
        assert words in text(replace(RUNNING, said=Said(words, "", 3.0)), width).replace("just now ", "")


known = st.one_of(st.just(NAN), st.floats(min_value=0, max_value=5000))
anything = st.none() | known
FLOATS = [field.name for field in fields(LiveState) if field.type == "float" and field.name != "elapsed_s"]
MAYBE = [field.name for field in fields(LiveState) if field.type == "float | None"]


@given(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(FLOATS, known),
            **dict.fromkeys(MAYBE, anything),
            "history_spm": st.lists(known, max_size=192).map(tuple),
            "status": st.none() | st.sampled_from(CueStatus),
            "said": st.none() | st.builds(Said, st.just("On target"), st.just(""), st.floats(0, 9000)),
            "activity": st.sampled_from(Activity),
            "clipped": st.booleans(),
        }
    ),
    st.sampled_from(SIZES),
    st.sampled_from(["utf-8", "ascii"]),
)
@settings(max_examples=60)
def test_no_state_breaks_it_and_nan_and_none_are_never_words(
    fields: dict[str, Any], size: tuple[int, int], encoding: str
) -> None:
    state = replace(NOTHING_KNOWN, **fields, losses=Losses(lost_frames=1))
    width, height = size
    lines = seen(state, width, height, encoding)
    assert len(lines) == len(seen(RUNNING, width, height))
    for shown in ("\n".join(lines), plain_line(state)):
        assert "nan" not in shown.lower()
        assert "none" not in shown.lower()


def test_a_clipped_impact_is_a_lower_bound() -> None:
    assert "impact ≥9.8 g" in text(replace(RUNNING, clipped=True))


@pytest.mark.parametrize(
    ("cadence_spm", "words"),
    [(164.6, "5 spm below"), (169.8, "on target"), (170.4, "on target"), (172.0, "2 spm above"), (NAN, "")],
)
def test_the_target_agrees_with_the_cadence_that_is_shown(cadence_spm: float, words: str) -> None:
    shown = text(replace(RUNNING, cadence_spm=cadence_spm, said=None))
    assert "target 170 spm" in shown
    assert words in shown
    assert ("below" in shown, "above" in shown) == ("below" in words, "above" in words)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_moves_from_the_first_picture_on(width: int, height: int) -> None:
    """Every label stands in its place, whatever is known."""
    labels = (
        "coach", "now", "stride", "contact", "impact", "speed", "link", "quality", "battery", "distance",
        "recording", "losses",
    )  # fmt: skip
    first, later = (seen(state, width, height) for state in (NOTHING_KNOWN, RUNNING))
    assert len(first) == len(later)
    for label in labels:
        places = [
            [(row, line.index(f"{label} ")) for row, line in enumerate(lines) if f" {label} " in line]
            for lines in (first, later)
        ]
        assert places[0] == places[1] != []


def test_losses_are_told_by_kind() -> None:
    assert "losses none" in text(RUNNING)
    lossy = Losses(
        packets=9, bad_packets=Counter({"wrong CRC": 2, "too short": 1}), lost_frames=12, disconnects=1
    )
    assert "losses 3 damaged, 12 lost, 1 reconnect" in text(replace(RUNNING, losses=lossy))


def test_a_recording_that_stopped_says_so_in_its_place() -> None:
    shown = text(replace(RUNNING, recording_failed="recording stopped: no space left on device"))
    assert "recording stopped: no space left on device" in shown
    assert shown.count("recording") == 1
    assert "today.mcap" not in shown


def test_of_a_long_path_the_end_is_seen() -> None:
    shown = seen(replace(RUNNING, recording="/home/" + "long/" * 30 + "today.mcap"))
    assert shown[-2].endswith("/long/today.mcap")
    assert shown[-2].startswith(" recording …")


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


class TestTwoPods:
    """A pod on each foot: both links and batteries are seen."""

    BOTH = replace(
        RUNNING,
        pods=(
            PodState("left", "lost, looking for the pod", 41.0, 83),
            PodState("right", "connected", 98.0, 64),
        ),
    )

    @pytest.mark.parametrize(("width", "height"), SIZES)
    def test_what_differs_is_told_of_each(self, width: int, height: int) -> None:
        shown = text(self.BOTH, width, height)
        assert "link L lost, R conn" in shown
        assert "quality L 41 %, R 98 %" in shown
        assert "battery L 83 %, R 64 %" in shown

    def test_what_is_the_same_is_told_once(self) -> None:
        alike = replace(
            RUNNING, pods=(PodState("left", "connected", 98.0, 83), PodState("right", "connected", 98.0, 83))
        )
        assert seen(alike) == seen(RUNNING)
        assert plain_line(alike) == plain_line(RUNNING)

    def test_lines_tell_which_is_away(self) -> None:
        assert "link L lost, R connected" in plain_line(self.BOTH)
