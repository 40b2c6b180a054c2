"""Left against right in words, for people. What was measured is said, never what it might mean."""

from __future__ import annotations

from coach.two_feet.asymmetry import FEWEST_PAIRS, Asymmetry, Difference

NO_DIFFERENCE = "no difference seen"
_MORE = {"strike_angle_deg": "more heel-first", "impact_g": "higher"}


def verdict(told: Difference) -> str:
    """What can be said of one value, in a few words."""
    if told.pairs < FEWEST_PAIRS:
        return "too few strides"
    if told.is_bound:
        return "the sensor was at its limit"
    if not told.seen:
        return NO_DIFFERENCE
    return f"{'left' if told.difference > 0 else 'right'} {_MORE.get(told.measured.field, 'longer')}"


def sentences(found: Asymmetry) -> list[str]:
    """All that can be said, in a line or two."""
    if found.is_too_little:
        return [
            f"too few strides to compare: {found.pairs} pairs of level running, "
            f"at least {FEWEST_PAIRS} are needed"
        ]
    seen = [_seen(told) for told in found.differences if told.seen]
    alike = [told.measured.name for told in found.differences if told.seen is False]
    lines = ["; ".join(seen)] if seen else []
    if alike:
        lines.append(f"{NO_DIFFERENCE} in {', '.join(alike)}")
    lines[-1] += f" (from {found.pairs} pairs of strides)"
    return lines


def _seen(told: Difference) -> str:
    kind = told.measured
    unit = "%" if kind.relative else kind.unit
    left, right = (f"{value * kind.factor:.{kind.decimals}f}" for value in (told.left, told.right))
    return (
        f"{kind.name} {abs(told.difference):.1f} ± {told.spread:.1f} {unit} {verdict(told)} "
        f"({left} and {right} {kind.unit})"
    )
