"""On what was it run? A number or a name is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.care.records import Surface
from coach.cli.live.surface_question import SURFACES, TRIES, ask_surface, note_surface, read_surface


@pytest.mark.parametrize(
    ("answer", "surface"),
    [("1", "road"), ("6", "sand"), ("road", "road"), ("Trail", "trail"), ("g", "grass"), ("tre", "treadmill"),
     ("t", None), ("tra", None), ("0", None), ("7", None), ("moon", None), ("roads", None)],
)  # fmt: skip
def test_an_answer_is_read_as_it_is_meant(answer: str, surface: str | None) -> None:
    assert read_surface(answer) == surface


@given(st.text())
def test_any_answer_is_a_surface_or_none(answer: str) -> None:
    assert read_surface(answer) in (*SURFACES, None)


def asked(monkeypatch: pytest.MonkeyPatch, *answers: str) -> tuple[str | None, int]:
    """What is made of some answers, and how many of them were heard."""
    left = list(answers)

    def answer(_: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    monkeypatch.setattr("builtins.input", answer)
    return ask_surface(), len(answers) - len(left)


def test_enter_skips_it_and_so_does_the_end_of_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "", "2") == (None, 1)
    assert asked(monkeypatch) == (None, 0)


def test_a_slip_is_asked_again_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(monkeypatch, "moon", "2") == ("trail", 2)
    assert "There is no surface 'moon'." in capsys.readouterr().out
    assert asked(monkeypatch, *["moon"] * 9) == (None, TRIES)


class Notebook:
    """Where surfaces are put down."""

    def __init__(self) -> None:
        self.noted: list[tuple[int, str]] = []

    def set_surface(self, run_id: int, surface: str) -> None:
        self.noted.append((run_id, surface))


@pytest.mark.parametrize(
    ("told", "ask", "terminal", "noted"),
    [
        ("sand", True, True, [(7, "sand")]),
        ("sand", False, False, [(7, "sand")]),
        (None, True, True, [(7, "grass")]),
        (None, False, True, []),
        (None, True, False, []),
    ],
)
def test_only_a_person_at_a_terminal_who_has_not_told_is_asked(
    told: Surface | None,
    ask: bool,
    terminal: bool,
    noted: list[tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "grass")
    monkeypatch.setattr("sys.stdin.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    notebook = Notebook()
    note_surface(notebook, 7, told, ask=ask)  # type: ignore[arg-type]
    assert notebook.noted == noted
