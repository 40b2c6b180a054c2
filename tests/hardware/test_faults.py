"""Faults are asked for by name, drawn from a seed, and counted where they are done."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.faults.frame_faults import FrameFaults
from hardware.faults.plan import FAULTS, Fault, FaultPlan, Injected, parse_faults


def test_a_list_of_faults_is_read() -> None:
    assert parse_faults("drop=0.05,link-loss@10+3, restart@20").faults == (
        Fault("drop", 0.05, 0.0, math.inf),
        Fault("link-loss", 0.0, 10.0, 3.0),
        Fault("restart", 0.0, 20.0, 0.0),
    )


@pytest.mark.parametrize("text", ["", " ", ","])
def test_nothing_is_no_fault(text: str) -> None:
    assert parse_faults(text) == FaultPlan()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_defaults_for_what_is_left_out(name: str) -> None:
    (fault,) = parse_faults(name).faults
    kind = FAULTS[name]
    assert (fault.amount, fault.start_s, fault.length_s) == (kind.amount, kind.start_s, kind.length_s)


@pytest.mark.parametrize("name", [name for name, kind in FAULTS.items() if kind.amount_is])
@given(data=st.data())
def test_what_is_written_is_read_back(name: str, data: st.DataObject) -> None:
    kind = FAULTS[name]
    amount = data.draw(st.floats(kind.smallest, min(kind.largest, 1e6)))
    start_s = data.draw(st.floats(0.0, 1e6))
    (fault,) = parse_faults(f"{name}={amount}@{start_s}").faults
    assert (fault.amount, fault.start_s) == (amount, start_s)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drops", r"no fault 'drops'.*drop=0\.02 \(share of frames\).*link-loss.*restart"),
        ("drop=", "no fault 'drop='"),
        ("drop+3", r"no fault 'drop\+3'"),
        ("=3@1", "no fault"),
        ("drop=2", "share of frames, is from 0 to 1"),
        ("mtu=20", "MTU in bytes, is from 23 to 517"),
        ("drop=x", "'x' in the fault 'drop=x' is not a number"),
        ("stall@nan", "'nan' in the fault 'stall@nan' is not a number"),
        ("stall@5+inf", "'inf' in the fault"),
        ("stall@-5", "below 0"),
        ("stall=3@5", r"stall takes no amount: write stall\[@start\+length\]"),
        ("restart@5+2", "restart has no length: write restart@start"),
        ("drop=0.6,duplicate=0.6", "more than 1 together"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        parse_faults(text)
    assert "\n" not in str(error.value)


FRAME = bytes(range(200))


def befallen(text: str, *, frames: int = 4000, seed: int = 3) -> tuple[list[tuple[bytes, ...]], Injected]:
    injected = Injected()
    faults = FrameFaults(parse_faults(text), seed, injected)
    return [faults.befall(FRAME, index * 0.05) for index in range(frames)], injected


def what_happened(handed: tuple[bytes, ...]) -> str:
    match handed:
        case ():
            return "dropped"
        case (one,) if one == FRAME:
            return "nothing"
        case (one,) if len(one) < len(FRAME):
            assert FRAME.startswith(one)
            assert one
            return "truncated"
        case (one,):
            flipped = np.unpackbits(np.frombuffer(one, np.uint8) ^ np.frombuffer(FRAME, np.uint8))
            assert flipped.sum() == 1
            return "corrupted"
        case _:
            assert handed == (FRAME, FRAME)
            return "duplicated"


def test_frames_meet_their_faults_as_often_as_asked_and_each_is_counted() -> None:
    handed, injected = befallen("drop=0.1,duplicate=0.05,truncate=0.05,corrupt=0.2")
    seen = Counter(map(what_happened, handed))
    for name, share in {"dropped": 0.1, "duplicated": 0.05, "truncated": 0.05, "corrupted": 0.2}.items():
        assert seen[name] / len(handed) == pytest.approx(share, abs=0.02)
        assert seen[name] == asdict(injected)[name]


def test_the_same_seed_meets_the_same_faults() -> None:
    assert befallen("corrupt=0.5") == befallen("corrupt=0.5")
    assert befallen("corrupt=0.5") != befallen("corrupt=0.5", seed=4)


def test_a_fault_lasts_from_its_start_for_its_length() -> None:
    handed, injected = befallen("drop=1@10+5")
    times = [index * 0.05 for index, frames in enumerate(handed) if not frames]
    assert (times[0], times[-1]) == pytest.approx((10.0, 14.95))
    assert injected.dropped == 100


def test_an_mtu_cuts_every_frame_and_nothing_else_befalls_it() -> None:
    handed, injected = befallen("mtu=23@0+50,drop=0.5")
    assert handed[:1000] == [(FRAME[:20],)] * 1000
    assert injected.cut == 1000
    assert injected.dropped == pytest.approx(1500, abs=150)


def test_a_clock_error_puts_the_clock_forward_and_never_back() -> None:
    plan = parse_faults("clock-error=1000@10+20,clock-error=-500@40")
    t_s = np.arange(0.0, 100.0, 0.01)
    clock_s = t_s + plan.clock_fast_s(t_s)
    assert clock_s[np.searchsorted(t_s, [5.0, 20.0, 35.0, 60.0])] == pytest.approx(
        [5.0, 20.01, 35.02, 60.01], abs=1e-5
    )
    assert np.diff(clock_s) == pytest.approx(0.01, rel=2e-3)
