"""What goes into the pod's on-device core: the detector and the cue policy, with their memory layouts."""

from __future__ import annotations

from cadence.aot.program import Codes, Entry, Layout, Program, floats, integer, ints, scalars

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

_STEP_US = integer("step_us", "µs since the last call, from 0 to POLICY_AGE_LIMIT_US; take longer in parts")

DETECTOR = (
    Entry("detector_init", "cadence.core.step:init", _DETECTOR, returns=False),
    Entry(
        "detector_step",
        "cadence.core.step:step",
        (
            floats("settings", "DETECTOR_SETTINGS_WORDS", read_only=True),
            *_DETECTOR,
            *_DETECTOR_OUT,
            integer("dt_us", "µs since the sample before, 0 for the first; no more than POLICY_AGE_LIMIT_US"),
            scalars("motion", 6, "acceleration x y z in m/s², at rest 9.81 upward; rotation x y z in rad/s"),
        ),
    ),
)
POLICY = (
    Entry("policy_init", "coach.policy:init", _POLICY, returns=False),
    Entry("policy_advance", "coach.policy:advance", (*_POLICY, *_CUE, _STEP_US)),
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

_GUIDE = """\
Use, for the sensor on one foot (another foot is another set of blocks):

 1. Fill in the settings, of the detector for the sensor and of the policy for the runner. A limit of the
    sensor that is left at 0 makes every sample a clipped one.
 2. detector_init and policy_init: before the first sample, and whenever a run begins.
 3. detector_step: with each sample as it comes, 50 to 1000 a second, evenly or not. Leave out samples that
    were lost: a step of more than 60 ms is a gap, after which strides are sought anew.
 4. policy_advance: with the time since it was called last, at each sample or each batch of them, and also
    while no samples come. It is what ends a metronome.
 5. When detector_step returns DETECTOR_EVENT_STRIDE among its bits, a stride stands in out and out_ints,
    until the next one. Call policy_stride then, after a policy_advance that has come up to this sample.
 6. When policy_advance or policy_stride returns 1, a cue stands in cue and cue_ints, until the next one.

When things were is told as an age in µs: of a stride's events before the sample of this step, of a cue
before the end of the time that policy_advance was given. In the state, a bin is the detector's own time
step of 5 ms. The policy may be left out where nobody is to be cued.

On a Cortex-M4F at 208 even samples a second a sample takes some 820 instructions and never more than 3000
(its tests see to that); one that comes 60 ms late takes some 10,500. A call takes at most 512 bytes of
stack. The library wants -mfloat-abi=hard -mfpu=fpv4-sp-d16.
This is training software, not a medical device."""

PROGRAM = Program(
    name="cadence_core",
    entries=(*DETECTOR, *POLICY),
    layouts=(Layout("DETECTOR", "cadence.core.layout"), Layout("POLICY", "coach.policy_layout")),
    codes=(
        Codes("CUE_KIND", "cadence.cue:CueKind"),
        Codes("CUE_REASON", "cadence.cue:CueReason"),
        Codes("CUE_STATUS", "cadence.cue:CueStatus"),
    ),
    guide=_GUIDE,
)
"""The library `libcadence_core.a` and its header."""
