"""The whole check: the lint on every target, then the comparisons on every route that can run here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cadence.aot.build import TARGETS, broken_rules
from cadence.aot.targets import host
from hardware.core_check.comparison import Row, compare
from hardware.core_check.routes import REFERENCE, Route
from hardware.core_check.trace import Stretch
from hardware.firmware.core_program import PROGRAM

SCHEMA = "cadence-coach/core-check/1"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check has found.

    Attributes:
        broken: by target, where the core breaks the rules of the kernel subset; the Python line is named.
        missing: by route, what must be installed for it to run here.
        rows: of each stretch; none where rules are broken.
        left_out: what belongs to the set of stretches and is not at hand; None for a whole set.
    """

    broken: dict[str, list[str]]
    missing: dict[str, str]
    rows: tuple[Row, ...]
    left_out: str | None

    @property
    def is_same(self) -> bool:
        """Whether no rule is broken and nothing differs, on the routes that ran."""
        return not self.broken and all(row.is_same for row in self.rows)

    def document(self) -> dict[str, Any]:
        """As `coach core check --json` prints it."""
        return {
            "schema": SCHEMA,
            "same": self.is_same,
            "left_out": self.left_out,
            "lint": self.broken,
            "missing": self.missing,
            "reference": REFERENCE.name,
            "stretches": [asdict(row) for row in self.rows],
        }


def check(
    stretches: Iterable[Stretch],
    routes: Sequence[Route],
    tell: Callable[[str], None],
    left_out: str | None = None,
) -> Report:
    """Look for broken rules and, where there are none, take the stretches over the routes.

    Args:
        stretches: are made as they are needed.
        routes: all but the reference.
        tell: is told what is under way.
        left_out: what belongs to the set of stretches and is not among them.

    Raises ToolError where a tool is there and fails.
    """
    missing = {route.name: what for route in routes if (what := route.missing()) is not None}
    broken: dict[str, list[str]] = {}
    for target in TARGETS:
        if target == "host" and host() is None:
            continue
        tell(f"lint: {target}")
        if found := broken_rules(PROGRAM, target):
            broken[target] = [str(error) for error in found]
    able = [route for route in routes if route.name not in missing]
    rows = () if broken else tuple(compare(stretches, REFERENCE, able, tell))
    return Report(broken, missing, rows, left_out)
