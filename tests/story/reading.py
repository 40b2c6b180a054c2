"""What must hold for every answer: it is whole, fits a screen, keeps to its matter and agrees with others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .diary import COLUMNS, Diary, Entry

BROKEN = re.compile(r"Traceback|\bnan\b|\bNaN\b|\bNone\b|\binf\b|-0\.0\b|…")
NO_MATTER_OF_OURS = re.compile(
    r"(?i)(?<!does not )diagnos|tendinopathy|rupture|you have (a |an |your |tend|achilles)"
    r"|land (softer|soft|on)|forefoot"
)
"""Names of what a runner has, and how to land."""
LOG_LINE = re.compile(r"^\d+:\d\d min, ")
"""Of a run that is not watched on a terminal: one line a moment, however long."""
ONE_LINE = re.compile(r"^(coach|journal|written): ")
"""For people and programs alike; a terminal folds it."""


def check(entry: Entry) -> None:
    """An answer by itself."""
    told = f"{entry.at:%a %Y-%m-%d} {entry.command}\n{entry.answer}"
    assert entry.answer.strip(), told
    is_json = "--json" in entry.command.split()
    assert not BROKEN.search(entry.answer), told
    if entry.command == "coach why":
        return
    assert not NO_MATTER_OF_OURS.search(entry.answer), told
    if not is_json:
        for line in entry.answer.splitlines():
            fits = (
                len(line) <= COLUMNS or LOG_LINE.match(line) or ONE_LINE.match(line) or Path(line).is_file()
            )
            assert fits, (line, told)


def check_page(page: Path) -> None:
    """A report, as it is read."""
    html = re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", page.read_text(encoding="utf-8"))
    read = re.sub(r"<[^>]*>", " ", html)
    assert len(read.split()) > 100
    assert not re.search(r"Traceback|\bnan\b|\bNone\b|\binf\b", read), read
    assert not NO_MATTER_OF_OURS.search(read), read


def looks(diary: Diary, command: str) -> tuple[str, dict[str, Any]]:
    """Look at a page as people and as programs do. What both tell is the same.

    Returns:
        The text with single spaces, and the document.
    """
    text, document = _single_spaced(diary.types(command)), diary.asks(command)
    facts = [*document.get("reasons", []), *document.get("advice", [])]
    facts += [item[part] for item in document.get("items", []) for part in _shown_of(item)]
    facts += filter(None, [document.get("warning"), *document.get("notes", [])])
    for fact in facts:
        assert _single_spaced(fact) in text, (fact, text)
    return text, document


def looks_around(diary: Diary) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Look at today, load and pain of one moment: none contradicts another."""
    (_, today), (load_text, load), (_, pain) = (looks(diary, name) for name in ("today", "load", "pain"))
    assert today["progression_allowed"] == pain["progression_allowed"]
    assert set(pain["reasons"]) <= set(today["reasons"])
    most_m = load["next_run"]["most_m"]
    said = re.findall(r"Next run: up to (\S+) km", load_text)
    comes_back = "Your pain log comes first" in load_text
    assert not (comes_back and said)
    assert comes_back or pain["progression_allowed"]
    said += [km for item in today["items"] for km in re.findall(r"at most (\S+) km", item["what"])]
    assert not said or most_m is not None
    assert all(1000.0 * float(km) <= most_m + 0.001 for km in said)
    return today, load, pain


def to_do(today: dict[str, Any]) -> list[str]:
    """What is still to be done."""
    return [item["what"] for item in today["items"] if not item["done"]]


def done(today: dict[str, Any]) -> list[str]:
    """What was done."""
    return [item["what"] for item in today["items"] if item["done"]]


def warnings(load: dict[str, Any]) -> list[bool]:
    """Of each run, the oldest first, whether it is told to be too much."""
    return [run["warning"] is not None for run in reversed(load["runs"])]


def _shown_of(item: dict[str, Any]) -> tuple[str, ...]:
    return ("what",) if item["done"] else ("what", "why", "command")


def _single_spaced(text: str) -> str:
    return " ".join(re.sub("[│╭╰─╮╯]", " ", text).split())
