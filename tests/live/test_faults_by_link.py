"""Every fault over every link: the strides stay right, every loss is counted, the pod is found again.

One run of a simulated pod per cell of the table, through the same links, decoder and detector as a run
with a real pod, and once more from its messages, which must give the same strides.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.live import follow
from coach.replay import Replay, Tally, replay_messages
from coach.run import Found, Run
from firmware_bridge.frames import BatteryFrame, decode
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.serial_framing import unpack
from hardware.ble import private_bus
from hardware.faults.plan import Injected, parse_faults
from hardware.lapse import run_lapsed
from hardware.pod_spec import PodSpec
from hardware.simulation import simulation

from .notebook import Notebook

SECONDS = 16.0
BEGIN_S = 3.0
SETTLED_S = 3.0
"""After the end of a fault the cadence must be right."""
FOUND_AGAIN_S = 3.0
"""After a pod's return it must be connected."""

FAULTS = {
    "none": "",
    "drop": "drop=0.05@3+4",
    "duplicate": "duplicate=0.1@3+4",
    "truncate": "truncate=0.05@3+4",
    "corrupt": "corrupt=0.05@3+4",
    "mtu": "mtu=23@3+2",
    "stall": "stall@3+1.5",
    "burst": "burst=0.4@3+4",
    "link-loss": "link-loss@3+2",
    "restart": "restart@3",
    "low-battery": "low-battery=5@3",
    "clock-error": "clock-error=500",
    "slow-consumer": "slow-consumer@3+4",
    "everything": "drop=0.02,duplicate=0.02,corrupt=0.02,truncate=0.02,link-loss@3+2,restart@6,stall@7+0.5",
}
LINKS = ("direct", "serial", "in-process", "bluez-dbus")
QUEUE_PACKETS = 48
"""Small, so that a consumer that sleeps for four seconds meets its end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of a run."""

    replay: Replay
    messages: list[Message]
    injected: Injected
    truth: NDArray[np.void]
    battery_percent: int | None
    fault_end_s: float


@cache
def outcome(link: str, fault: str) -> Outcome:
    """The run of one cell. In memory and in process time jumps, so it takes no longer than it computes."""
    lapse = {"direct": math.inf, "in-process": math.inf, "serial": 12.0, "bluez-dbus": 8.0}[link]
    return run_lapsed(_run(link, FAULTS[fault]), lapse)


async def _run(link: str, faults: str) -> Outcome:
    plan = parse_faults(faults)
    way = {"direct": "direct", "serial": "serial"}.get(link, "ble")
    ble_way = link if way == "ble" else "best"
    run, kept = Run(lambda _: OpenPod().decoder()), Notebook()
    tally = Tally(run)
    async with simulation(PodSpec(way), plan, ble_way=ble_way, capacity=QUEUE_PACKETS) as simulated:
        ended: list[asyncio.Task[None]] = []

        def show(found: Found) -> None:
            tally.add(found)
            if run.connected and not ended:
                ended.append(asyncio.get_running_loop().create_task(end()))

        async def end() -> None:
            await asyncio.sleep(SECONDS)
            await simulated.link.close()

        await follow(simulated.link, run, recorder=kept, show=show)
        await asyncio.gather(*ended)
        if way == "ble":
            assert simulated.link.path == link
        ends = [fault.start_s + fault.length_s for fault in plan.faults if fault.name != "clock-error"]
        return Outcome(
            tally.replay(),
            kept.messages,
            simulated.injected,
            simulated.pod.truth.strides,
            run.lead.battery_percent,
            max((end_s for end_s in ends if math.isfinite(end_s)), default=BEGIN_S),
        )


def nearest(times_s: NDArray[np.float64], among_s: NDArray[np.float64]) -> NDArray[np.intp]:
    """Of each time the index of the nearest among others."""
    return np.abs(times_s[:, None] - among_s).argmin(axis=1)


