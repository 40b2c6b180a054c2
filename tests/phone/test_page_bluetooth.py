"""The page's link in a real browser: Chromium's own Bluetooth, a simulated pod, and what befalls both."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from firmware_bridge.commands import Start, Stop
from firmware_bridge.frames import BadFrame, Mode, StrideFrame, decode
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL
from hardware import RunningPod
from hardware.chromium import Chooser
from hardware.peripheral import Send
from hardware.pod import SimulatedPod
from hardware.pod_services import RSC_MEASUREMENT

from .browser import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    OpenPage = Callable[..., Page]
    BluetoothBrowser = Callable[[Mapping[str, str]], AbstractContextManager[Browser]]

CONNECT = """\
import { BluetoothLink, choose, support } from "./link/bluetooth.js";
import { profilesFor } from "./pod/catalogue.js";

window.got = [];
window.support = support();
document.querySelector("button").onclick = async () => {
  try {
    const profiles = profilesFor(location.hash.slice(1) || "raw");
    const device = await choose(profiles);
    window.link = new BluetoothLink(device, profiles, (message) => got.push(message));
    await link.open();
    window.outcome = "open";
  } catch (problem) {
    window.outcome = problem.name === "Error" ? problem.message : problem.name;
  }
};
"""
INDEX = """\
<!doctype html><meta charset="utf-8"><title>link</title><link rel="icon" href="data:,">
<button>connect</button><script type="module" src="connect.js"></script>"""
GOT = "got.map(({ data, ...rest }) => ({ ...rest, data: btoa(String.fromCharCode(...(data ?? []))) }))"


Linked = Callable[..., AbstractContextManager[tuple["LinkedPage", RunningPod]]]


class LinkedPage:
    """A page with nothing but a link, and a tap on its button done."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.until("window.support === 'ok'")
        page.click("button")

    def until(self, condition: str) -> None:
        """Wait for what JavaScript says of `got`, the messages so far."""
        self.page.wait_for_function(condition, timeout=10_000, polling=20)

    def outcome(self) -> str:
        self.until("window.outcome !== undefined")
        return str(self.page.evaluate("outcome"))

    def messages(self) -> list[dict[str, Any]]:
        got: list[dict[str, Any]] = self.page.evaluate(GOT)
        return [{**each, "data": b64decode(each["data"])} for each in got]

    def connections(self) -> list[list[bytes]]:
        """The packets of each connection."""
        each: list[list[bytes]] = []
        for message in self.messages():
            if message.get("state") == "connected":
                each.append([])
            elif "channel" in message:
                each[-1].append(message["data"])
        return each

    def events(self) -> list[dict[str, Any]]:
        return [message for message in self.messages() if "state" in message]

    def close(self) -> None:
        self.page.evaluate("link.close()")


class Sent:
    """What simulated pods put on the air.

    Attributes:
        pod: the newest of them.
        visits: the frames that the radio took, for each connection of a host.
    """

    pod: SimulatedPod

    def __init__(self) -> None:
        self.visits: list[list[bytes]] = []

    def record(self, pod: SimulatedPod, send: Send) -> Send:
        """A way to send that takes note."""
        self.pod = pod
        frames: list[bytes] = []
        self.visits.append(frames)

        def sent(channel: str, data: bytes) -> bool:
            taken = send(channel, data)
            if taken and channel == NOTIFY_CHANNEL:
                frames.append(data)
            return taken

        return sent


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    sent = Sent()
    attached = SimulatedPod.attached
    monkeypatch.setattr(SimulatedPod, "attached", lambda pod, send: attached(pod, sent.record(pod, send)))
    return sent


@pytest.fixture(scope="module")
def address(serve: Callable[..., Server], page_modules: dict[str, bytes]) -> str:
    return serve({**page_modules, "index.html": INDEX, "connect.js": CONNECT}).address


@pytest.fixture
def linked(
    address: str,
    open_page: OpenPage,
    bluetooth_browser: BluetoothBrowser,
    simulated_pod: Callable[..., RunningPod],
) -> Linked:
    """A simulated pod and a page that was asked to connect to it."""

    @contextmanager
    def begin(
        *, mode: str = "raw", chooser: Chooser = "take", **options: Any
    ) -> Iterator[tuple[LinkedPage, RunningPod]]:
        pod = simulated_pod(link="ble", **options)
        with bluetooth_browser(pod.environment) as browser:
            page = open_page(f"{address}#{mode}", browser=browser, chooser=chooser)
            yield LinkedPage(page), pod

    return begin


