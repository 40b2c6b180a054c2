"""A simulated pod is named in one word, and a slip is told with what is known."""

from __future__ import annotations

import pytest

from cadence.stride import Side
from hardware.gait import Pace
from hardware.pod_spec import ROUND_S, PodSpec, parse_pod_spec


@pytest.mark.parametrize(("text", "way"), [("sim", "direct"), ("sim+serial", "serial"), ("sim+ble", "ble")])
def test_a_pod_alone_runs_steadily_at_165_spm_on_the_right_foot(text: str, way: str) -> None:
    spec = parse_pod_spec(text)
    assert (spec.way, spec.scenario, spec.pod, spec.side) == (way, "steady", "open", Side.RIGHT)
    assert (spec.pace.cadence_spm, spec.pace.speed_m_s, spec.rate_hz, spec.lapse) == (165.0, 3.0, 208.0, 1.0)


def test_scenario_and_settings_are_read() -> None:
    spec = parse_pod_spec("sim+ble:hill,seed=4,spm=172,speed=3.2,side=left,lapse=10,rate=416,pod=polar")
    assert spec == PodSpec(
        way="ble",
        scenario="hill",
        pace=Pace(cadence_spm=172.0, speed_m_s=3.2),
        seed=4,
        side=Side.LEFT,
        lapse=10.0,
        rate_hz=416.0,
        pod="polar",
    )


@pytest.mark.parametrize("text", ["sim,seed=4", "sim:seed=4", "sim:steady,seed=4", "sim: steady , seed = 4"])
def test_the_scenario_may_be_left_out(text: str) -> None:
    assert parse_pod_spec(text) == PodSpec("direct", seed=4)


def test_a_round_of_the_scenario_is_short_enough_to_be_seen() -> None:
    segments = parse_pod_spec("sim:stops,spm=180").segments()
    assert sum(segment.duration_s for segment in segments) == pytest.approx(ROUND_S)
    assert {segment.pace.cadence_spm for segment in segments if segment.pace} == {114.0, 180.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sim+usb", r"no simulated pod 'sim\+usb': choose one of sim, sim\+serial, sim\+ble"),
        ("sim:jog", "no scenario 'jog': choose one of steady, walk"),
        ("sim,color=red", "no setting 'color': there are seed, spm"),
        ("sim,spm", "spm= is not a number"),
        ("sim,spm=nan", "spm=nan is not a number"),
        ("sim,spm=400", "cadence of 400.0 spm is outside 60 to 260"),
        ("sim,speed=90", "speed of 90.0 m/s"),
        ("sim,seed=-1", "whole number"),
        ("sim,side=up", "choose one of left, right"),
        ("sim,lapse=0", "above 0"),
        ("sim,lapse=1e308", "lapse=1e308 cannot be: give a number above 0, up to "),
        ("sim,rate=100", "choose one of 52, 104, 208, 416, 833"),
        ("sim+ble,pod=casio", "choose one of open, movesense, polar, rsc"),
        ("sim,pod=polar", "no setting 'pod'"),
    ],
)
def test_a_slip_is_told_in_one_line_with_what_is_known(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        parse_pod_spec(text)
    assert "\n" not in str(error.value)
