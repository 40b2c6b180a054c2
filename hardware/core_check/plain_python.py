"""The process in which the core runs as plain Python: python -m ... STRETCHES.bin TRACES.bin."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from hardware.core_check.python_core import trace_by_python
from hardware.core_check.trace import stretches_from_bytes


def main(stretches: Path, traces: Path) -> None:
    """Read stretches, write what came of them."""
    found = [trace_by_python(stretch) for stretch in stretches_from_bytes(stretches.read_bytes())]
    told = [np.column_stack([trace.events.astype("<u4"), trace.digests.astype("<u4")]) for trace in found]
    traces.write_bytes(b"".join(part.tobytes() for part in told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
