"""The page's WebAssembly module is kept in the repository, so that no runner needs a compiler; it must be the
core of this tree."""

from __future__ import annotations

import json
from pathlib import Path

from cadence.aot.sources import source_hash
from hardware.firmware.core_build import kept_core
from hardware.firmware.core_program import PROGRAM

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "coach" / "phone" / "core"
MAKE_ANEW = (
    "the core has changed: coach core build --target wasm32 --out core, "
    "then copy cadence_core.wasm and cadence_core.json to coach/phone/core"
)


def test_the_pages_core_is_of_this_source() -> None:
    table = json.loads((KEPT / "cadence_core.json").read_text(encoding="utf-8"))
    module = (KEPT / "cadence_core.wasm").read_bytes()
    assert table["source_hash"] == source_hash(PROGRAM), MAKE_ANEW
    assert module.endswith(table["source_hash"].encode()), MAKE_ANEW


def test_the_pages_layout_is_that_of_a_fresh_build() -> None:
    fresh = kept_core("wasm32") / "cadence_core.json"
    assert json.loads((KEPT / "cadence_core.json").read_bytes()) == json.loads(fresh.read_bytes()), MAKE_ANEW
