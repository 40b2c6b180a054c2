"""The phone page as files: whole, small, of one version, and closed to foreign origins."""

from __future__ import annotations

import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.cli.phone.site import own_site
from coach.phone.recording_table import recording_table
from coach.phone.site import (
    CONTENT_SECURITY_POLICY,
    CONTENT_TYPES,
    INDEX,
    PACKED,
    POLICY_MARK,
    SERVICE_WORKER,
    Site,
    content_type,
    shortened,
    site_of,
    without_words,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "coach" / "phone" / "page"
CORE = ROOT / "coach" / "phone" / "core"
SMALL = {INDEX: b"<head>" + POLICY_MARK + b"</head>", "app.js": b"1", SERVICE_WORKER: b"take(SITE);"}
BUDGET_BYTES = 150_000


@pytest.fixture(scope="module")
def site() -> Site:
    return own_site()


def told_to_service_worker(site: Site) -> dict[str, Any]:
    line, _ = site.files[SERVICE_WORKER].split(b"\n", 1)
    told = re.fullmatch(rb"const SITE = (.*);", line)
    assert told is not None
    document: dict[str, Any] = json.loads(told[1])
    return document


def unpacked(site: Site, path: str) -> bytes:
    return zlib.decompress(site.files[path + PACKED])


class TestThePage:
    def test_is_all_that_lies_in_its_folder_the_core_and_the_format_of_recordings(self, site: Site) -> None:
        files = {path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*") if path.is_file()}
        packed = {"core/cadence_core.wasm", "core/cadence_core.json", "recording.json", "texts.json"}
        plain = files - packed | {"core/cadence_core.js"}
        assert set(site.files) == plain | {path + PACKED for path in packed}

    def test_weighs_at_most_150_kb(self, site: Site) -> None:
        assert sum(map(len, site.files.values())) <= BUDGET_BYTES

    def test_has_a_type_for_each_file(self, site: Site) -> None:
        assert {content_type(path) for path in site.files} <= set(CONTENT_TYPES.values())

    def test_runs_the_core_as_it_is_kept(self, site: Site) -> None:
        wrapper = ROOT / "hardware" / "firmware" / "beside_core" / "wasm32" / "cadence_core.js"
        assert site.files["core/cadence_core.js"] == shortened("a.js", wrapper.read_bytes())
        assert unpacked(site, "core/cadence_core.wasm") == (CORE / "cadence_core.wasm").read_bytes()

    @pytest.mark.parametrize("path", sorted(PAGE.rglob("*.js")), ids=lambda path: path.name)
    def test_is_made_of_scripts_that_lose_no_word_when_they_are_shortened(self, path: Path) -> None:
        def strings(script: bytes) -> list[bytes]:
            without_comments = re.sub(rb"(?m)^\s*//.*$|\s// .*$", b"", script)
            return re.findall(rb'"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`', without_comments)

        script = path.read_bytes()
        assert strings(shortened(path.name, script)) == strings(script)

    def test_has_every_number_of_the_layout_and_none_of_its_words(self, site: Site) -> None:
        def numbers(layout: Any, path: str = "") -> dict[str, Any]:
            if not isinstance(layout, dict):
                return {path: layout}
            return {at: n for name in layout for at, n in numbers(layout[name], f"{path}/{name}").items()}

        kept = numbers(json.loads((CORE / "cadence_core.json").read_bytes()))
        sent = numbers(json.loads(unpacked(site, "core/cadence_core.json")))
        left_out = ("comment", "title", "count")
        assert sent == {at: n for at, n in kept.items() if at.split("/")[-1] not in left_out}
        assert len(sent) < len(kept)

    def test_knows_the_format_of_recordings(self, site: Site) -> None:
        assert json.loads(unpacked(site, "recording.json")) == json.loads(json.dumps(recording_table()))

    def test_names_no_foreign_origin(self, site: Site) -> None:
        named = {
            (path, address)
            for path, content in site.files.items()
            if content_type(path).partition("/")[0] in ("text", "application")
            for address in re.findall(rb"(?:https?:)?//[a-z0-9-]+\.[a-z0-9.-]+", content)
        }
        # Names of what is drawn and of what is told, at which nothing is asked for.
        assert {address for _, address in named} <= {b"http://www.w3.org", b"https://json-schema.org"}

    def test_asks_for_nothing_by_an_address_from_the_root(self, site: Site) -> None:
        texts = b"\n".join(content for path, content in site.files.items() if path.endswith((".js", ".html")))
        assert re.findall(rb"""(?:from|import|href=|src=|fetch\(|register\() ?["']/[^"']*""", texts) == []

    def test_needs_no_more_than_its_policy_allows(self, site: Site) -> None:
        page = Inline()
        page.feed(site.files[INDEX].decode())
        assert page.found == []
        scripts = b"\n".join(content for path, content in site.files.items() if path.endswith(".js"))
        assert re.findall(rb"\b(?:eval|new Function|innerHTML|outerHTML|insertAdjacentHTML)\b", scripts) == []


class Inline(HTMLParser):
    """Finds scripts, styles and handlers that stand within a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


class TestItsPolicy:
    def test_stands_in_the_page_for_hosts_that_send_no_headers(self, site: Site) -> None:
        index = site.files[INDEX].decode()
        head = index[: index.index("</head>")]
        assert f'http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}"' in head
        # What stands before it is not under it.
        assert not re.search("<(link|script)", head[: head.index("Content-Security-Policy")])

    def test_allows_nothing_but_the_page_itself(self) -> None:
        parts = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
        assert parts.pop("default-src") == "'none'"
        assert parts.pop("script-src") == "'self' 'wasm-unsafe-eval'"
        assert {word for words in parts.values() for word in words.split()} <= {"'self'", "'none'", "blob:"}

    @pytest.mark.parametrize("index", [b"<head></head>", 2 * POLICY_MARK])
    def test_has_one_place_in_the_page(self, index: bytes) -> None:
        with pytest.raises(ValueError, match="content-security-policy"):
            site_of({INDEX: index})


class TestTheServiceWorker:
    def test_is_told_every_file_but_itself_and_the_version(self, site: Site) -> None:
        told = told_to_service_worker(site)
        assert told["version"] == site.version
        assert sorted(told["files"]) == sorted(["./", *(site.files.keys() - {SERVICE_WORKER})])

    def test_goes_on_with_what_was_written_for_it(self, site: Site) -> None:
        written = (PAGE / SERVICE_WORKER).read_bytes()
        assert site.files[SERVICE_WORKER].endswith(shortened(SERVICE_WORKER, written))


@given(path=st.sampled_from(sorted(SMALL)), more=st.binary(min_size=1))
def test_any_change_is_another_version_and_the_same_files_are_the_same(path: str, more: bytes) -> None:
    before, again = site_of(SMALL), site_of(dict(reversed(SMALL.items())))
    assert (again.version, list(again.files)) == (before.version, list(before.files))
    if POLICY_MARK not in more:
        changed = site_of({**SMALL, path: SMALL[path] + more})
        assert changed.version != before.version
        assert told_to_service_worker(changed)["version"] == changed.version


def test_a_file_more_is_another_version_even_an_empty_one() -> None:
    assert site_of({**SMALL, "more.js": b""}).version != site_of(SMALL).version


def test_words_are_left_out_at_any_depth_and_nothing_else() -> None:
    layout = {"title": "t", "a": {"comment": "c", "index": 0, "b": {"title": "t", "size": 3}}, "list": [1]}
    assert without_words(layout) == {"a": {"index": 0, "b": {"size": 3}}, "list": [1]}
