"""What the page's link does with a device that does not do what it should, on a clock put forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from .browser import Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

INDEX = """\
<!doctype html><meta charset="utf-8"><title>link</title><link rel="icon" href="data:,">
<script type="module" src="device.js"></script>"""
DEVICE = """\
import { BluetoothLink } from "./link/bluetooth.js";

const SERVICE = "service", NOTIFY = "notify", WRITE = "write";
const PROFILE = {
  name: "fake",
  service: SERVICE,
  notify: [NOTIFY],
  silenceS: 1,
  greeting: () => [{ channel: WRITE, data: new Uint8Array([1]) }],
  farewell: () => [{ channel: WRITE, data: new Uint8Array([9]) }],
};
const refuse = (name) => Promise.reject(new DOMException("said by the browser", name));

class Characteristic extends EventTarget {
  properties = { write: true };
  constructor(uuid) {
    super();
    this.uuid = uuid;
  }
  async startNotifications() {
    if (early) this.notify(early);
  }
  async writeValueWithResponse(data) {
    if (writing) overlaps += 1;
    writing = true;
    await new Promise((resolve) => setTimeout(resolve, 10));
    writing = false;
    written.push(data[0]);
  }
  notify(...bytes) {
    this.value = new DataView(Uint8Array.from(bytes).buffer);
    this.dispatchEvent(new Event("characteristicvaluechanged"));
  }
}

class Device extends EventTarget {
  name = "Fake";
  gatt = {
    connect: () => {
      attempts += 1;
      if (behaviour === "away") return refuse("NetworkError");
      if (behaviour === "hangs") return new Promise(() => {});
      return Promise.resolve(this.gatt);
    },
    disconnect: () => {
      disconnects += 1;
    },
    getPrimaryServices: async () => {
      if (behaviour === "other") return refuse("NotFoundError");
      const channels = [new Characteristic(NOTIFY), new Characteristic(WRITE)];
      heard.push(channels[0]);
      return [{ uuid: SERVICE, getCharacteristics: async () => channels }];
    },
  };
}

Object.assign(window, {
  behaviour: "", early: 0, attempts: 0, disconnects: 0, overlaps: 0, writing: false, written: [], heard: [],
  got: [], outcome: null,
});
window.device = new Device();
window.lose = () => device.dispatchEvent(new Event("gattserverdisconnected"));
window.begin = () => {
  window.link = new BluetoothLink(device, [PROFILE], (message) => got.push(message));
  link.open().then(() => (window.outcome = "open"), (problem) => (window.outcome = problem.message));
};
"""


class Link:
    """A page with a link to a fake device. Its clock stands still but for `pass_s`."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def tell(self, script: str) -> Any:
        """What JavaScript says."""
        return self._page.evaluate(script)

    def begin(self, behaviour: str = "", *, early: int = 0) -> None:
        self.tell(f"(behaviour = '{behaviour}', early = {early}, begin())")
        self.pass_s(0.0)

    def pass_s(self, seconds: float) -> None:
        self._page.clock.run_for(round(1000 * seconds))

    @property
    def got(self) -> list[Any]:
        """States, and first bytes of packets."""
        return list(self.tell("got.map(({ state, data }) => state ?? data[0])"))


@pytest.fixture
def link(serve: Callable[..., Server], page_modules: dict[str, bytes], open_page: OpenPage) -> Link:
    page = open_page(serve({**page_modules, "index.html": INDEX, "device.js": DEVICE}).address)
    page.clock.install()
    page.reload()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    return Link(page)


def test_a_pod_that_is_away_is_looked_for_ten_seconds_and_less_and_less_often(link: Link) -> None:
    link.begin("away")
    link.pass_s(1.0)
    assert link.tell("attempts") == 3  # at 0, 0.15 and 0.45 s
    link.pass_s(8.9)
    assert link.tell("outcome") is None
    link.pass_s(1.2)
    assert link.tell("outcome") == "problem.out-of-reach"
    attempts = link.tell("attempts")
    link.pass_s(10.0)
    assert link.tell("attempts") == attempts <= 13
    assert link.got == []


def test_a_browser_that_would_wait_for_ever_is_told_to_give_up(link: Link) -> None:
    link.begin("hangs")
    link.pass_s(10.1)
    assert link.tell("outcome") == "problem.out-of-reach"
    assert link.tell("disconnects") == 1


def test_a_device_of_another_kind_is_told_at_once(link: Link) -> None:
    link.begin("other")
    assert link.tell("outcome") == "problem.wrong-pod"
    assert link.tell("disconnects") == 1


def test_a_silent_device_is_greeted_each_second_and_given_up_after_six(link: Link) -> None:
    link.begin()
    link.pass_s(5.9)
    assert link.tell("outcome") is None
    assert link.tell("written") == [1] * 6
    link.pass_s(0.2)
    assert link.tell("outcome") == "problem.no-answer"
    assert link.got[:2] == ["connected", "stalled"]
    link.pass_s(5.0)
    assert link.tell("written") == [1] * 6


def test_what_comes_before_all_is_listened_to_waits_for_connected(link: Link) -> None:
    link.begin(early=7)
    assert link.got == ["connected", 7]
    assert link.tell("got[0].tUs === got[1].tUs")
    assert link.tell("outcome") == "open"


def test_writes_wait_for_one_another(link: Link) -> None:
    link.begin(early=7)
    link.tell("[2, 3, 4].forEach((byte) => link.write({ channel: 'write', data: new Uint8Array([byte]) }))")
    link.pass_s(0.1)
    assert link.tell("written") == [1, 2, 3, 4]
    assert link.tell("overlaps") == 0


def test_an_old_connection_delivers_no_more(link: Link) -> None:
    link.begin(early=7)
    link.tell("lose()")
    link.pass_s(0.2)
    link.tell("heard.forEach((characteristic, number) => characteristic.notify(20 + number))")
    assert link.got == ["connected", 7, "lost", "connected", 7, 21]


def test_once_answered_it_is_looked_for_without_end_and_at_once_when_the_page_is_seen(link: Link) -> None:
    link.begin(early=7)
    link.tell("(behaviour = 'away', lose())")
    link.pass_s(60.0)
    attempts = link.tell("attempts")
    assert 55 < attempts < 66
    link.tell("(behaviour = '', document.dispatchEvent(new Event('visibilitychange')))")
    link.pass_s(0.0)
    assert link.tell("attempts") == attempts + 1
    assert link.got == ["connected", 7, "lost", "connected", 7]


def test_closing_while_it_is_looked_for_ends_it(link: Link) -> None:
    link.begin(early=7)
    link.tell("(behaviour = 'hangs', lose())")
    link.pass_s(1.0)
    link.tell("void link.close()")
    link.pass_s(0.0)
    assert link.got == ["connected", 7, "lost", "closed"]
    link.pass_s(30.0)
    assert link.tell("attempts") == 2
