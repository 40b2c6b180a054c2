"""`python -m benchmarks {accuracy,repetitions,coaching,throughput,latency,startup,device,phone} [--json]`"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from rich.console import Console

from benchmarks.table import Table


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How good and how fast it is.")
    choices = ["accuracy", "repetitions", "coaching", "throughput", "latency", "startup", "device", "phone"]
    parser.add_argument("benchmark", choices=choices)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args(arguments)
    tables, document = _run(options.benchmark)
    if options.json:
        json.dump(document, sys.stdout, indent=2, allow_nan=False)
        print()
        return
    # A table is as wide as it must be where there is no terminal to say how wide.
    console = Console(width=None if sys.stdout.isatty() else 140)
    for table in tables:
        console.print(table.to_rich())


def _run(benchmark: str) -> tuple[list[Table], Any]:
    if benchmark == "accuracy":
        from benchmarks import accuracy

        tables = accuracy.run()
        return tables, accuracy.to_json(tables)
    if benchmark == "repetitions":
        from benchmarks import repetitions

        counted = repetitions.measure()
        return [counted], repetitions.to_json(counted)
    if benchmark == "throughput":
        from benchmarks import throughput

        figures = throughput.measure()
        return [throughput.to_table(figures)], figures
    if benchmark == "latency":
        from benchmarks import cue_latency, latency

        live, cues = latency.measure(), cue_latency.measure()
        return [latency.to_table(live), cue_latency.to_table(cues)], live | cues
    if benchmark == "coaching":
        from benchmarks import coaching

        coached = coaching.measure()
        return [coaching.to_table(coached)], coached
    if benchmark == "device":
        return _device()
    if benchmark == "phone":
        return _phone()
    from benchmarks import startup

    times = startup.measure()
    return [startup.to_table(times)], times


def _device() -> tuple[list[Table], Any]:
    """Exits with one line where a tool is missing."""
    from benchmarks import device
    from cadence.aot.errors import AotError
    from hardware.firmware.build import FirmwareError

    try:
        figures = device.measure()
    except (AotError, FirmwareError) as error:
        sys.exit(f"device: {error}")
    except TimeoutError:
        sys.exit("device: the firmware in QEMU does not answer in a minute: try again on an idle machine")
    return device.to_tables(figures), figures


def _phone() -> tuple[list[Table], Any]:
    """Exits with one line where a tool is missing."""
    from benchmarks import phone
    from hardware.ble.simulated_ble import SimulationUnavailableError
    from hardware.chromium import ChromiumUnavailableError

    try:
        figures = phone.measure()
    except (ChromiumUnavailableError, SimulationUnavailableError) as error:
        sys.exit(f"phone: {error}")
    return [phone.to_table(figures)], figures


if __name__ == "__main__":
    main()
