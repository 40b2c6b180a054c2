"""The screens with a made-up run in a real browser: readable, in reach, in each language, to eye and ear."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from .browser import Server
from .whole_page import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Page

GALLERY = Path(__file__).with_name("gallery.js")
SCREENS = ("connect", "connect/1", "run", "after/1", "after/2", "runs", "runs/none", "settings")
LEAST_TARGET_PX = 48
"""What Android's guide to accessibility asks of what is touched."""

CUT = """() => {
    const isInline = (each) => getComputedStyle(each).display === "inline";
    const blockOf = (each) => (isInline(each) ? blockOf(each.parentElement) : each);
    const isText = ({ data, parentElement: { offsetParent } }) => offsetParent && data.trim();
    const isSeen = ({ parentElement }) => !parentElement.closest("svg, option, .unseen");
    const isCut = (text) => {
        const range = document.createRange();
        range.selectNode(text);
        const block = blockOf(text.parentElement);
        const [inner, outer] = [range, block].map((what) => what.getBoundingClientRect());
        return inner.right > Math.min(outer.right, innerWidth) + 1 || inner.left < outer.left - 1;
    };
    const isCutChoice = (select) => {
        const pen = document.createElement("canvas").getContext("2d");
        const { font, paddingLeft, paddingRight, textOverflow } = getComputedStyle(select);
        pen.font = font;
        const room = select.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
        return textOverflow !== "ellipsis" && pen.measureText(select.selectedOptions[0].text).width > room;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    const choices = [...document.querySelectorAll("select")].filter((select) => select.offsetParent);
    return [
        ...texts.filter((text) => isText(text) && isSeen(text) && isCut(text)).map(({ data }) => data),
        ...choices.filter(isCutChoice).map(({ name }) => name),
    ];
}"""
"""What goes beyond the window, or whose text goes beyond its box."""

Show = Callable[..., "Page"]


@pytest.fixture(scope="module")
def gallery(serve: Callable[..., Server], site_files: dict[str, bytes]) -> str:
    # Without the worker: it would keep the page's own app.js.
    files = {path: content for path, content in site_files.items() if path != "service-worker.js"}
    return serve({**files, "app.js": GALLERY.read_bytes()}).address


@pytest.fixture
def show(gallery: str, open_page: Callable[..., Page]) -> Iterator[Show]:
    def shown(screen: str, *, width: int = 360, height: int = 800, query: str = "", **options: Any) -> Page:
        viewport = {"width": width, "height": height}
        page = open_page(f"{gallery}{query}#{screen}", viewport=viewport, locale="en-GB", **options)
        deadline_s = time.monotonic() + PATIENCE_S
        while not page.evaluate("window.ready"):
            assert time.monotonic() < deadline_s
        return page

    return shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault(scheme: str, show: Show) -> None:
    page = show("connect", color_scheme=scheme)
    for screen in SCREENS:
        page.evaluate(f"location.hash = '{screen}'")
        page.wait_for_selector(f"[data-screen={screen.split('/')[0]}]:not([hidden])")
        found = Axe().run(page).response["violations"]
        faults = [(screen, each["id"], [node["target"] for node in each["nodes"]]) for each in found]
        assert faults == []


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 800), (800, 360)])
@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_cut_off_and_fingers_find_their_targets(
    width: int, height: int, language: str, show: Show
) -> None:
    page = show("connect", width=width, height=height, query=f"?language={language}")
    for screen in SCREENS:
        page.evaluate(f"location.hash = '{screen}'")
        name = screen.split("/")[0]
        page.wait_for_selector(f"[data-screen={name}]:not([hidden])")
        fits(page, screen)
        too_small = page.evaluate(
            """(least) => [...document.querySelectorAll("button, a, select, input")]
                .filter((each) => each.offsetParent && each.type !== "checkbox")
                .map((each) => [each.outerHTML.slice(0, 60), each.getBoundingClientRect()])
                .filter(([, { width, height }]) => height < least || width < least)
                .map(([what]) => what)""",
            LEAST_TARGET_PX,
        )
        assert too_small == [], screen


