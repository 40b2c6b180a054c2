"""Waiting for what a page does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def until(page: Page, condition: str) -> None:
    """Wait for something; the page's policy keeps Playwright from doing so by itself."""
    deadline_s = time.monotonic() + 10.0
    while not page.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < deadline_s, condition
        time.sleep(0.02)