def test_what_the_pod_sends_arrives_byte_for_byte_until_the_farewell(linked: Linked, sent: Sent) -> None:
    with linked(lapse=4.0) as (page, _):
        assert page.outcome() == "open"
        page.until("got.length > 100")
        page.close()
        messages = page.messages()
    first, *packets, last = messages
    assert (first["state"], first["pod"], first["detail"]) == ("connected", "open", "CadPod")
    assert (last["state"], last["count"]) == ("closed", 0)
    assert [[packet["data"] for packet in packets]] == sent.visits
    assert {packet["channel"] for packet in packets} == {NOTIFY_CHANNEL}
    times_us = [message["tUs"] for message in messages]
    assert times_us == sorted(times_us)
    assert times_us[0] / 1e6 == pytest.approx(time.time(), abs=60.0)
    assert (sent.pod.commands[0], sent.pod.commands[-1]) == (Start(Mode.RAW), Stop())
    assert sent.pod.mode is None


@pytest.mark.parametrize("fault", ["link-loss@4+3", "restart@4"])
def test_a_lost_pod_is_had_again_without_a_tap_and_delivers_once(
    fault: str, linked: Linked, sent: Sent
) -> None:
    with linked(faults=fault, lapse=4.0) as (page, pod):
        page.until("got.filter(({ state }) => state === 'connected').length === 2")
        page.until("got.at(-40)?.channel")
        page.close()
        before, after = page.connections()
        events = page.events()
    assert [event["state"] for event in events] == ["connected", "lost", "connected", "closed"]
    assert events[1]["detail"] == "the Bluetooth connection is gone"
    assert before == sent.visits[0][: len(before)]
    assert after == sent.visits[1]
    assert pod.injected.link_losses + pod.injected.restarts == 1
    assert sent.pod.commands == [Start(Mode.RAW), Start(Mode.RAW), Stop()]


def test_in_strides_mode_no_stride_is_missed_while_the_pod_is_away(linked: Linked, sent: Sent) -> None:
    with linked(mode="strides", faults="link-loss@15+30", lapse=20.0) as (page, pod):
        page.until("got.filter(({ state }) => state === 'connected').length === 2")
        page.until("got.at(-20)?.channel")
        page.close()
        before, after = page.connections()
        assert page.events()[0]["pod"] == "open-strides"
        assert pod.injected.given_up == 0
    # What was on the air when the pod went is lost with the connection.
    assert sent.visits[0][: len(before)] == before
    assert len(sent.visits[0]) - len(before) <= 2
    assert after == sent.visits[1]
    frames = [decode(packet) for visit in sent.visits for packet in visit]
    numbers = [frame.sequence for frame in frames if not isinstance(frame, BadFrame)]
    assert numbers == list(range(len(frames)))
    kept = [frame for frame in map(decode, after) if isinstance(frame, StrideFrame)]
    assert len(kept) > 35
    assert max(np.diff([frame.contact_us for frame in kept])) < 1e6


def test_a_silent_pod_is_told_as_stalled_and_as_resumed(linked: Linked, sent: Sent) -> None:
    with linked(faults="stall@4+8", lapse=4.0) as (page, _):
        page.until("got.some(({ state }) => state === 'resumed')")
        page.close()
        assert page.connections() == sent.visits
        events = page.events()
    assert [event["state"] for event in events] == ["connected", "stalled", "resumed", "closed"]
    assert events[1]["detail"].startswith("silent for 1.")


def test_a_running_speed_and_cadence_sensor_is_listened_to(linked: Linked) -> None:
    with linked(kind="rsc", lapse=4.0) as (page, _):
        assert page.outcome() == "open"
        page.until("got.length > 8")
        page.close()
        first, *packets, _ = page.messages()
    assert (first["pod"], first["detail"]) == ("rsc", "RSC pod")
    assert {packet["channel"] for packet in packets} == {RSC_MEASUREMENT, BATTERY_LEVEL}


def test_a_user_who_closes_the_chooser_is_no_error(linked: Linked) -> None:
    with linked(chooser="close") as (page, _):
        assert page.outcome() == "NotFoundError"
        assert page.messages() == []


def test_twenty_times_as_fast_nothing_is_lost(linked: Linked, sent: Sent) -> None:
    with linked(lapse=20.0) as (page, pod):
        page.until("got.length > 800")
        page.close()
        assert page.connections() == sent.visits
        assert pod.injected.given_up == 0
