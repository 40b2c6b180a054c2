"""The page runs as the host runs: the same messages give the same strides and cues, every field of them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadence.cue import cue_to_dict
from cadence.stride import STRIDE, Activity, Side, to_dict
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.live import follow
from coach.run import Found, Run
from firmware_bridge.frames import Mode, StrideFrame, encode
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.catalogue import decoders
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, OpenPod
from hardware.faults.plan import parse_faults
from hardware.lapse import run_lapsed
from hardware.pod_spec import PodSpec
from hardware.simulation import simulation

from ..coach.hand_made_runs import TOLD, random_strides
from ..firmware_bridge.open_pod_frames import hello
from ..live.notebook import Notebook
from .page_in_node import (
    Node,
    Plain,
    known,
    page_in_node,
    plain_losses,
    plain_update,
    plain_writes,
    told,
)
from .pod_lives import START_US, open_pod_lives, rsc_lives, whole_us

COACHED = CoachSettings(baseline_spm=165.0, baseline_speed_m_s=3.0, target_spm=172.0)
LEARNING = CoachSettings(fade=0.25)
SECONDS = 75.0
"""Of a simulated run: the coach watches half a minute before its first word."""
STRIDE_VALUES = [name for name in STRIDE.names or () if STRIDE[name] == np.float32 and name != "cadence_spm"]
"""Of a STRIDE record, those that a pod tells beside the times."""
EXAMPLES = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with page_in_node(tmp_path_factory.mktemp("page")) as asked:
        yield asked


def plain_found(found: Found) -> Plain:
    return {
        "strides": [to_dict(stride) for stride in found.strides],
        "cues": [cue_to_dict(cue) for cue in found.cues],
        "updates": [plain_update(update) for update in found.updates],
        "presses": [asdict(press) for press in found.presses],
    }


def state_of(run: Run) -> Plain:
    foot, counters = run.lead, run.counters
    live = run.live
    return {
        "pod": foot.pod,
        "device": run.device,
        "battery_percent": foot.battery_percent,
        "connected": run.connected,
        "stalled": foot.stalled,
        "losses": plain_losses(run.losses),
        "duration_s": counters.duration_s,
        "stationary_s": counters.stationary_s,
        "live": {
            "activity": live.activity.name.lower(),
            "cadence_spm": shortest(live.cadence_spm),
            "speed_m_s": shortest(live.speed_m_s),
            "age_s": known(live.age_s),
        },
        "last_stride": None if foot.last_stride is None else to_dict(foot.last_stride),
    }


def shortest(value: float | None) -> float | None:
    """A float32 as the page has it."""
    return None if value is None or not math.isfinite(value) else float(str(np.float32(value)))


def by_the_host(messages: Sequence[Message], settings: CoachSettings, side: Side, detailed: bool) -> Plain:
    coach = Coach(settings)
    run = Run(decoders(), sides=(side,), coach=coach)
    steps = []
    for message in messages:
        found = plain_found(run.take(message))
        steps.append(found | {"requests": plain_writes(run.requests())} | (state_of(run) if detailed else {}))
    (rest,) = run.finish()
    return {
        "steps": steps,
        "rest": plain_found(rest),
        **state_of(run),
        "coach": {
            "status": coach.status.name.lower(),
            "baseline_spm": shortest(coach.baseline_spm),
            "target_spm": shortest(coach.target_spm),
            "tempo_spm": shortest(coach.tempo_spm),
        },
        "counters": asdict(run.counters),
    }


def by_the_page(
    node: Node, messages: Sequence[Message], settings: CoachSettings, side: Side, detailed: bool
) -> Plain:
    side_name = None if side is Side.UNKNOWN else side.name.lower()
    options = {"policy": asdict(settings), "side": side_name}
    found: Plain = node.ask("run", options=options, messages=told(messages), detailed=detailed)
    # The core counts samples alone; the run knows how long strides and updates lasted.
    found["counters"]["duration_s"] = found["duration_s"]
    for state in (found, *(found["steps"] if detailed else ())):
        for name in ("cadence_spm", "speed_m_s"):  # a ready-made speed is no float32
            state["live"][name] = shortest(state["live"][name])
    return found


def assert_runs_the_same(
    node: Node,
    messages: Sequence[Message],
    settings: CoachSettings = COACHED,
    side: Side = Side.UNKNOWN,
    *,
    detailed: bool = False,
) -> Plain:
    """Returns what the host found."""
    expected = by_the_host(messages, settings, side, detailed)
    found = by_the_page(node, messages, settings, side, detailed)
    for number, (ours, theirs) in enumerate(zip(found["steps"], expected["steps"], strict=True)):
        assert ours == theirs, f"message {number}: {messages[number]}"
    assert found == expected
    return expected


def every(found: Plain, what: str) -> list[Plain]:
    """All strides, cues, updates or presses of a run."""
    return [each for step in (*found["steps"], found["rest"]) for each in step[what]]


def messages_of(mode: Mode, faults: str) -> list[Message]:
    """What came over the link with a simulated pod that met with faults."""
    kept = Notebook()

    async def record() -> None:
        plan = parse_faults(faults)
        async with simulation(PodSpec("direct", mode=mode), plan, (OpenPod(mode),)) as simulated:

            async def end() -> None:
                await asyncio.sleep(SECONDS)
                await simulated.link.close()

            ending = asyncio.ensure_future(end())
            await follow(simulated.link, Run(decoders()), recorder=kept, show=lambda _: None)
            await ending

    run_lapsed(record(), math.inf)
    return whole_us(kept.messages)


FAULTS = {
    "none": "",
    "frames": "duplicate=0.02,drop=0.03@45+12,corrupt=0.02@50+9,truncate=0.02@50+9",
    "link-loss": "link-loss@8+3,stall@60+1.6,link-loss@66+2",
    "restart": "clock-error=400,restart@30,burst=0.4@40+4,restart@61",
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("mode", [Mode.RAW, Mode.STRIDES], ids=["raw", "strides"])
def test_a_simulated_pod(node: Node, mode: Mode, faults: str) -> None:
    found = assert_runs_the_same(node, messages_of(mode, faults), side=Side.LEFT)
    assert len(every(found, "strides")) > 60
    assert {cue["kind"] for cue in every(found, "cues")} >= {"burst_up"}


@EXAMPLES
@given(
    messages=open_pod_lives("open") | open_pod_lives("open-strides"),
    side=st.sampled_from(Side),
)
def test_an_open_pod_to_which_anything_happens(node: Node, messages: list[Message], side: Side) -> None:
    assert_runs_the_same(node, messages, side=side, detailed=True)


@EXAMPLES
@given(messages=rsc_lives())
def test_a_running_speed_and_cadence_sensor(node: Node, messages: list[Message]) -> None:
    assert_runs_the_same(node, messages, LEARNING, detailed=True)


def test_runners_to_whom_everything_happens(node: Node) -> None:
    reasons = set()
    for seed, told_to_coach in enumerate((TOLD, TOLD, CoachSettings(), LEARNING)):
        messages = strides_mode(random_strides(seed, minutes=30.0), Random(seed))
        found = assert_runs_the_same(node, messages, told_to_coach)
        reasons |= {cue["reason"] for cue in every(found, "cues")}
    assert reasons >= {"below_target", "above_target", "over", "reached", "signal"}


def strides_mode(strides: list[tuple[int, np.void]], draw: Random) -> list[Message]:
    """Strides as a pod tells them, over a link that is lost and silent at times."""
    messages: list[Message] = [LinkEvent(START_US * 1000, LinkState.CONNECTED, "open-strides")]
    first = hello(mode=Mode.STRIDES)
    messages.append(Packet(START_US * 1000, NOTIFY_CHANNEL, encode(first)))
    for number, (t_us, stride) in enumerate(strides, start=1):
        values = tuple(float(stride[name]) for name in STRIDE_VALUES)
        times = (t_us - 300_000) % (1 << 32), (t_us - 60_000) % (1 << 32), t_us
        activity, good = Activity(int(stride["activity"])), bool(stride["good"])
        frame = StrideFrame(first.boot, number, *times, values, activity, False, good, Side.RIGHT)
        t_ns = (START_US + t_us + draw.randrange(90_000)) * 1000
        messages.append(Packet(t_ns, NOTIFY_CHANNEL, encode(frame)))
        if draw.random() < 0.01:
            state, back = draw.choice(
                [(LinkState.LOST, LinkState.CONNECTED), (LinkState.STALLED, LinkState.RESUMED)]
            )
            messages.append(LinkEvent(t_ns, state))
            messages.append(LinkEvent(t_ns, back, "open-strides" if back is LinkState.CONNECTED else ""))
    return messages


def test_before_the_first_connection_nothing_is_read(node: Node) -> None:
    messages = [
        Packet(START_US * 1000, NOTIFY_CHANNEL, encode(hello())),
        LinkEvent(START_US * 1000, LinkState.LOST),
    ]
    found = assert_runs_the_same(node, messages, detailed=True)
    assert (found["pod"], found["device"], found["losses"]["packets"]) == ("", "", 0)