def fits(page: Page, screen: str) -> None:
    """Nothing goes beyond the window, its box or another's place."""
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, screen
    assert page.evaluate(CUT) == [], screen


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("width", "text_percent"), [(240, 100), (360, 200)])
def test_large_text_and_a_narrow_window_wrap_and_are_not_cut(
    width: int, text_percent: int, language: str, show: Show
) -> None:
    page = show("connect", width=width, query=f"?language={language}")
    page.evaluate(f"document.documentElement.style.fontSize = '{text_percent}%'")
    for screen in SCREENS:
        page.evaluate(f"location.hash = '{screen}'")
        page.wait_for_selector(f"[data-screen={screen.split('/')[0]}]:not([hidden])")
        fits(page, screen)


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 800), (393, 852), (412, 915), (800, 360)])
def test_a_long_way_and_a_slow_one_fit_side_by_side(width: int, height: int, show: Show) -> None:
    page = show("run", width=width, height=height)
    page.evaluate(
        """() => screens.run.show(
            { ...view, elapsed_s: 35999, distance_m: 100480, speed_m_s: 1000 / 754 }, { canControl: true })"""
    )
    fits(page, "run")
    boxes = [dd.bounding_box() for dd in page.locator("[data-screen=run] dd").all()]
    assert page.inner_text("[data-screen=run] [data-field=time]") == "9:59:59"
    for one, other in pairwise(boxes):
        assert one is not None
        assert other is not None
        assert one["y"] == other["y"], "on one line"
        assert other["x"] - one["x"] - one["width"] >= 5


def test_under_colours_of_the_system_the_band_and_the_buttons_can_be_seen(show: Show) -> None:
    page = show("run", forced_colors="active")
    edges = page.evaluate(
        """() => [...document.querySelectorAll("[data-screen=run] button, .track")]
            .map((each) => getComputedStyle(each).borderTopWidth)"""
    )
    assert edges
    assert set(edges) == {"1px"}
    ground, goal, mark = page.evaluate(
        """() => ["body", ".goal", ".mark"].map((what) => (
            getComputedStyle(document.querySelector(what)).backgroundColor))"""
    )
    assert len({ground, goal, mark}) == 3


def test_more_contrast_makes_no_mark_harder_to_see(show: Show) -> None:
    for scheme in ("light", "dark"):
        shown = {
            contrast: show("run", color_scheme=scheme, contrast=contrast).evaluate(
                """() => [".track", ".mark"].map((what) => (
                    getComputedStyle(document.querySelector(what)).backgroundColor))"""
            )
            for contrast in ("no-preference", "more")
        }
        assert shown["more"] == shown["no-preference"]


def test_the_run_fits_on_one_screen_without_scrolling(show: Show) -> None:
    for width, height in ((360, 640), (360, 800), (412, 915)):
        page = show("run", width=width, height=height)
        assert page.evaluate("document.documentElement.scrollHeight") <= height


def test_the_cadence_can_be_read_at_arms_length(show: Show) -> None:
    page = show("run")
    box = page.locator("[data-screen=run] [data-field=cadence]").bounding_box()
    assert box is not None
    assert box["height"] > 140
    assert page.inner_text("[data-screen=run] [data-field=cadence]") == "166"


def test_the_band_shows_where_the_cadence_is(show: Show) -> None:
    page = show("run")

    def mark_at(cadence_spm: float | None) -> tuple[float, bool]:
        page.evaluate(
            "(spm) => screens.run.show({ ...view, cadence_spm: spm }, { canControl: true })", cadence_spm
        )
        page.wait_for_timeout(350)  # it glides there
        at, on = page.evaluate(
            """() => {
                const [track, mark] = [".track", ".mark"].map((name) => document.querySelector(name));
                const [a, b] = [track, mark].map((each) => each.getBoundingClientRect());
                return [(b.x + b.width / 2 - a.x) / a.width, "on" in track.parentElement.dataset];
            }"""
        )
        return at, on

    assert mark_at(173.0) == (pytest.approx(0.5, abs=0.02), True)
    assert mark_at(170.1)[1]
    assert mark_at(163.0) == (pytest.approx(0.25, abs=0.02), False)
    assert mark_at(100.0) == (pytest.approx(0.0, abs=0.03), False)
    assert page.get_attribute("[data-part=band]", "aria-label") == "100 against a target of 173"


def test_what_is_not_known_is_a_dash_to_the_eye_and_words_to_the_ear(show: Show) -> None:
    page = show("after/2")
    distance = page.locator("[data-screen=after] [data-field=distance]")
    assert distance.locator("[aria-hidden=true]").inner_text() == "–"
    assert distance.locator(".unseen").inner_text() == "not known"
    assert page.inner_text("[data-part=cadence]") == "This pod does not tell it."


