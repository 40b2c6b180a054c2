"""A simulated pod with its link: an error in the pod is seen at once, and both end as they are told to."""

from __future__ import annotations

import asyncio
import logging
import math

import numpy as np
import pytest

from firmware_bridge.links.link import UnavailableError
from firmware_bridge.message import LinkEvent, LinkState
from hardware.faults.plan import FaultPlan, parse_faults
from hardware.gait import Pace
from hardware.imu import Imu
from hardware.lapse import run_lapsed
from hardware.listener import Listener, Temper
from hardware.memory import MemoryMedium
from hardware.outing import Outing, Truth
from hardware.pod import SimulatedPod
from hardware.pod_spec import PodSpec
from hardware.rsc_pod import RscPod
from hardware.runner import Segment
from hardware.simulation import simulation

from .pod_host import Host, listens, met


def fail(*_: object) -> None:
    raise ZeroDivisionError("a slip in the simulation")


def test_an_error_in_the_pod_ends_its_link_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    states, ended_s = list[LinkState](), list[float]()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        async with simulation(PodSpec("direct"), FaultPlan()) as simulated:
            loop.call_later(5.0, monkeypatch.setattr, Outing, "take", fail)
            async for message in simulated.link:
                if isinstance(message, LinkEvent):
                    states.append(message.state)
            ended_s.append(loop.time())

    with pytest.raises(ExceptionGroup) as error:
        run_lapsed(run(), math.inf)
    assert error.group_contains(ZeroDivisionError)
    assert states[-1] is LinkState.CLOSED
    assert ended_s[0] < 7.0


def test_a_pod_with_an_error_is_gone_even_when_the_error_comes_in_a_link_loss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hosts, found_again = list[Host](), list[bool]()

    async def do(host: Host, pod: SimulatedPod) -> None:
        hosts.append(host)
        await listens(3.0)(host, pod)
        monkeypatch.setattr(Outing, "take", fail)
        await asyncio.sleep(5.0)
        try:
            host.connect()
        except UnavailableError:
            found_again.append(False)
        else:
            found_again.append(True)

    with pytest.raises(ExceptionGroup) as error:
        met("sim", do, faults="link-loss@2.5+2")
    assert error.group_contains(ZeroDivisionError)
    assert found_again == [False]
    assert len(hosts[0].losses) == 1


def test_a_sensor_of_another_maker_with_an_error_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    async def run() -> None:
        medium = MemoryMedium()
        pod = RscPod(medium, PodSpec("direct").segments())
        pod.on_failure = lambda: told.append("failed")
        async with pod:
            medium.connect(lambda *_: None, lambda reason: told.append("lost"))
            await asyncio.sleep(2.0)
            told.append("until now all is well")
            monkeypatch.setattr(Imu, "measure", fail)
            await asyncio.sleep(2.0)
            told.append("switched off")

    with pytest.raises(ZeroDivisionError):
        run_lapsed(run(), math.inf)
    assert told == ["until now all is well", "lost", "failed", "switched off"]


def test_closing_the_link_ends_the_pause_of_a_slow_consumer() -> None:
    async def run() -> float:
        loop = asyncio.get_running_loop()
        plan = parse_faults("slow-consumer@5+10000")
        async with simulation(PodSpec("direct"), plan) as simulated:
            loop.call_later(8.0, lambda: closing.append(asyncio.ensure_future(simulated.link.close())))
            closing: list[asyncio.Future[None]] = []
            assert [message async for message in simulated.link]
            await asyncio.gather(*closing)
            assert simulated.injected.slow_consumers == 1
            return loop.time()

    assert run_lapsed(run(), math.inf) < 10.0


def test_the_runner_does_what_they_are_asked_to_and_hears() -> None:
    listener = Listener(Temper(1.0))

    async def run() -> Truth:
        loop = asyncio.get_running_loop()
        segments = [Segment(20.0, Pace(cadence_spm=150.0)), Segment(5.0)]
        async with simulation(
            PodSpec("direct", "walk"), FaultPlan(), segments=segments, listener=listener
        ) as simulated:
            loop.call_later(5.0, listener.hear, 160.0)
            loop.call_later(40.0, lambda: closing.append(asyncio.ensure_future(simulated.link.close())))
            closing: list[asyncio.Future[None]] = []
            async for _ in simulated.link:
                pass
            await asyncio.gather(*closing)
            return simulated.pod.truth

    truth = run_lapsed(run(), math.inf)
    assert [part.pace is None for part in truth.segments] == [False, True, False]
    cadence = truth.strides["cadence_spm"]
    ends = truth.strides["t_mid_stance_s"]
    assert np.nanmean(cadence[ends < 5.0]) == pytest.approx(150.0, abs=1.0)
    assert np.nanmean(cadence[(ends > 10.0) & (ends < 19.0)]) == pytest.approx(160.0, abs=1.0)


def test_the_runner_with_a_sensor_of_another_maker_hears_nothing() -> None:
    async def run() -> None:
        spec = PodSpec("ble", pod="rsc")
        async with simulation(spec, FaultPlan(), ble_way="in-process", listener=Listener(Temper(1.0))):
            pass

    with pytest.raises(ValueError, match="open pod alone"):
        run_lapsed(run(), 10.0)


@pytest.mark.parametrize("turns", [*range(0, 60, 4), 61, 83, 250, 1000])
def test_a_run_over_the_radio_may_be_cancelled_at_any_time_and_nothing_is_said(
    turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def follow() -> None:
        async with simulation(PodSpec("ble"), FaultPlan(), ble_way="in-process") as simulated:
            async for _ in simulated.link:
                pass

    async def run() -> None:
        following = asyncio.ensure_future(follow())
        for _ in range(turns):
            await asyncio.sleep(0)
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(100.0):
                await following
        await asyncio.sleep(0.1)

    with caplog.at_level(logging.WARNING):
        run_lapsed(run(), math.inf)
    assert caplog.messages == []
