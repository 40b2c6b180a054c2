"""The whole page with each kind of pod: one that finds the strides itself, a running sensor, and none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cadence.cue import cue_to_dict
from cadence.stride import to_dict
from hardware.harness import simulated_pod

from .page_in_node import plain_update
from .replaying import replayed
from .whole_page import WholePage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    BluetoothBrowser = Callable[[Mapping[str, str]], AbstractContextManager[Browser]]
    OpenPage = Callable[..., Page]

LAPSE = 20.0


def test_a_pod_that_finds_the_strides_keeps_those_that_the_phone_missed(
    bluetooth_browser: BluetoothBrowser, open_page: OpenPage, site: str, tmp_path: Path
) -> None:
    with (
        simulated_pod("coached", link="ble", lapse=LAPSE, faults="link-loss@80+60") as pod,
        bluetooth_browser(pod.environment) as browser,
    ):
        page = WholePage(open_page(site, browser=browser, chooser="take"))
        page.go("settings")
        page.page.select_option("[name=mode]", "strides")
        page.go("connect")
        page.begin()
        page.run_until(220.0)
        page.stop()
        (kept,) = page.kept()
        recording = page.export("mcap", tmp_path)
    found = replayed(recording)
    assert kept["results"]["strides"] == [to_dict(stride) for stride in found.strides]
    assert kept["results"]["cues"] == [cue_to_dict(cue) for cue in found.cues]
    assert any(cue["kind"] == "burst_up" for cue in kept["results"]["cues"])
    assert found.losses is not None
    assert found.losses.disconnects == 1
    missed = [stride for stride in kept["results"]["strides"] if 85.0 < stride["t_contact_s"] < 135.0]
    assert len(missed) > 60, "a minute without a link is there all the same"


def test_a_running_sensor_gives_cadence_and_cues(
    bluetooth_browser: BluetoothBrowser, open_page: OpenPage, site: str, tmp_path: Path
) -> None:
    with (
        simulated_pod("coached", kind="rsc", link="ble", lapse=LAPSE) as pod,
        bluetooth_browser(pod.environment) as browser,
    ):
        page = WholePage(open_page(site, browser=browser, chooser="take"))
        page.begin()
        # Its clock is the page's own: at this lapse the run is short to it, and its updates come thick.
        page.until(lambda: re.fullmatch(r"1[5-9]\d", page.seen("cadence")))
        page.page.wait_for_timeout(4000)
        page.stop()
        (kept,) = page.kept()
        recording = page.export("mcap", tmp_path)
    found = replayed(recording)
    updates = kept["results"]["updates"]
    assert updates == [plain_update(update) for update in found.updates]
    assert len(updates) > 50
    assert kept["head"]["cadence_spm"] == pytest.approx(165.0, abs=2.0)


def test_the_earbuds_button_mutes_the_coach_and_the_run_goes_on(
    bluetooth_browser: BluetoothBrowser, open_page: OpenPage, site: str
) -> None:
    with (
        simulated_pod("steady", link="ble", lapse=LAPSE) as pod,
        bluetooth_browser(pod.environment) as browser,
    ):
        page = WholePage(open_page(site, browser=browser, chooser="take"))
        page.begin()
        page.tap("mute")
        page.until(lambda: page.seen("said") == "The coach is muted.")
        before_s = page.run_s
        page.run_until(before_s + 20.0)
        page.tap("mute")
        page.until(lambda: page.seen("said") != "The coach is muted.")
        page.stop()


def test_what_was_lost_on_the_way_is_told_during_the_run_and_after_it(
    bluetooth_browser: BluetoothBrowser, open_page: OpenPage, site: str
) -> None:
    with (
        simulated_pod("steady", link="ble", lapse=20.0, faults="link-loss@20+6") as pod,
        bluetooth_browser(pod.environment) as browser,
    ):
        page = WholePage(open_page(site, browser=browser, chooser="take"))
        page.begin()
        page.until(lambda: "link lost 1×" in page.seen("losses"))
        page.run_until(60.0)
        page.stop()
        assert "link lost 1×" in page.seen("losses")


def test_a_run_without_a_step_leaves_no_trace_and_says_so(
    bluetooth_browser: BluetoothBrowser, open_page: OpenPage, site: str
) -> None:
    with simulated_pod("stand", link="ble") as pod, bluetooth_browser(pod.environment) as browser:
        page = WholePage(open_page(site, browser=browser, chooser="take"))
        page.begin()
        page.stop()
        assert page.screen == "connect"
        assert page.seen("problem").startswith("No step was seen")
        assert page.kept() == []


def test_who_closes_the_chooser_is_where_they_were(
    bluetooth_browser: BluetoothBrowser, open_page: OpenPage, site: str
) -> None:
    with simulated_pod("steady", link="ble") as pod, bluetooth_browser(pod.environment) as browser:
        page = WholePage(open_page(site, browser=browser, chooser="close"))
        page.until(lambda: page.page.is_enabled("[data-action=connect]"))
        page.tap("connect")
        page.until(lambda: page.page.is_enabled("[data-action=connect]"))
        assert (page.screen, page.kept()) == ("connect", [])


def test_a_browser_without_bluetooth_is_told_what_works_instead(open_page: OpenPage, site: str) -> None:
    page = open_page(site)
    whole = WholePage(page)
    if page.evaluate("Boolean(navigator.bluetooth)"):
        page.context.add_init_script("delete Navigator.prototype.bluetooth")
        page.reload()
    whole.until(lambda: "coach run --page" in whole.seen("problem"))
    assert page.is_disabled("[data-action=connect]")
