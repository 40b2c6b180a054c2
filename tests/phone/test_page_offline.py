"""The page without its server: installed once, it opens and shows its runs; a new version waits its turn."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from coach.phone.site import SERVICE_WORKER

from .browser import Server
from .whole_page import WholePage

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXTS = "texts.json.deflated"
INSTALLED = "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"
OFFLINE = ("Failed to load resource: net::ERR_CONNECTION_REFUSED", "An unknown error occurred when fetching")
"""What Chromium says of the server that is gone when it looks for a newer version."""


def test_after_the_first_load_it_opens_without_the_server(
    serve: Callable[..., Server], site_files: dict[str, bytes], open_page: Callable[..., Page]
) -> None:
    server = serve(site_files)
    page = WholePage(open_page(server.address, allowed=OFFLINE))
    page.until(lambda: page.page.evaluate(INSTALLED))
    assert set(server.asked) - {""} >= set(site_files) - {"index.html"}
    server.stop()
    page.page.reload()
    page.until(lambda: page.page.evaluate("performance.getEntriesByName('ready-to-connect').length"))
    assert page.page.inner_text("h1:visible") == "Ready to run"
    page.go("settings")
    page.go("runs")
    assert page.page.is_visible("[data-part=none]")


def test_a_new_version_is_taken_once_the_page_was_closed_and_no_sooner(
    serve: Callable[..., Server], site_files: dict[str, bytes], open_page: Callable[..., Page]
) -> None:
    files = dict(site_files)
    server = serve(files)
    page = open_page(server.address)
    whole = WholePage(page)
    whole.until(lambda: page.evaluate(INSTALLED))
    texts = zlib.decompress(files[TEXTS]).replace(b"Ready to run", b"Ready to fly")
    server.replace(TEXTS, zlib.compress(texts))
    server.replace(SERVICE_WORKER, files[SERVICE_WORKER].replace(b'"version": "', b'"version": "new', 1))
    page.reload()
    whole.until(
        lambda: page.evaluate("navigator.serviceWorker.ready.then(({ waiting }) => Boolean(waiting))")
    )
    assert page.inner_text("h1:visible") == "Ready to run"
    context = page.context
    page.close()
    later = context.new_page()
    later.goto(server.address)
    assert later.inner_text("h1:visible") == "Ready to fly"
