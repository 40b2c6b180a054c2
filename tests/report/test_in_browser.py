"""The page in a browser: its charts are there, nothing leaves the machine, and it can be read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.kept_run import KeptRun
from coach.report.page import page

from .kept_runs import coached_run, long_run, sensor_run, short_run
from .test_page import trend

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, level AA."""

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is missing: the page is not opened"
)

CONTRASTS = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    if (![...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim())) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.slice(0, 30)]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


class Opened:
    """The page of a run in the browser, and what it did."""

    def __init__(
        self, browser: Any, folder: Path, run: KeptRun, width: int = 1280, scheme: str = "light"
    ) -> None:
        path = folder / "run.html"
        path.write_bytes(page(run, trend(8)))
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def test_the_charts_are_there_and_nothing_leaves(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, tmp_path, coached_run()) as opened:
        charts = opened.page.locator("figure svg")
        assert charts.count() == 6
        for index in range(charts.count()):
            box = charts.nth(index).bounding_box()
            assert box["width"] > 800
            assert box["height"] > 100
        assert charts.first.get_attribute("aria-label").startswith("Cadence over time")
        lines = opened.page.eval_on_selector_all("path.mean", "found => found.map(p => p.getTotalLength())")
        assert len(lines) == 6  # of the impact there are two: known, and lower bounds
        assert min(lines) > 10
        assert (opened.said, opened.asked) == ([], [opened.address])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("make", [coached_run, sensor_run, short_run])
def test_every_text_can_be_read(browser: Any, tmp_path: Path, make: type[KeptRun], scheme: str) -> None:
    with Opened(browser, tmp_path, make(), scheme=scheme) as opened:
        opened.page.eval_on_selector_all("details", "found => found.forEach(d => d.open = true)")
        found = opened.page.evaluate(CONTRASTS)
        assert len(found) > 30
        assert [entry for entry in found if entry[0] < LEAST_CONTRAST] == []


def test_light_and_dark_differ(browser: Any, tmp_path: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        with Opened(browser, tmp_path, short_run(), scheme=scheme) as opened:
            grounds.append(opened.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(243, 245, 248)", "rgb(12, 17, 23)"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("make", [coached_run, long_run, short_run])
def test_the_page_fits_its_window(browser: Any, tmp_path: Path, make: type[KeptRun], width: int) -> None:
    with Opened(browser, tmp_path, make(), width=width) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
def test_the_numbers_of_an_axis_stand_at_their_lines(browser: Any, tmp_path: Path, width: int) -> None:
    with Opened(browser, tmp_path, coached_run(), width=width) as opened:
        for frame in opened.page.locator("figure .frame").all():
            axis, plot = frame.locator(".axis-y").bounding_box(), frame.locator("svg").bounding_box()
            assert axis["y"] == pytest.approx(plot["y"], abs=1.0)
            assert axis["height"] == pytest.approx(plot["height"], abs=1.5)


def test_the_page_prints(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, tmp_path, coached_run(), scheme="dark") as opened:
        opened.page.emulate_media(media="print", color_scheme="dark")
        assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert opened.page.pdf().startswith(b"%PDF")
