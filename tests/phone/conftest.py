"""What the browser tests share. Where a browser is missing they are skipped, in CI they fail.

A browser lives as long as a test file: while it is open `asyncio.run` fails in this thread (see `aside` in
browser.py), and the next file a worker takes may be any other one of the project.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hardware.ble import private_bus
from hardware.chromium import (
    Chooser,
    ChromiumUnavailableError,
    answer_chooser,
    bluetooth_chromium,
    launch,
    require_chromium,
)
from hardware.pytest_fixtures import simulated_pod

from .browser import Server, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

__all__ = ["simulated_pod"]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "coach" / "phone" / "page"
CORE_WRAPPER = ROOT / "hardware" / "firmware" / "beside_core" / "wasm32" / "cadence_core.js"


def _go_without(lack: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(lack, pytrace=False)
    pytest.skip(lack)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers."""
    try:
        require_chromium()
    except ChromiumUnavailableError as lack:
        _go_without(str(lack))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium without Bluetooth."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def bluetooth_browser(
    playwright: Playwright,
) -> Callable[[Mapping[str, str]], AbstractContextManager[Browser]]:
    """Opens a headless Chromium that finds a pod: `with bluetooth_browser(pod.environment) as browser`."""
    if not private_bus.is_available():
        _go_without("a pod for the browser needs Linux, dbus-daemon (Debian: apt install dbus) and dbus-fast")
    return partial(bluetooth_chromium, playwright)


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., Server]]:
    """Serves files on loopback: `serve({"index.html": "..."}).address`."""
    with ExitStack() as stack:

        def start(files: Mapping[str, bytes | str], headers: Mapping[str, str] | None = None) -> Server:
            server = Server(files, headers)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="session")
def page_modules() -> dict[str, bytes]:
    """The page's modules by their addresses, for tests that put a page of their own around some of them."""
    modules = {path.relative_to(PAGE).as_posix(): path.read_bytes() for path in PAGE.rglob("*.js")}
    return {**modules, "core/cadence_core.js": CORE_WRAPPER.read_bytes()}


@pytest.fixture(scope="session")
def site_files() -> dict[str, bytes]:
    """The phone page's files by their addresses, as `coach phone build` writes them."""
    from coach.cli.phone.site import own_site

    return dict(own_site().files)


@pytest.fixture(scope="session")
def site(serve: Callable[..., Server], site_files: dict[str, bytes]) -> str:
    """The address of the phone page."""
    return serve(site_files).address


@pytest.fixture
def open_page(request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Opens pages: `open_page(address)`, in a profile of its own each.

    Options: `browser` for another than `chromium`, such as one with Bluetooth; `chooser`, how its choosers of
    devices are answered ("take" the first, or "close"); `allowed`, beginnings of console messages that the
    test provokes; all others are those of Playwright's `new_context`. In the end no page may have said
    anything on its console, failed, or asked a foreign origin.
    """
    watches: list[Watch] = []
    with ExitStack() as stack:

        def opened(
            address: str,
            *,
            browser: Browser | None = None,
            chooser: Chooser | None = None,
            allowed: tuple[str, ...] = (),
            **context_options: Any,
        ) -> Page:
            within = request.getfixturevalue("chromium") if browser is None else browser
            context = within.new_context(**context_options)
            stack.callback(context.close)
            watches.append(Watch(context, address, allowed))
            page: Page = context.new_page()
            if chooser is not None:
                answer_chooser(page, chooser)
            page.goto(address)
            return page

        yield opened
    assert [fault for watch in watches for fault in watch.faults] == []
