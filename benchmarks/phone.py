"""The phone page in a Chromium whose processor is slowed to a quarter: how much there is to load, how soon it
can be used, and how busy its main thread is while a pod streams."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.startup import COACH
from benchmarks.table import Bound, Row, Table, at_most
from coach.cli.phone.site import own_site
from hardware.chromium import answer_chooser, bluetooth_chromium
from hardware.harness import simulated_pod

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

SLOWDOWN = 4
RATE_HZ = 416.0
SETTLE_S = 10.0
"""Before the main thread is watched: the link and the compiled code come to rest. Our choice."""

FIGURES: dict[str, tuple[str, str, Bound | None]] = {
    "page_bytes": ("all files of the page", "B", at_most(150_000)),
    "first_paint_s": ("first paint, nothing kept from before", "s", at_most(1.0)),
    "ready_s": ("ready to connect", "s", at_most(1.5)),
    "busy_percent": (f"main thread busy, samples at {RATE_HZ:.0f} Hz", "%", at_most(10.0)),
}
"""What is measured, in words, its unit, and what it must be."""

_TIMES = """() => {
    const start = (name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
    return [start("first-contentful-paint") / 1000, start("ready-to-connect") / 1000];
}"""


def measure(*, rounds: int = 5, watched_s: float = 30.0) -> dict[str, float]:
    """The figures.

    Args:
        rounds: fresh profiles in which the page is opened; the times are medians.
        watched_s: how long the main thread is watched.

    Raises hardware.chromium.ChromiumUnavailableError, hardware.ble.simulated_ble.SimulationUnavailableError.
    """
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        pod = stack.enter_context(simulated_pod("steady", link="ble", rate_hz=RATE_HZ))
        address = stack.enter_context(_served())
        playwright = stack.enter_context(sync_playwright())
        browser = stack.enter_context(bluetooth_chromium(playwright, pod.environment))
        times = [_times_s(browser, address) for _ in range(rounds)]
        busy_percent = _busy_percent(browser, address, watched_s)
    return {
        "page_bytes": float(sum(map(len, own_site().files.values()))),
        "first_paint_s": median(paint for paint, _ in times),
        "ready_s": median(ready for _, ready in times),
        "busy_percent": busy_percent,
    }


def to_table(figures: dict[str, float]) -> Table:
    rows = (Row(what, unit, figures[name], must) for name, (what, unit, must) in FIGURES.items())
    return Table(f"The phone page, processor slowed {SLOWDOWN} times", tuple(rows))


@contextmanager
def _served() -> Iterator[str]:
    """`coach phone serve`, and the address that it tells."""
    command = [sys.executable, "-c", COACH, "phone", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield next(word for word in server.stdout.readline().split() if word.startswith("http"))
        finally:
            server.terminate()


def _times_s(browser: Browser, address: str) -> tuple[float, float]:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    try:
        page = context.new_page()
        _slow_down(context.new_cdp_session(page))
        page.goto(address)
        # A page under this policy cannot be waited for by Playwright's own polling, which evaluates strings.
        while not page.evaluate("performance.getEntriesByName('ready-to-connect').length"):
            time.sleep(0.05)
        first_paint_s, ready_s = page.evaluate(_TIMES)
        return first_paint_s, ready_s
    finally:
        context.close()


def _busy_percent(browser: Browser, address: str, watched_s: float) -> float:
    """Of the time, while samples come, go through the core and are kept."""
    context = browser.new_context(viewport={"width": 360, "height": 800})
    try:
        page = context.new_page()
        page.goto(address)
        session = context.new_cdp_session(page)
        _slow_down(session)
        session.send("Performance.enable")
        answer_chooser(page, "take")
        page.click("[data-action=connect]")
        page.wait_for_selector("[data-screen=run]:not([hidden])")
        time.sleep(SETTLE_S)
        begin = _metrics(session)
        time.sleep(watched_s)
        end = _metrics(session)
        passed_s = end["Timestamp"] - begin["Timestamp"]
        return 100.0 * (end["TaskDuration"] - begin["TaskDuration"]) / passed_s
    finally:
        context.close()


def _slow_down(session: CDPSession) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})


def _metrics(session: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
