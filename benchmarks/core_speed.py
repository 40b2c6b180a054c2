"""How long the on-device core takes for a sample on this machine: by Numba, and as WebAssembly in node.

The same samples and the same calls: the detector, the policy's time after each sample, the policy at each
stride. On the pod the policy's time goes on after each batch alone.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.stopwatch import seconds
from cadence.aot.errors import ToolError
from cadence.compiled import Kernel
from cadence.core import layout as detector
from coach import policy_layout as policy
from coach.coach import KERNEL as POLICY_KERNEL
from hardware.core_check.trace import Stretch, to_bytes
from hardware.firmware.core_build import kept_core

_HERE = Path(__file__).parent
_KERNEL = Kernel("benchmarks.core_loop", (*POLICY_KERNEL.sources, _HERE / "core_loop.py"))
_BLOCKS = (
    (detector.STATE_FLOATS, np.float32),
    (detector.STATE_INTS, np.int32),
    (detector.OUTPUT_FLOATS, np.float32),
    (detector.OUTPUT_INTS, np.int32),
    (policy.STATE_FLOATS, np.float32),
    (policy.STATE_INTS, np.int32),
    (policy.CUE_FLOATS, np.float32),
    (policy.CUE_INTS, np.int32),
)


def host_ns_per_sample(stretch: Stretch, rounds: int) -> float:
    """By Numba, the median of the rounds, after one to warm up."""
    loop = _KERNEL.load()
    blocks = [np.zeros(size, kind) for size, kind in _BLOCKS]

    def go() -> None:
        loop.pass_samples(
            stretch.settings, stretch.policy_settings, stretch.steps_us, stretch.motion, *blocks
        )

    go()
    return 1e9 * median(seconds(go) for _ in range(rounds)) / len(stretch)


def wasm_ns_per_sample(stretch: Stretch, rounds: int) -> float:
    """As WebAssembly in node, the median of the rounds, after one to warm up.

    Raises ToolError where node or the linker is missing or fails.
    """
    if shutil.which("node") is None:
        raise ToolError("node is not installed (Debian: apt install nodejs)")
    core = kept_core("wasm32")
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "stretches.bin"
        samples.write_bytes(to_bytes([stretch]))
        files = (core / "cadence_core.wasm", core / "cadence_core.json", samples)
        command = ["node", str(_HERE / "drivers" / "core_speed.mjs"), *map(str, files), str(rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise ToolError(f"node failed: {said[-1] if said else done.returncode}")
    return float(done.stdout)