@pytest.fixture(params=LINKS)
def link(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "bluez-dbus" and not private_bus.is_available():
        pytest.skip("dbus-daemon is not installed")
    return name


@pytest.mark.parametrize("fault", FAULTS)
class TestUnderEachFault:
    def test_the_recorded_messages_give_the_same_strides(self, link: str, fault: str) -> None:
        live = outcome(link, fault)
        again = replay_messages(live.messages, Run(lambda _: OpenPod().decoder()))
        assert again.strides.tobytes() == live.replay.strides.tobytes()
        assert again.counters == live.replay.counters
        assert again.losses == live.replay.losses

    def test_no_stride_is_doubled_or_invented(self, link: str, fault: str) -> None:
        live = outcome(link, fault)
        found_s = live.replay.strides["t_contact_s"]
        truth_s = live.truth["t_contact_s"]
        meant = nearest(found_s, truth_s)
        assert len(found_s) >= len(truth_s) / 2
        assert len(set(meant)) == len(found_s)
        assert np.abs(found_s - truth_s[meant]).max() < 0.1

    def test_the_cadence_is_right_three_seconds_after_its_end(self, link: str, fault: str) -> None:
        live = outcome(link, fault)
        strides = live.replay.strides
        settled = strides[strides["t_contact_s"] > live.fault_end_s + SETTLED_S]
        assert len(settled) >= 5
        truth = live.truth[nearest(settled["t_contact_s"], live.truth["t_contact_s"])]
        wrong_spm = np.abs(settled["cadence_spm"] - truth["cadence_spm"])
        assert np.nanmedian(wrong_spm) < 1.0

    def test_a_pod_that_is_back_is_connected_within_three_seconds(self, link: str, fault: str) -> None:
        live = outcome(link, fault)
        events = [message for message in live.messages if isinstance(message, LinkEvent)]
        zero_ns = live.messages[0].t_host_ns
        connected_s = [
            (event.t_host_ns - zero_ns) / 1e9 for event in events if event.state is LinkState.CONNECTED
        ]
        assert len(connected_s) == 1 + live.replay.losses.disconnects
        if fault in ("link-loss", "restart"):
            assert len(connected_s) == 2
            assert connected_s[1] < live.fault_end_s + REBOOT_AND_START_S + FOUND_AGAIN_S

    def test_what_was_injected_is_what_was_counted(self, link: str, fault: str) -> None:
        live = outcome(link, fault)
        injected, losses = live.injected, live.replay.losses
        damaged = injected.truncated + injected.corrupted + injected.cut
        assert losses.late == losses.unplaced == 0
        assert losses.restarts == injected.restarts
        if injected.restarts:
            return  # what the pod still held at a restart is gone without a trace
        assert losses.bad_packets.total() == damaged
        assert losses.duplicates == injected.duplicated
        explained = injected.dropped + damaged + injected.given_up + losses.overflow_packets
        unseen = losses.lost_frames - explained
        assert 0 <= unseen <= (UNDER_WAY_FRAMES if injected.link_losses and link in REAL_LINES else 0)
        assert losses.disconnects == injected.link_losses
        assert (losses.stalls > 0) >= (fault == "stall")


REBOOT_AND_START_S = 0.5 + 0.5
"""A pod takes half a second to reboot; the run's zero is up to half a second before the pod's."""


REAL_LINES = ("serial", "bluez-dbus")
UNDER_WAY_FRAMES = 6
"""At most so many stand in the buffers of a line outside this process when it is cut."""


def test_a_low_battery_is_told(link: str) -> None:
    assert outcome(link, "low-battery").battery_percent == 5
    assert outcome(link, "none").battery_percent != 5


def test_a_queue_that_is_too_short_drops_the_oldest_packets_and_counts_them(link: str) -> None:
    losses = outcome(link, "slow-consumer").replay.losses
    assert losses.overflow_packets > 0
    assert outcome(link, "none").replay.losses.overflow_packets == 0


def test_samples_are_where_the_pod_s_clock_says_whatever_the_link_does() -> None:
    """A burst, a stall and a slow consumer delay; they move nothing."""
    for fault in ("burst", "stall"):
        assert (
            outcome("in-process", fault).replay.strides.tobytes()
            == outcome("direct", "none").replay.strides.tobytes()
        )


def test_a_battery_frame_is_on_the_wire_as_documented() -> None:
    packets = [
        message for message in outcome("serial", "low-battery").messages if isinstance(message, Packet)
    ]
    frames = [decode(frame) for packet in packets if isinstance(frame := unpack(packet.data), bytes)]
    assert [f.percent for f in frames if isinstance(f, BatteryFrame)][-1] == 5
