"""A run on a laptop, watched in a real browser: its screen while it goes on, its charts when it is over."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..cli.conftest import START
from .test_page_offline import INSTALLED
from .whole_page import WholePage

if TYPE_CHECKING:
    from playwright.sync_api import Page

ICON_ASKED_FOR = ("Failed to load resource: net::ERR_CONNECTION_REFUSED",)
"""By Chromium itself, each time the address changes; after the run nobody answers."""

RUN = ("run", "--pod", "sim:coached,lapse=15", "--seconds", "150", "--page", "--page-port", "0", "--json")


def test_it_shows_the_run_as_it_goes_on_and_its_charts_when_it_is_over(
    open_page: Callable[..., Page],
) -> None:
    command = [sys.executable, "-c", START, *RUN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        told = next(line for line in run.stderr if "?live" in line)
        (address,) = re.findall(r"http://\S+", told)
        page = WholePage(open_page(address, allowed=ICON_ASKED_FOR, viewport={"width": 360, "height": 800}))
        page.until(lambda: page.screen == "run")
        page.until(lambda: page.page.is_visible("[data-screen=run] [data-part=band]"))
        assert 150 <= int(page.seen("cadence")) <= 180
        assert page.seen("link") == "Connected"
        assert not page.page.is_visible("[data-action=stop]")
        assert not page.page.is_visible("nav")
        page.until(lambda: page.screen == "after")
        assert page.page.locator("[data-part=cadence] svg").count() == 1
        assert not page.page.is_visible("[data-action=export-mcap]")
        out, _ = run.communicate(timeout=60)
    lines = [json.loads(line) for line in out.splitlines()]
    assert run.returncode == 0
    summary = lines[-1]["summary"]
    assert page.seen("distance") == f"{summary['distance_m'] / 1000:.2f} km"
    assert page.seen("cadence") == f"{summary['cadence_spm']:.0f} spm"
    shown = page.page.locator("[data-part=cues] li").all_inner_texts()
    heard = [line["cue"] for line in lines if line.get("cue", {}).get("kind") in ("burst_up", "on_target")]
    assert len(shown) == len(heard) > 0


def test_an_address_at_which_no_run_is_says_so(open_page: Callable[..., Page], site: str) -> None:
    page = WholePage(open_page(f"{site}?live&token=old", allowed=("WebSocket connection to",)))
    page.until(lambda: page.screen == "run")
    assert page.seen("link") == "Connecting"
    page.until(lambda: page.seen("problem").startswith("No run can be seen here"))
    for control in ("mute", "stop"):
        assert not page.page.is_visible(f"[data-action={control}]")


def test_a_page_that_was_kept_for_use_offline_does_not_show_a_run_of_today(
    open_page: Callable[..., Page], site: str
) -> None:
    page = WholePage(open_page(site, allowed=("WebSocket connection to",)))
    page.until(lambda: page.page.evaluate(INSTALLED))
    page.page.goto(f"{site}?live&token=old")
    page.until(lambda: page.screen == "run")
    assert page.page.evaluate("navigator.serviceWorker.controller") is None