def test_ending_and_deleting_take_a_second_tap(show: Show) -> None:
    page = show("run")
    page.click("[data-action=stop]")
    assert page.inner_text("[data-action=stop]") == "Tap again"
    assert page.evaluate("done") == []
    page.click("[data-action=stop]")
    assert page.evaluate("done") == [["stop"]]
    page.evaluate("location.hash = 'after/1'")
    page.click("[data-action=delete]")
    page.click("[data-action=delete]")
    assert page.evaluate("done") == [["stop"], ["delete"]]


def test_dimmed_it_shows_little_and_a_tap_brings_it_back(show: Show) -> None:
    page = show("run")
    page.click("[data-action=dim]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    assert not page.is_visible("[data-action=stop]")
    page.click("[data-screen=run] [data-field=cadence]")
    assert page.is_visible("[data-action=stop]")
    page.click("[data-action=dim]")
    page.keyboard.press("Enter")  # without a touch, by the button that has the focus
    assert page.is_visible("[data-action=stop]")


def test_the_chart_is_open_where_nothing_is_known_and_told_in_words(show: Show) -> None:
    page = show("after/1")
    chart = page.locator("[data-part=cadence] svg")
    assert (chart.locator(".curve").get_attribute("d") or "").count("M") == 2
    assert chart.locator(".cue").count() == 2
    label = chart.get_attribute("aria-label") or ""
    assert label.startswith("Cadence over time: 16")


@pytest.mark.parametrize(
    ("query", "unit", "levels"),
    [
        ("?language=de", "m", ["1,95", "2", "2,05", "2,1"]),
        ("?units=imperial", "ft", ["6.4", "6.6", "6.8", "7"]),
    ],
)
def test_its_axes_have_round_numbers_in_the_units_and_language_of_the_runner(
    query: str, unit: str, levels: list[str], show: Show
) -> None:
    page = show("after/1", query=query)
    assert page.inner_text("[data-field=length-unit]") == unit
    shown = page.locator("[data-part=length] svg text[text-anchor=end]").all_text_contents()
    assert [text for text in shown if ":" not in text] == levels


def test_a_change_of_screen_moves_the_focus_and_the_title(show: Show) -> None:
    page = show("connect")
    page.click("nav a[href='#settings']")
    assert page.evaluate("document.activeElement.textContent") == "Settings"
    assert page.title() == "Settings · Cadence Coach"
    assert page.evaluate("document.querySelectorAll('[data-screen]:not([hidden])').length") == 1


def test_without_bluetooth_it_says_in_one_sentence_what_works_instead(show: Show) -> None:
    page = show("connect")
    page.evaluate(
        "screens.connect.show({ support: 'no-bluetooth', busy: false, problem: null, cutOff: null })"
    )
    said = page.inner_text("[data-screen=connect] [data-field=problem]")
    assert said.count(".") == 1
    assert all(word in said for word in ("Chrome", "Bluefy", "coach run --page"))
    assert page.is_disabled("[data-action=connect]")


def test_each_setting_tells_its_change(show: Show) -> None:
    page = show("settings")
    page.select_option("[name=sound]", "tones")
    page.select_option("[name=target]", "own")
    page.fill("[name=target_spm]", "300")
    page.fill("[name=target_spm]", "178")
    page.locator("[name=target_spm]").blur()
    page.check("[name=locked]")
    page.select_option("[name=side]", "left")
    page.click("[data-action=measure]")
    assert page.evaluate("done") == [
        ["change", {"sound": "tones"}],
        ["change", {"target_spm": None}],
        ["change", {"target_spm": 178}],
        ["change", {"locked": True}],
        ["change", {"side": "left"}],
        ["change", {"baseline_spm": None, "baseline_speed_m_s": None}],
    ]


def test_it_speaks_german_and_counts_in_miles(show: Show) -> None:
    page = show("after/1", query="?language=de&units=imperial")
    assert page.inner_text("[data-screen=after] h1") == "Dein Lauf"
    assert page.inner_text("[data-screen=after] [data-field=distance]") == "1,20 mi"
    assert page.get_attribute("html", "lang") == "de"


def test_who_asks_for_less_motion_gets_none(show: Show) -> None:
    page = show("run", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('.mark')).transitionDuration") == "0s"
