"""How pods are named on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from coach.cli.errors import CommandError

FORMS = (
    "sim, sim+serial, sim+ble, sim+firmware, serial:PATH, ble:NAME-OR-ADDRESS, rsc:NAME-OR-ADDRESS "
    "or file:PATH"
)


@dataclass(frozen=True, slots=True)
class PodName:
    """A pod as the user named it.

    Attributes:
        kind: which way it is reached.
        rest: what follows the colon; of a simulated pod the whole name.
    """

    kind: Literal["sim", "serial", "ble", "rsc", "file"]
    rest: str


def parse_pod_name(text: str) -> PodName:
    """Read a `--pod` argument.

    Raises:
        CommandError: it names nothing that is known.
    """
    if re.match(r"sim(\b|$)", text):
        return PodName("sim", text)
    kind, _, rest = text.partition(":")
    if not rest:
        raise CommandError(f"there is no pod '{text}': name one as {FORMS}; 'coach pods' finds those around")
    match kind:
        case "serial" | "ble" | "rsc" | "file":
            return PodName(kind, rest)
        case _:
            raise CommandError(f"there is no kind of pod '{kind}': name one as {FORMS}")
