"""What a live run comes to, told at its end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.cli.errors import say
from coach.cli.live.json_lines import Lines
from coach.cli.live.run import LiveRun
from coach.cli.pods.links import OpenPod
from coach.foot import Foot
from coach.replay import describe
from coach.stride_files import losses_dict, number, summary_dict
from coach.two_feet.asymmetry import asymmetry_dict


def sum_up(lines: Lines | None, live: LiveRun, run_id: int | None) -> None:
    """Print it, or put it as a last line of JSON."""
    replay = live.tally.replay()
    pod: OpenPod = live.pod
    description = describe(live.run, live.settings.pod, pod.link.path, pod.notes())
    if lines is None:
        from coach.cli.live.run_view import print_run

        print_run(description, replay)
        if run_id is not None:
            say(f"run {run_id} of the journal; 'coach report' makes a page of it")
        return
    for note in description.notes:
        say(note)
    counters = replay.counters
    summary: dict[str, Any] = {
        **summary_dict(replay.summary),
        "duration_s": number(counters.duration_s),
        "samples": counters.samples,
        "gaps": counters.gaps,
        "clipped_samples": counters.clipped_samples,
        "pod": live.settings.pod,
        "device": replay.device,
        "battery_percent": live.run.lead.battery_percent,
        "baseline_spm": replay.baseline_spm,
        "target_spm": replay.target_spm,
        "path": pod.link.path,
        "link": losses_dict(live.run.losses),
        "recording": None if live.recorder is None else live.recorder.path,
        "run": run_id,
    }
    if replay.asymmetry is not None:
        summary["asymmetry"] = asymmetry_dict(replay.asymmetry)
    if replay.plan is not None:
        summary["plan"] = replay.plan.to_dict()
    if len(live.run.feet) > 1:
        summary["pods"] = [_pod_dict(foot, replay.strides) for foot in live.run.feet]
    if pod.injected is not None:
        summary["injected"] = pod.injected()
    lines.put({"summary": summary})


def _pod_dict(foot: Foot, strides: NDArray[np.void]) -> dict[str, Any]:
    """One of two pods, for JSON."""
    return {
        "side": foot.side.name.lower(),
        "strides": int((strides["side"] == foot.side).sum()),
        "samples": foot.counters.samples,
        "battery_percent": foot.battery_percent,
        "link": losses_dict(foot.losses),
    }
