"""Where the page of a run lies, and how it gets there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coach.files import written_whole
from coach.home import made_private, reports_folder
from coach.kept_run import KeptRun
from coach.report.page import page
from coach.report.trend import TrendPoint


def write_report(run: KeptRun, trend: Sequence[TrendPoint], path: Path | None = None) -> Path:
    """Write the page of a run; gives its path.

    Args:
        run: the run.
        trend: the runner's runs up to this one, in the order of time.
        path: None for the folder of reports.

    Raises:
        OSError: it cannot be written.
    """
    content = page(run, trend)
    if path is None:
        name = f"{run.started:%Y-%m-%d-%H%M}-run-{run.run_id}.html"
        path = made_private(reports_folder()) / name
    with written_whole(path) as file:
        file.write(content)
    return path.absolute()
