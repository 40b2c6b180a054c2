"""A moment of a live run as people are shown it, on a screen or in lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cadence.cue import CueStatus
from cadence.stride import Activity
from coach.audio.lines import cue_words, reason_words
from coach.cli.live.cadence_history import CadenceHistory
from coach.foot import Foot
from coach.link_quality import LinkQuality
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.links.link import Link
from firmware_bridge.readings import Losses
from firmware_bridge.recording_writer import RecordingWriter

FORGET_AFTER_S = 5.0
"""Our choice: what was told of a stride is not shown as the present any longer than this."""


@dataclass(frozen=True, slots=True)
class Said:
    """The last cue: `words` of what was asked, `reason`, empty where there is none, and `age_s`."""

    words: str
    reason: str
    age_s: float


@dataclass(frozen=True, slots=True)
class PodState:
    """A moment of a pod and its link.

    Attributes:
        side: "left" or "right" where the run has two; else empty.
        link: how it stands, a few words.
        quality_percent: of the last seconds' packets, those that arrived well.
        battery_percent: None where it is not known.
    """

    side: str
    link: str
    quality_percent: float
    battery_percent: int | None


@dataclass(frozen=True, slots=True)
class LiveState:
    """A moment of a run. A number that is not known is NaN, or None.

    Attributes:
        pod: as the user named it.
        elapsed_s: since the run began.
        cadence_spm: steps of both feet a minute.
        history_spm: the cadence of the last minutes, the oldest first: see `CadenceHistory`.
        baseline_spm: the runner's own cadence.
        target_spm: None where there is none.
        status: what the coach does; None where there is none.
        tempo_spm: of the metronome; None while it is silent.
        said: the last cue; None before the first.
        activity: what the runner does.
        stride_length_m: contact to next contact of the same foot.
        contact_time_s: on the ground.
        impact_g: peak acceleration after contact.
        clipped: the sensor was at its limit: `impact_g` is a lower bound.
        speed_m_s: of the runner.
        distance_m: so far.
        strides: so far, of one foot.
        pods: of the run, one or two.
        link_path: which way the bytes go, as of `Link`.
        losses: counted so far.
        recording: where the run is kept; None when it is not.
        recording_failed: why no more is kept, a plain line; None while all is well.
    """

    pod: str
    elapsed_s: float
    cadence_spm: float
    history_spm: tuple[float, ...]
    baseline_spm: float | None
    target_spm: float | None
    status: CueStatus | None
    tempo_spm: float | None
    said: Said | None
    activity: Activity
    stride_length_m: float
    contact_time_s: float
    impact_g: float
    clipped: bool
    speed_m_s: float
    distance_m: float
    strides: int
    pods: tuple[PodState, ...]
    link_path: str
    losses: Losses
    recording: str | None
    recording_failed: str | None = None


class LiveWatch:
    """Follows a run and tells its present moment. Times are seconds since it began, on the loop's clock."""

    def __init__(
        self, settings: RunSettings, run: Run, tally: Tally, link: Link, recorder: RecordingWriter | None
    ) -> None:
        self._settings = settings
        self._run = run
        self._tally = tally
        self._link = link
        self._recorder = recorder
        self._quality = tuple(LinkQuality() for _ in run.feet)
        self._history = CadenceHistory()
        self._said = ("", "", 0.0)

    def take(self, found: Found, now_s: float) -> list[Said]:
        """Go on by what came of a message. Returns what the coach says with it, most often nothing."""
        told = [float(stride["cadence_spm"]) for stride in found.strides if found.leads]
        told += [update.cadence_spm for update in found.updates]
        for cadence_spm in told:
            if math.isfinite(cadence_spm) and cadence_spm > 0.0:
                self._history.add(now_s, cadence_spm)
        said = [_said(cue) for cue in found.cues]
        if said:
            self._said = (said[-1].words, said[-1].reason, now_s)
        return said

    def state(self, now_s: float) -> LiveState:
        """The moment."""
        run, recorder = self._run, self._recorder
        unknown = float("nan")
        lead = run.lead
        live, stride = run.live, lead.last_stride
        fresh = lead.connected and not live.age_s > FORGET_AFTER_S
        moving = fresh and live.activity in (Activity.WALKING, Activity.RUNNING)
        told = stride if moving else None
        length_m = unknown if told is None else float(told["stride_length_m"])
        if moving and told is None and lead.last_update is not None:
            length_m = lead.last_update.stride_length_m
        coach = run.coach
        target_spm = None if coach is None else coach.target_spm
        if target_spm is None and not self._settings.cues_paused:
            target_spm = self._settings.coach.target_spm  # asked for; the coach still learns the baseline
        words, reason, said_s = self._said
        return LiveState(
            pod=self._settings.pod,
            elapsed_s=now_s,
            cadence_spm=live.cadence_spm if moving else unknown,
            history_spm=self._history.columns(now_s),
            baseline_spm=None if coach is None else coach.baseline_spm,
            target_spm=target_spm,
            status=None if coach is None else coach.status,
            tempo_spm=None if coach is None else coach.tempo_spm,
            said=Said(words, reason, now_s - said_s) if words else None,
            activity=live.activity if fresh else Activity.UNKNOWN,
            stride_length_m=length_m,
            contact_time_s=unknown if told is None else float(told["contact_time_s"]),
            impact_g=unknown if told is None else float(told["impact_g"]),
            clipped=told is not None and bool(told["clipped"]),
            speed_m_s=live.speed_m_s if moving else unknown,
            distance_m=self._tally.distance_m,
            strides=self._tally.strides,
            pods=tuple(
                PodState(
                    side=foot.side.name.lower() if len(run.feet) > 1 else "",
                    link=_link_words(foot),
                    quality_percent=quality.percent(foot.losses, now_s),
                    battery_percent=foot.battery_percent,
                )
                for foot, quality in zip(run.feet, self._quality, strict=True)
            ),
            link_path=self._link.path,
            losses=run.losses,  # added up anew: this is read in another thread while the run goes on counting
            recording=None if recorder is None else recorder.path,
            recording_failed=None if recorder is None else recorder.failed,
        )


def _said(cue: np.void) -> Said:
    return Said(cue_words(cue), reason_words(int(cue["reason"])), 0.0)


def _link_words(foot: Foot) -> str:
    if not foot.pod:
        return "looking for the pod"
    if not foot.connected:
        return "lost, looking for the pod"
    return "connected, but silent" if foot.stalled else "connected"
