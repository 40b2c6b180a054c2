"""What goes into the pod's on-device core: the detector and the cue policy, with their memory layouts."""

from __future__ import annotations

from cadence.aot.program import Entry, Layout, Program, floats, integer, ints, scalars

_DETECTOR = (
    floats("state", "DETECTOR_STATE_FLOATS"),
    ints("state_ints", "DETECTOR_STATE_INTS"),
)
_DETECTOR_OUT = (floats("out", "DETECTOR_OUTPUT_FLOATS"), ints("out_ints", "DETECTOR_OUTPUT_INTS"))
_POLICY = (floats("policy", "POLICY_STATE_FLOATS"), ints("policy_ints", "POLICY_STATE_INTS"))
_CUE = (floats("cue", "POLICY_CUE_FLOATS"), ints("cue_ints", "POLICY_CUE_INTS"))
_STRIDE = (
    floats("out", "DETECTOR_OUTPUT_FLOATS", read_only=True),
    ints("out_ints", "DETECTOR_OUTPUT_INTS", read_only=True),
)

DETECTOR = (
    Entry("detector_init", "cadence.core.step:init", _DETECTOR, returns=False),
    Entry(
        "detector_step",
        "cadence.core.step:step",
        (
            floats("settings", "DETECTOR_SETTINGS_WORDS", read_only=True),
            *_DETECTOR,
            *_DETECTOR_OUT,
            integer("dt_us"),
            scalars("motion", 6),
        ),
    ),
)
POLICY = (
    Entry("policy_init", "coach.policy:init", _POLICY, returns=False),
    Entry("policy_advance", "coach.policy:advance", (*_POLICY, *_CUE, integer("step_us"))),
    Entry(
        "policy_stride",
        "coach.policy:stride",
        (
            floats("policy_settings", "POLICY_SETTINGS_WORDS", read_only=True),
            *_POLICY,
            *_STRIDE,
            *_CUE,
        ),
    ),
)

PROGRAM = Program(
    name="cadence_core",
    entries=(*DETECTOR, *POLICY),
    layouts=(Layout("DETECTOR", "cadence.core.layout"), Layout("POLICY", "coach.policy_layout")),
)
"""The library `libcadence_core.a` and its header."""
