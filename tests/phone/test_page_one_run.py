"""One run at a time, and none goes astray: two tabs, hasty fingers, a phone without room, odd addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cadence.stride import to_dict
from firmware_bridge.message import LinkEvent, LinkState
from firmware_bridge.recording_reader import Recording
from hardware.chromium import answer_chooser
from hardware.harness import simulated_pod

from .replaying import replayed
from .whole_page import WholePage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    BluetoothBrowser = Callable[[Mapping[str, str]], AbstractContextManager[Browser]]
    OpenPage = Callable[..., Page]

FULL = """() => {
    window.put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
OUT_OF_REACH = """() => {
    BluetoothRemoteGATTServer.prototype.connect = () => {
        window.sought = true;
        return Promise.reject(new DOMException("gone", "NetworkError"));
    };
}"""
ROOM_AGAIN = "() => { IDBObjectStore.prototype.put = window.put; }"


@pytest.fixture(scope="module")
def browser(
    bluetooth_browser: Callable[[Mapping[str, str]], AbstractContextManager[Browser]],
) -> Iterator[Browser]:
    """With a pod on the shoe of a runner who runs steadily."""
    with (
        simulated_pod("steady", link="ble", lapse=20.0) as pod,
        bluetooth_browser(pod.environment) as opened,
    ):
        yield opened


@pytest.fixture
def page(browser: Browser, open_page: OpenPage, site: str) -> WholePage:
    return WholePage(open_page(site, browser=browser, chooser="take"))


def beside(page: WholePage) -> WholePage:
    """Another tab of the same browser."""
    other = page.page.context.new_page()
    answer_chooser(other, "take")
    other.goto(page.page.url.split("#")[0])
    return WholePage(other)


def kept_strides(recording: Path) -> list[dict[str, Any]]:
    return [to_dict(stride) for stride in replayed(recording).strides]


def test_another_tab_leaves_the_run_alone_and_says_where_it_is(page: WholePage, tmp_path: Path) -> None:
    page.begin()  # another tab comes before the first stride, and again after some
    for run_s in (0.0, 40.0):
        page.run_until(run_s)
        other = beside(page)
        other.until(lambda other=other: other.seen("problem").startswith("Another tab of this browser"))
        assert not other.page.is_visible("[data-part=cut-off]")
        other.tap("connect")
        other.until(lambda other=other: other.page.is_enabled("[data-action=connect]"))
        assert other.seen("problem").startswith("Another tab of this browser")
    page.run_until(70.0)
    page.stop()
    (kept,) = page.kept()
    assert kept["results"]["strides"] == kept_strides(page.export("mcap", tmp_path))
    assert len(kept["results"]["strides"]) > 70
    other.begin()  # the turn was given back
    other.run_until(20.0)
    page.go("connect")
    page.tap("connect")
    page.until(lambda: page.seen("problem").startswith("Another tab of this browser"))
    other.stop()
    for tab in (page, other):
        tab.page.bring_to_front()  # no tab behind another is given a chooser
        tab.go("connect")
        tab.begin()
        tab.run_until(10.0)
        tab.stop()
    assert len(page.kept()) == 4


def test_a_tab_that_was_told_so_can_go_on_with_the_run_once_the_other_is_closed(page: WholePage) -> None:
    page.begin()
    page.run_until(80.0)
    other = beside(page)
    other.until(lambda: other.seen("problem").startswith("Another tab of this browser"))
    page.page.close()
    other.go("settings")
    other.go("connect")
    other.until(lambda: other.page.is_visible("[data-part=cut-off]"))
    assert other.seen("problem") == ""
    other.begin("continue")
    other.run_until(100.0)
    other.stop()
    assert len(other.kept()) == 1


def test_who_looks_elsewhere_while_a_pod_is_sought_in_vain_is_told_so(
    browser: Browser, open_page: OpenPage, site: str
) -> None:
    page = WholePage(open_page(site, browser=browser, chooser="take"))
    page.page.evaluate(OUT_OF_REACH)
    page.until(lambda: page.page.is_enabled("[data-action=connect]"))
    page.tap("connect")
    page.until(lambda: page.page.evaluate("window.sought"))
    page.go("settings")
    page.go("connect")
    page.until(lambda: page.seen("problem").startswith("The pod cannot be reached"))
    assert page.page.is_enabled("[data-action=connect]")
    assert page.kept() == []


def test_a_run_that_was_cut_off_is_kept_when_another_is_begun(page: WholePage) -> None:
    page.begin()
    page.run_until(80.0)
    page.page.reload()
    page.until(lambda: page.page.is_visible("[data-part=cut-off]"))
    page.begin()
    page.run_until(20.0)
    page.stop()
    page.go("runs")
    page.until(lambda: page.page.locator("[data-part=runs] li").count() == 2)
    assert all(kept["head"]["finished"] for kept in page.kept())
    assert all(len(kept["results"]["strides"]) > 10 for kept in page.kept())


def test_a_cut_off_run_can_be_ended_as_it_is(page: WholePage, tmp_path: Path) -> None:
    page.begin()
    page.run_until(80.0)
    page.page.reload()
    page.until(lambda: page.page.is_visible("[data-part=cut-off]"))
    page.tap("finish")
    page.until(lambda: page.screen == "after")
    (kept,) = page.kept()
    assert kept["head"]["finished"] is True
    assert kept["results"]["strides"] == kept_strides(page.export("mcap", tmp_path)) != []


def test_a_hasty_finger_ends_a_run_once(page: WholePage, tmp_path: Path) -> None:
    page.begin()
    page.run_until(20.0)
    page.page.evaluate(
        "() => { for (let tap = 0; tap < 6; tap++) document.querySelector('[data-action=stop]').click(); }"
    )
    page.until(lambda: page.screen == "after")
    messages = Recording(page.export("mcap", tmp_path)).messages()
    ends = [m for m in messages if isinstance(m, LinkEvent) and m.state is LinkState.CLOSED]
    assert len(ends) == 1


def test_a_phone_without_room_says_so_and_keeps_the_run_once_there_is_some(
    page: WholePage, tmp_path: Path
) -> None:
    page.begin()
    page.run_until(20.0)
    page.page.evaluate(FULL)
    page.run_until(100.0)  # longer than it takes to keep some more
    page.tap("stop")
    page.tap("stop")
    page.until(lambda: page.seen("link") == "Ended")
    assert page.seen("problem").startswith("The phone has no room")
    assert [kept["head"]["finished"] for kept in page.kept()] == [False]
    page.page.evaluate(ROOM_AGAIN)
    page.until(lambda: page.page.is_enabled("[data-action=stop]"))
    page.stop()
    page.until(lambda: page.screen == "after")
    (kept,) = page.kept()
    assert kept["results"]["strides"] == kept_strides(page.export("mcap", tmp_path))
    assert len(kept["results"]["strides"]) > 100


@pytest.mark.parametrize("address", ["after/x", "after/999", "after", "nowhere"])
def test_an_address_of_no_run_leads_to_one_that_is(address: str, open_page: OpenPage, site: str) -> None:
    page = WholePage(open_page(f"{site}#{address}"))
    page.until(lambda: page.screen == ("connect" if address == "nowhere" else "runs"))


def test_a_browser_that_keeps_nothing_is_told_before_a_run_is_lost(browser: Browser, site: str) -> None:
    with browser.new_context(locale="en-GB") as context:
        context.add_init_script("IDBFactory.prototype.open = () => { throw new Error('private'); };")
        page = WholePage(context.new_page())
        page.page.goto(site)
        page.until(lambda: page.seen("problem").startswith("This browser keeps nothing"))
        assert page.page.is_disabled("[data-action=connect]")


@pytest.mark.parametrize(
    "script",
    [
        "Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('no'); } });",
        'Storage.prototype.getItem = () => \'{"sound":"loud","target_spm":1e9,"side":"middle","x":1}\';',
    ],
)
def test_settings_that_cannot_be_are_taken_as_usual(script: str, browser: Browser, site: str) -> None:
    with browser.new_context(locale="en-GB") as context:
        context.add_init_script(script)
        page = WholePage(context.new_page())
        answer_chooser(page.page, "take")
        page.page.goto(site)
        page.begin()
        page.run_until(15.0)
        page.stop()
        (kept,) = page.kept()
        assert (kept["head"]["settings"]["target_spm"], kept["head"]["settings"]["side"]) == ("", "")
        assert len(kept["results"]["strides"]) > 5
