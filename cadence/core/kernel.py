"""How kernel functions are compiled, the two number types they use, and the time base they share."""

from __future__ import annotations

import numpy as np
from numba import njit

F = np.float32
I = np.int32  # noqa: E741

jit = njit(error_model="numpy", fastmath=False, boundscheck=False, nogil=True)
"""The options every kernel function shares: IEEE arithmetic as written, no exceptions."""

BIN_US = I(5000)
BIN_S = F(0.005)
BINS_PER_S = F(200.0)
"""The detector works on 5 ms bins whatever the sensor's rate. Our choice: 200 Hz keeps the sharpest
feature it uses (the drop of the pitch rate after contact) and costs the pod little."""

GRAVITY_M_S2 = F(9.80665)
ZERO = F(0.0)
HALF = F(0.5)
ONE = F(1.0)
TWO = F(2.0)
UNKNOWN_VALUE = F(np.nan)
