"""Who runs in a demo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PREFERRED_SPM = (150.0, 178.0)
SPEED_M_S = (2.5, 4.0)
COMPLIANCE = (0.55, 1.1)
"""What seeds draw from, evenly. Compliance: what runners reached of what was asked was 0.73 (Musgjerd 2021,
10.26603/001c.25166) and 1.15 (Willy 2016, 10.1111/sms.12413) in the mean of a group; some follow less."""


@dataclass(frozen=True, slots=True)
class DemoRunner:
    """A simulated runner.

    Attributes:
        seed: of everything drawn.
        preferred_spm: the cadence they fall into when left alone.
        speed_m_s: of their easy running.
        compliance: share of the gap to a heard tempo that they close.
    """

    seed: int
    preferred_spm: float
    speed_m_s: float
    compliance: float


def drawn(
    seed: int,
    *,
    preferred_spm: float | None = None,
    speed_m_s: float | None = None,
    compliance: float | None = None,
) -> DemoRunner:
    """The runner of a seed, with what was asked for."""
    random = np.random.default_rng(seed)
    by_seed = [round(float(random.uniform(*span)), 2) for span in (PREFERRED_SPM, SPEED_M_S, COMPLIANCE)]
    asked = (preferred_spm, speed_m_s, compliance)
    chosen = (mine if own is None else own for mine, own in zip(by_seed, asked, strict=True))
    return DemoRunner(seed, *chosen)
