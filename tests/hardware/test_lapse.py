"""A loop's time can run faster than real time, or jump."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time

import pytest

from hardware.lapse import CATCH_UP_S, LapsedEventLoop, run_lapsed


@pytest.mark.parametrize("lapse", [5.0, 100.0, math.inf])
def test_sleeps_and_timeouts_are_scaled_alike(lapse: float) -> None:
    async def wait() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await asyncio.sleep(10.0)
        after_timeout_s = loop.time()
        await asyncio.sleep(0.3)
        return after_timeout_s - start_s, loop.time() - after_timeout_s

    begin_s = time.monotonic()
    waited_s, slept_s = run_lapsed(wait(), lapse)
    real_s = time.monotonic() - begin_s
    assert waited_s >= 0.5
    assert slept_s >= 0.3
    assert real_s >= 0.8 / lapse
    assert real_s < 0.8 / lapse + 0.5  # room for a busy machine


def test_jumping_time_passes_only_while_there_is_nothing_to_do() -> None:
    async def work() -> list[float]:
        loop, seen = asyncio.get_running_loop(), list[float]()
        for delay_s in (3600.0, 0.001, 0.0):
            await asyncio.sleep(delay_s)
            time.sleep(0.01)  # what takes real time
            seen.append(loop.time())
        return seen

    assert run_lapsed(work(), math.inf) == pytest.approx([3600.0, 3600.001, 3600.001], abs=1e-9)


def test_timers_of_many_tasks_fire_in_order() -> None:
    async def note(delay_s: float, order: list[float]) -> None:
        await asyncio.sleep(delay_s)
        order.append(delay_s)

    async def all_of_them() -> list[float]:
        order: list[float] = []
        await asyncio.gather(*(note(delay_s, order) for delay_s in (0.5, 0.1, 0.9, 0.3)))
        return order

    assert run_lapsed(all_of_them(), math.inf) == [0.1, 0.3, 0.5, 0.9]


@pytest.mark.parametrize("lapse", [20.0, math.inf])
def test_what_arrives_on_a_file_wakes_the_loop(lapse: float) -> None:
    async def read() -> bytes:
        loop = asyncio.get_running_loop()
        readable, writable = os.pipe()
        got: asyncio.Future[bytes] = loop.create_future()
        loop.add_reader(readable, lambda: got.set_result(os.read(readable, 9)))
        threading.Timer(0.02, os.write, (writable, b"here")).start()
        try:
            return await got
        finally:
            loop.remove_reader(readable)
            os.close(readable)
            os.close(writable)

    assert run_lapsed(read(), lapse) == b"here"


def test_another_thread_can_read_the_time_and_call_in() -> None:
    async def ask() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[float] = loop.create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(told.set_result, loop.time())).start()
        return await told, loop.time()

    there_s, here_s = run_lapsed(ask(), 50.0)
    assert 0.0 < there_s <= here_s


async def told(order: list[tuple[str, float]]) -> None:
    """Tasks that sleep, wait for each other and work, each step noted with the loop's time."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def give() -> None:
        for number in range(40):
            await asyncio.sleep(0.05)
            queue.put_nowait(number)
            order.append(("given", loop.time()))

    async def take() -> None:
        while await queue.get() < 39:
            order.append(("taken", loop.time()))
            await asyncio.sleep(0.02 if len(order) % 3 else 0.11)

    async with asyncio.TaskGroup() as group:
        for work in (give(), take(), take_turns(order)):
            group.create_task(work)


async def take_turns(order: list[tuple[str, float]]) -> None:
    for delay_s in (0.05, 0.0, 0.3, 0.1, 1.0):
        await asyncio.sleep(delay_s)
        order.append(("turn", asyncio.get_running_loop().time()))


def test_jumps_that_are_paced_change_nothing_but_how_long_they_take() -> None:
    at_once: list[tuple[str, float]] = []
    watched: list[tuple[str, float]] = []
    run_lapsed(told(at_once), math.inf)
    begin_s = time.monotonic()
    run_lapsed(told(watched), math.inf, pace=10.0)
    real_s = time.monotonic() - begin_s
    assert watched == at_once
    assert len(at_once) > 70
    passed_s = at_once[-1][1]
    assert passed_s / 10.0 <= real_s < passed_s / 10.0 + 0.3  # room for a busy machine


def test_a_paced_loop_that_was_busy_does_not_race_afterwards() -> None:
    async def work() -> float:
        await asyncio.sleep(1.0)
        time.sleep(0.2)
        begin_s = time.monotonic()
        for _ in range(10):
            await asyncio.sleep(0.5)
        return time.monotonic() - begin_s

    # The first jump was due while it was busy.
    assert run_lapsed(work(), math.inf, pace=20.0) >= 9 * 0.025 - CATCH_UP_S - 0.001


def test_a_paced_loop_can_be_woken_while_it_waits() -> None:
    async def wait() -> float:
        loop = asyncio.get_running_loop()
        called: asyncio.Future[None] = loop.create_future()
        threading.Timer(0.02, loop.call_soon_threadsafe, (called.set_result, None)).start()
        async with asyncio.timeout(3600.0):
            await called
        return loop.time()

    begin_s = time.monotonic()
    assert run_lapsed(wait(), math.inf, pace=20.0) == 0.0
    assert time.monotonic() - begin_s < 1.0


def test_only_jumps_can_be_paced() -> None:
    with pytest.raises(ValueError, match="only time that jumps"):
        LapsedEventLoop(2.0, pace=3.0)
    with pytest.raises(ValueError, match="the pace must be above 0"):
        LapsedEventLoop(math.inf, pace=0.0)


@pytest.mark.parametrize("lapse", [0.0, -1.0, math.nan])
def test_time_cannot_stand_still(lapse: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        LapsedEventLoop(lapse)
    with pytest.raises(ValueError, match="must be above 0"):
        run_lapsed(asyncio.sleep(0.0), lapse)
