"""What `coach core` shows to people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coach.cli.view import console, table
from hardware.core_check.comparison import Verdict
from hardware.core_check.report import Report
from hardware.core_check.routes import REFERENCE

_SIZES = {
    "code_bytes": "code",
    "wasm_bytes": "module",
    "state_bytes": "state",
}


def print_build(folder: Path, manifest: dict[str, Any]) -> None:
    """The files of a build, and the sizes that matter."""
    rows = table()
    rows.add_column("file", no_wrap=True)
    rows.add_column("bytes", justify="right")
    rows.add_column("sha256", no_wrap=True)
    for name, digest in manifest["files"].items():
        rows.add_row(name, f"{(folder / name).stat().st_size}", digest[:16])
    console().print(rows)
    sizes = [f"{what} {manifest[key]} bytes" for key, what in _SIZES.items() if key in manifest]
    print(f"\n{manifest['target']}: {', '.join(sizes)}; source {manifest['source_hash'][:16]}")
    print(f"in {folder}, with manifest.json")


def print_check(report: Report) -> None:
    """A row a stretch, a column a route, and the sum of it in a line."""
    for target, broken in report.broken.items():
        for words in broken:
            print(f"{target}: {words}")
    if report.broken:
        return
    routes = list(report.rows[0].verdicts)
    rows = table()
    rows.add_column("stretch", overflow="fold")
    for head in ("samples", "strides", *routes):
        rows.add_column(head, justify="right")
    for row in report.rows:
        cells = (_cell(row.verdicts[route], row.samples) for route in routes)
        style = "" if row.is_same else "bold red"
        rows.add_row(row.stretch, f"{row.samples}", f"{row.strides}", *cells, style=style)
    console().print(rows)
    samples = sum(row.samples for row in report.rows)
    different = sum(not row.is_same for row in report.rows)
    found = f"{different} DIFFER" if different else "all the same"
    print(f"\n{len(report.rows)} stretches, {samples} samples, against {REFERENCE.name}: {found}")
    print("the rules of the kernel: none broken")


def _cell(verdict: Verdict, samples: int) -> str:
    """As "same", with the number of samples where they are not all; or where they part."""
    if verdict.first_difference is not None:
        return f"sample {verdict.first_difference}"
    return "same" if verdict.samples == samples else f"same, first {verdict.samples}"
