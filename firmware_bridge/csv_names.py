"""What one column's name says: acceleration or rotation, axis, unit, and whose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from firmware_bridge.csv_units import is_unit, unit_of

_KIND_OF = dict.fromkeys(
    ["a", "acc", "acce", "accel", "accl", "accelero", "accelerometer", "acceleration", "accelerations"], "a"
)
_KIND_OF |= dict.fromkeys(
    ["g", "gyr", "gyro", "gyroscope", "w", "omega", "rot", "rotation", "angvel", "angular"], "g"
)
# Words of a signal that is no raw acceleration or rotation: gravity taken out, or an orientation.
_NOT_RAW = frozenset(
    ["linear", "lin", "free", "user", "gravity", "vector", "matrix", "angle", "quat", "quaternion", "euler"]
)
_FILLERS = frozenset(["data", "value", "values", "axis", "in", "of", "rate", "velocity", "vel", "imu"])

# "accx", "gyroz", "ax": a kind and an axis in one word.
_GLUED = re.compile(rf"({'|'.join(sorted(_KIND_OF, key=len, reverse=True))})([xyz])")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_BRACKET = re.compile(r"[\[(]\s*([^\])]*?)\s*[\])]")
# A unit that ends a name: "acc_x_m_s2", "time_ms", "Acceleration X, m/s²".
_UNIT_TAIL = re.compile(r"(?<=.)[\s_,/-]+([a-zA-Z°µμ]+(?:[_/ ]s(?:ec)?)?[\^_]?[2²]?)$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name says.

    Attributes:
        kind: "a" for acceleration, "g" for rotation, empty for neither or both.
        axis: "x", "y", "z" or empty.
        unit: as from `unit_of`; None when it tells none of ours.
        other_unit: it tells a unit, but none of ours ("mm", "deg").
        raw: False for a derived signal, such as an acceleration without gravity.
        others: the words that are left, in lower case.
    """

    kind: str
    axis: str
    unit: str | None
    other_unit: bool
    raw: bool
    others: tuple[str, ...]

    @property
    def sensor(self) -> str:
        """The name of the sensor, from the words that say nothing else; empty without one."""
        return "_".join(word for word in self.others if word not in _FILLERS)


def read_name(name: str) -> Meaning:
    """What a column's name says."""
    units: list[str] = []
    words = name
    for bracket in _BRACKET.finditer(name):
        if is_unit(bracket.group(1)):
            units.append(bracket.group(1))
            words = words.replace(bracket.group(0), " ")
    if unit_of(name):  # a column of time that is called "ms"
        units.append(name)
        words = ""
    tail = _UNIT_TAIL.search(words)
    if not units and tail and is_unit(tail.group(1)):
        units.append(tail.group(1))
        words = words[: tail.start()]
    unit = next((known for text in units if (known := unit_of(text))), None)
    kinds: set[str] = set()
    axes: list[str] = []
    others: list[str] = []
    for word in (match.group(0).lower() for match in _WORD.finditer(words)):
        if glued := _GLUED.fullmatch(word):
            kinds.add(_KIND_OF[glued.group(1)])
            axes.append(glued.group(2))
        elif word in _KIND_OF:
            kinds.add(_KIND_OF[word])
        elif word in ("x", "y", "z"):
            axes.append(word)
        else:
            others.append(word)
    return Meaning(
        kind=kinds.pop() if len(kinds) == 1 else "",
        axis=axes[0] if len(axes) == 1 else "",
        unit=unit,
        other_unit=bool(units) and unit is None,
        raw=_NOT_RAW.isdisjoint(others),
        others=tuple(others),
    )
