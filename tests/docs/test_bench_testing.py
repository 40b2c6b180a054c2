"""The examples of docs/bench-testing.md run as they are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hardware.ble import private_bus
from hardware.faults.plan import FAULTS
from hardware.scenarios import SCENARIOS

PAGE = (Path(__file__).parents[2] / "docs" / "bench-testing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["serial", "ble"])
def test_an_example_runs(example: str) -> None:
    if "bleak" in example and not private_bus.is_available():
        pytest.skip("dbus-daemon is not installed")
    exec(compile(example, "bench-testing.md", "exec"), {"__name__": "example"})


def test_every_scenario_and_every_fault_is_named() -> None:
    assert [name for name in (*SCENARIOS, *FAULTS) if f"`{name}`" not in PAGE] == []
