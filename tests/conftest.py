"""What all tests share: where the recordings of people lie, and that CI never passes over them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

DATA = Path(os.environ.get("CADENCE_DATA") or Path(__file__).parents[2] / "shared" / "data")
NO_DATA = "there are no real recordings"

_passed_over: list[str] = []


settings.register_profile("house", deadline=None)  # a busy machine is no failure
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def home_of_what_tests_share(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for fixtures that outlive a test: they are set up before its own home is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the data of the test's runner: no test may touch the data of the one who runs it."""
    folder = tmp_path / "home"
    monkeypatch.setenv("COACH_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of recordings made by others; the test is skipped where there is none."""
    if not DATA.is_dir():
        pytest.skip(f"{NO_DATA} in {DATA}")
    return DATA


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "data_dir" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.real_data)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and ("real_data" in report.keywords or NO_DATA in str(report.longrepr)):
        _passed_over.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped and NO_DATA in str(report.longrepr):
        _passed_over.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI the recordings are read when they are there: a test of them that was skipped is a failure."""
    if os.environ.get("CI") and DATA.is_dir() and _passed_over:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CI") and DATA.is_dir() and _passed_over:
        terminalreporter.section("tests of real recordings that did not run", red=True)
        for nodeid in _passed_over:
            terminalreporter.line(f"{nodeid} was skipped, though {DATA} is there")
