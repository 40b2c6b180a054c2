"""A page that follows a run on another machine is told all, again after each break, until the run is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cadence.stride import STRIDE
from coach.phone.listening import address_of, listen
from coach.phone.live_page import LivePage
from coach.phone.live_socket import LiveSocket, live_address
from coach.phone.server import application, serving
from coach.phone.site import INDEX, POLICY_MARK, site_of
from coach.run import Found

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOKEN = "a-token"
WAIT_S = 20
FOLLOW = Path(__file__).parents[2] / "coach" / "phone" / "page" / "link" / "follow.js"
SITE = site_of(
    {
        INDEX: b"<!doctype html><html lang=en><head>" + POLICY_MARK + b"<title>A run</title>"
        b'<link rel="icon" href="icon.svg"><script type="module" src="page.js"></script></head></html>',
        "icon.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "link/follow.js": FOLLOW.read_bytes(),
        "page.js": b"""
import { follow } from "./link/follow.js";
globalThis.told = [];
const tell = (name) => (content) => told.push(content === undefined ? name : [name, content]);
globalThis.begin = () => {
  const [onResults, onFound, onView, onGone] = ["results", "found", "view", "gone"].map(tell);
  globalThis.following = follow(location.href, { onResults, onFound, onView, onGone });
};
""",
    }
)


class Laptop:
    """A machine on which a run goes on, in a thread."""

    def __init__(self, view: dict[str, Any], *mid_stances_s: float, port: int = 0) -> None:
        self._listener = listen("127.0.0.1", port)
        self.port = self._listener.getsockname()[1]
        self.address = live_address(address_of(self._listener), TOKEN)
        self._page = LivePage()
        self._note(view, mid_stances_s)
        self._ready: Future[tuple[asyncio.AbstractEventLoop, LiveSocket, asyncio.Event]] = Future()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()

    async def _serve(self) -> None:
        sockets, ended = LiveSocket(self._page, TOKEN), asyncio.Event()
        app = application(SITE, "machine")
        sockets.add_to(app)
        async with serving(app, self._listener):
            self._ready.set_result((asyncio.get_running_loop(), sockets, ended))
            await ended.wait()

    def tell(self, view: dict[str, Any], *mid_stances_s: float) -> None:
        """Something was found, and this is the moment."""
        loop, sockets, _ = self._ready.result()

        async def publish() -> None:
            self._note(view, mid_stances_s)
            sockets.publish()

        asyncio.run_coroutine_threadsafe(publish(), loop).result()

    def _note(self, view: dict[str, Any], mid_stances_s: Sequence[float]) -> None:
        strides = np.zeros(len(mid_stances_s), STRIDE)
        strides["t_mid_stance_s"] = mid_stances_s
        self._page.take(Found(strides=strides))
        self._page.show(view)

    def finish(self) -> None:
        """The run is over."""
        loop, sockets, _ = self._ready.result()
        asyncio.run_coroutine_threadsafe(sockets.finish(), loop).result()
        self.break_off()

    def break_off(self) -> None:
        """Gone without a word."""
        loop, _, ended = self._ready.result()
        if self._thread.is_alive():
            loop.call_soon_threadsafe(ended.set)
            self._thread.join()


@pytest.fixture
def laptops() -> Iterator[Callable[..., Laptop]]:
    made: list[Laptop] = []

    def one(view: dict[str, Any], *mid_stances_s: float, port: int = 0) -> Laptop:
        made.append(Laptop(view, *mid_stances_s, port=port))
        return made[-1]

    yield one
    for laptop in made:
        laptop.break_off()


def told(page: Page, count: int) -> list[Any]:
    """What the page was told, once it is so much; strides by the time of their mid-stance."""
    deadline_s = time.monotonic() + WAIT_S
    while page.evaluate("told.length") < count:  # the page's policy forbids Playwright's way to wait
        assert time.monotonic() < deadline_s, page.evaluate("told")
        page.wait_for_timeout(20)
    entries = []
    for entry in page.evaluate("told"):
        if entry[0] in ("results", "found"):
            assert set(entry[1]) == {"strides", "cues", "updates"}
            entry = [entry[0], [stride["t_mid_stance_s"] for stride in entry[1]["strides"]]]
        entries.append(entry)
    return entries


def test_it_is_told_all_and_then_what_is_new_until_the_run_is_over(
    laptops: Callable[..., Laptop], open_page: Callable[..., Page]
) -> None:
    laptop = laptops({"phase": "running"}, 1.0, 2.0)
    page = open_page(laptop.address)
    page.clock.install()
    page.evaluate("begin()")
    so_far = [["results", [1.0, 2.0]], ["view", {"phase": "running"}]]
    assert told(page, 2) == so_far
    laptop.tell({"phase": "over"}, 3.0)
    laptop.finish()
    so_far += [["found", [3.0]], ["view", {"phase": "over"}]]
    assert told(page, 4) == so_far
    page.clock.fast_forward(10_000)
    page.wait_for_timeout(200)  # it would have tried again, which the console would tell
    assert told(page, 4) == so_far


def test_after_a_break_it_is_told_once_and_gets_everything_anew(
    laptops: Callable[..., Laptop], open_page: Callable[..., Page]
) -> None:
    first = laptops({"n": 1}, 1.0)
    page = open_page(first.address, allowed=("WebSocket connection to",))
    page.clock.install()
    page.evaluate("begin()")
    so_far = [["results", [1.0]], ["view", {"n": 1}]]
    assert told(page, 2) == so_far
    first.break_off()
    assert told(page, 3) == [*so_far, "gone"]
    page.clock.fast_forward(1000)
    page.wait_for_timeout(200)  # tried in vain
    assert told(page, 3) == [*so_far, "gone"]
    laptops({"n": 2}, 1.0, 2.0, port=first.port)
    page.clock.fast_forward(1000)
    assert told(page, 5) == [*so_far, "gone", ["results", [1.0, 2.0]], ["view", {"n": 2}]]


def test_silence_is_a_break_too_and_who_has_left_is_told_nothing(
    laptops: Callable[..., Laptop], open_page: Callable[..., Page]
) -> None:
    laptop = laptops({"n": 1})
    page = open_page(laptop.address)
    page.clock.install()
    page.evaluate("begin()")
    so_far = [["results", []], ["view", {"n": 1}]]
    assert told(page, 2) == so_far
    page.clock.fast_forward(6000)
    assert told(page, 3) == [*so_far, "gone"]
    page.clock.fast_forward(1500)
    assert told(page, 5) == [*so_far, "gone", *so_far]
    page.evaluate("following.close()")
    laptop.tell({"n": 2}, 1.0)
    page.clock.fast_forward(10_000)
    page.wait_for_timeout(300)
    assert told(page, 5) == [*so_far, "gone", *so_far]
