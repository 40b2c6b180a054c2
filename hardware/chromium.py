"""A headless Chromium that finds simulated pods: its own Bluetooth, over BlueZ, on their private D-Bus."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

Chooser = Literal["take", "close"]
"""How the user answers a browser that asks which device is meant: the first one shown, or none."""

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",  # the user of a container may not make one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=user-gesture-required",  # as phones have it
)


class ChromiumUnavailableError(Exception):
    """There is no Chromium here, or nothing to drive it with; the message says what to install."""


def require_chromium() -> str:
    """The path of Chromium. Raises ChromiumUnavailableError."""
    if importlib.util.find_spec("playwright") is None:
        raise ChromiumUnavailableError("Playwright is missing: pip install 'cadence-coach[test]'")
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        raise ChromiumUnavailableError("Chromium is missing: install it (Debian: apt install chromium)")
    return path


def launch(
    playwright: Playwright, *, environment: Mapping[str, str] | None = None, arguments: tuple[str, ...] = ()
) -> Browser:
    """Start a Chromium; close it in the end. Raises ChromiumUnavailableError."""
    return playwright.chromium.launch(
        executable_path=require_chromium(),
        args=[*_ARGUMENTS, *arguments],
        env={**os.environ, **(environment or {})},
    )


@contextmanager
def bluetooth_chromium(playwright: Playwright, environment: Mapping[str, str]) -> Iterator[Browser]:
    """A Chromium with Web Bluetooth.

    Args:
        playwright: drives it.
        environment: how the pod is found, as `RunningPod.environment` has it.

    Raises ChromiumUnavailableError.
    """
    browser = launch(playwright, environment=environment, arguments=("--enable-features=WebBluetooth",))
    try:
        yield browser
    finally:
        browser.close()


def answer_chooser(page: Page, how: Chooser) -> None:
    """Answer the page's choosers of devices from now on."""
    session = page.context.new_cdp_session(page)
    answered: set[str] = set()

    def prompted(event: dict[str, Any]) -> None:
        # It is told again with each device found; a second answer to one prompt crashes the browser.
        if event["id"] in answered or (how == "take" and not event["devices"]):
            return
        answered.add(event["id"])
        if how == "take":
            prompt = {"id": event["id"], "deviceId": event["devices"][0]["id"]}
            session.send("DeviceAccess.selectPrompt", prompt)
        else:
            session.send("DeviceAccess.cancelPrompt", {"id": event["id"]})

    session.on("DeviceAccess.deviceRequestPrompted", prompted)
    session.send("DeviceAccess.enable")
