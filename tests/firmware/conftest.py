"""The firmware of the pod, built once. A missing tool skips with its name, and fails in CI."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys

import pytest

from hardware.firmware.build import Compiler, Firmware, FirmwareError, build_firmware
from hardware.firmware.qemu import check_qemu

COMPILERS: tuple[Compiler, ...] = ("arm-none-eabi-gcc", "ziglang")


def pass_over(why: str) -> None:
    """Skip for want of a tool; where CI is set that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def firmware() -> Firmware:
    """For QEMU, by the compiler that is found."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals")
    try:
        check_qemu()
        return build_firmware()
    except FirmwareError as error:
        if "is not installed" not in str(error) and "no compiler" not in str(error):
            raise
        pass_over(str(error))
        raise


@pytest.fixture(params=COMPILERS)
def compiler(request: pytest.FixtureRequest) -> Compiler:
    """Each compiler in turn."""
    name: Compiler = request.param
    if not (importlib.util.find_spec(name) if name == "ziglang" else shutil.which(name)):
        pass_over(f"{name} is not installed")
    return name
