"""A page with nothing but the sound, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coach.phone.site import CONTENT_SECURITY_POLICY

from ..browser import Watch
from .asked_page import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from ..browser import Server

HERE = Path(__file__).parent
INDEX = """<!doctype html><html lang="de"><title>Sound</title><link rel="icon" href="icon.svg">
<button id="start">Start</button><button id="try">Try</button>
<script type="module" src="try.js"></script>"""


@pytest.fixture(scope="module")
def address(serve: Callable[..., Server], page_modules: dict[str, bytes]) -> str:
    """Of a page with nothing but the sound."""
    modules = {path: content for path, content in page_modules.items() if path.startswith("sound/")}
    own = {"index.html": INDEX, "icon.svg": "", "try.js": (HERE / "sound_in_page.js").read_bytes()}
    served: Server = serve(own | modules, {"content-security-policy": CONTENT_SECURITY_POLICY})
    return served.address


@pytest.fixture(scope="module")
def watched(chromium: Browser, address: str) -> Iterator[tuple[Page, Watch]]:
    """One page for all tests, since opening it takes longer than most of them."""
    with chromium.new_context() as context:
        yield context.new_page(), Watch(context, address)


@pytest.fixture
def page(watched: tuple[Page, Watch], address: str) -> Iterator[Page]:
    """That page, loaded anew, in which nothing has been tapped yet; it may say nothing on its console."""
    page, watch = watched
    page.goto(address)
    until(page, "window.ready")
    yield page
    assert watch.faults == []
