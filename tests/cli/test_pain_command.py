"""`coach pain`: what is told is kept, what follows from it is said, and a slip is one clear line."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coach import clock
from coach.care.records import Pain
from coach.cli.errors import CommandError
from coach.cli.main import app
from coach.journal.store import Journal

from .conftest import Coach

EVENING = datetime(2026, 6, 1, 20, 15, tzinfo=timezone(timedelta(hours=9, minutes=30)))


@pytest.fixture(autouse=True)
def days(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 0)


def at(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """Set the clock, in days after a Monday evening."""
    monkeypatch.setattr(clock, "now", lambda: EVENING + timedelta(days=days))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["pain", *map(str, arguments)])


def told(*arguments: object) -> str:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_an_empty_log_is_an_answer_and_makes_no_file(home: Path) -> None:
    assert "coach pain 2 --when after --side left" in told()
    document = json.loads(told("--json"))
    assert (document["entry"], document["entries"], document["rule"]) == (None, [], "no pain told")
    assert not home.exists()


def test_what_is_told_is_kept_with_the_time_of_the_runner() -> None:
    assert "kept: 4 of 10 after, left leg, 2026-06-01 20:15" in told(4, "--when", "after", "--side", "left")
    with Journal() as journal:
        (pain,) = journal.pains()
    assert (pain.score, pain.when, pain.side, pain.at) == (4, "after", "left", EVENING)
    assert pain.at.utcoffset() == EVENING.utcoffset()
    lines = told().splitlines()
    assert lines[2].split() == ["1", "4", "after", "left", "2026-06-01", "20:15"]


def test_the_document_tells_the_rule_and_what_follows() -> None:
    document = json.loads(told(6, "--when", "during", "--side", "right", "--note", "uphill", "--json"))
    assert document["entry"] == {
        "number": 1, "at": EVENING.isoformat(), "score": 6, "when": "during", "side": "right",
        "snap": False, "cleared": False, "note": "uphill",
    }  # fmt: skip
    assert document["rule"] == "over 5 of 10"
    assert (document["progression_allowed"], document["cues_allowed"]) == (False, False)
    assert document["advice"][0].startswith("Rest and ice come first")


def test_mornings_lift_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    told(6, "--when", "during", "--side", "left")
    for day, allowed in ((1, False), (2, True)):
        at(monkeypatch, day - 0.5)
        document = json.loads(told(1, "--when", "morning", "--side", "left", "--json"))
        assert document["progression_allowed"] == allowed


def test_a_snap_is_a_doctor_today() -> None:
    said = told(3, "--snap", "--side", "right")
    assert "See a doctor today." in said
    assert "snap or no push-off" in told()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((11, "--when", "after", "--side", "left"), "'11' is no pain"),
        ((-1, "--when", "after", "--side", "left"), "'-1' is no pain"),
        (("4.5", "--when", "after", "--side", "left"), "'4.5' is no pain"),
        (("much", "--when", "after", "--side", "left"), "'much' is no pain"),
        (("²", "--when", "after", "--side", "left"), "'²' is no pain"),
        ((4, "--when", "after"), "which leg?"),
        ((4, "--side", "left"), "--when during, after or morning"),
        ((4, "--when", "noon", "--side", "left"), "'noon' is not one of"),
        ((4, "--when", "after", "--side", "middle"), "'middle' is not one of"),
        (("--when", "after", "--side", "left"), "as in: coach pain 4"),
        (("--snap", "--side", "left"), "See a doctor today"),
        ((4, "--snap", "--cleared", "--side", "left"), "was not looked at yet"),
        (("--sanp",), "there is no option --sanp"),
        ((4, "--remove", "1"), "stands alone"),
        (("--remove", "first"), "neither a number nor 'latest'"),
    ],
)
def test_what_cannot_be_is_one_clear_line_and_nothing_is_kept(
    arguments: tuple[object, ...], line: str
) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert line in " ".join(result.stderr.replace("│", " ").split())
    with Journal() as journal:
        assert journal.pains() == []


def test_of_a_long_log_the_newest_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal() as journal:
        for day in range(23):
            journal.add_pain(Pain(EVENING + timedelta(days=day), day % 3, "after", "left"))
    at(monkeypatch, 23)
    lines = told().splitlines()
    assert [line.split()[0] for line in lines[2:22]] == [str(number) for number in range(23, 3, -1)]
    assert lines[22].startswith("3 earlier")


def test_no_pain_needs_no_leg() -> None:
    assert "0 of 10 in the morning, both legs" in told(0, "--when", "morning")


def test_an_entry_is_taken_out_by_its_number_or_as_the_latest() -> None:
    for score in (1, 2, 3):
        told(score, "--when", "after", "--side", "left")
    assert "taken out: 3 of 10" in told("--remove", "latest")
    assert json.loads(told("--remove", "1", "--json"))["removed"]["score"] == 1
    with Journal() as journal:
        assert [pain.score for pain in journal.pains()] == [2]
    gone = call("--remove", "1")
    assert isinstance(gone.exception, CommandError)
    assert "no entry 1" in str(gone.exception)


def test_from_an_empty_log_nothing_is_taken_out() -> None:
    empty = call("--remove", "latest")
    assert isinstance(empty.exception, CommandError)
    assert "the pain log is empty" in str(empty.exception)


def test_a_clock_that_jumps_back_loses_nothing_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 30)
    told(7, "--when", "after", "--side", "left")
    at(monkeypatch, 0)
    said = told(1, "--when", "after", "--side", "left")
    assert "dated later than now" in said
    assert "over 5 of 10" in said
    assert "taken out: 1 of 10" in told("--remove", "latest"), "the one that was told last"


def test_each_runner_has_a_log_of_their_own() -> None:
    told(7, "--when", "after", "--side", "left", "--runner", "simulated")
    assert json.loads(told("--json"))["entries"] == []
    assert len(json.loads(told("--json", "--runner", "simulated"))["entries"]) == 1


def test_as_a_user_calls_it(coach: Coach) -> None:
    kept = coach("pain", 2, "--when", "after", "--side", "left", "--note", "[bold]after hills")
    assert (kept.returncode, kept.stderr) == (0, "")
    assert "[bold]after hills" in kept.stdout
    slip = coach("pain", "-1")
    assert slip.returncode == 2
    assert "'-1' is no pain" in slip.stderr
    assert "Traceback" not in slip.stderr
