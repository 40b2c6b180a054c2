"""The processors that code is made for."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A processor, in LLVM's words.

    Attributes:
        name: ours.
        triple: all four parts. With three, "eabihf" is not read as the hard-float convention, and floats
            pass in integer registers without a word of complaint.
        cpu: whose instructions are used; empty for those that every one of the kind has.
        features: of it that are set by hand, as "+this,-that".
        relocation: "static", or "pic" for a shared library.
    """

    name: str
    triple: str
    cpu: str
    features: str
    relocation: str


CORTEX_M4F = Target("cortex-m4f", "thumbv7em-none-unknown-eabihf", "cortex-m4", "-slowfpvmlx", "static")
"""With VMLA, which rounds product and sum like the two instructions that it stands for. LLVM leaves it out
because it takes three cycles where those take two or, one waiting for the other, three. Without it there
are a tenth more instructions and a twentieth more bytes."""
WASM32 = Target("wasm32", "wasm32-unknown-unknown", "", "", "static")
HOSTS = {
    "x86_64": Target("host", "x86_64-unknown-linux-gnu", "x86-64", "", "pic"),
    "aarch64": Target("host", "aarch64-unknown-linux-gnu", "generic", "", "pic"),
}
"""By `platform.machine()`; every processor of the kind, so that a build does not depend on the machine."""


def host() -> Target | None:
    """This machine; None where nothing is known of its kind."""
    return HOSTS.get(platform.machine()) if sys.platform == "linux" else None
