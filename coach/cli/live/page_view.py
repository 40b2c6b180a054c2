"""A moment of a live run as the phone page shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from cadence.cue import cue_to_dict
from coach.cli.live.run import LiveRun
from coach.cli.live.state import LiveWatch
from coach.foot import Foot
from coach.run import Found
from coach.stride_files import number
from coach.summary import summarise_updates
from firmware_bridge.readings import CadenceUpdate


class PageView:
    """Follows a run and tells its present moment, as plain values for JSON; None is not known. Times are on
    the loop's clock, in s."""

    def __init__(self, live: LiveRun, start_s: float) -> None:
        self._live = live
        self._start_s = start_s
        self._watch = LiveWatch(live.settings, live.run, live.tally, live.pod.link, live.recorder)
        self._cue: np.void | None = None
        self._updates: list[CadenceUpdate] = []
        self._update_m: float | None = None

    def take(self, found: Found, now_s: float) -> None:
        """Go on by what came of a message."""
        self._watch.take(found, now_s - self._start_s)
        if found.cues:
            self._cue = found.cues[-1]
        if found.updates:
            self._updates += found.updates
            self._update_m = number(summarise_updates(self._updates).distance_m)

    def moment(self, now_s: float, *, over: bool = False) -> dict[str, Any]:
        """The moment. Of two pods it tells of the one that the coach hears."""
        run, tally = self._live.run, self._live.tally
        state = self._watch.state(now_s - self._start_s)
        return {
            "phase": "over" if over else "waiting" if tally.is_empty else "running",
            # By whole seconds, or nothing would ever stay as it was.
            "elapsed_s": int(state.elapsed_s),
            "distance_m": number(state.distance_m) if state.strides else self._update_m,
            "cadence_spm": number(state.cadence_spm),
            "speed_m_s": number(state.speed_m_s),
            "activity": state.activity.name.lower(),
            "baseline_spm": state.baseline_spm,
            "target_spm": state.target_spm,
            "tempo_spm": state.tempo_spm,
            "status": None if state.status is None else state.status.name.lower(),
            "said": None
            if self._cue is None or state.said is None
            else cue_to_dict(self._cue) | {"age_s": int(state.said.age_s)},
            "link": "closed" if over else _link(run.lead),
            "pod": run.device,
            "battery_percent": run.lead.battery_percent,
            "strides": state.strides,
            "losses": {
                "lost_frames": state.losses.lost_frames,
                "disconnects": state.losses.disconnects,
                "restarts": state.losses.restarts,
            },
            "paused": False,  # there is no such button here
        }


def _link(foot: Foot) -> str:
    if not foot.pod:
        return "connecting"
    if not foot.connected:
        return "lost"
    return "stalled" if foot.stalled else "connected"
