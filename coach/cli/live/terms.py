"""What holds for a run: the coach's settings from the journal, or those of the run that it goes on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coach.care.advice import DOCTOR_TODAY
from coach.cli.errors import say
from coach.cli.live.asked import Asked
from coach.cli.live.journal import today_of
from coach.cli.live.taking_up import CutOffRun, cut_off_run
from coach.cli.pods.links import recorded_settings
from coach.cli.pods.of_run import RunPod, pod_text
from coach.coach_settings import CoachSettings
from coach.journal.store import Journal
from coach.kept_run import ME, SIMULATED
from coach.run_settings import RunSettings
from coach.stages import MOST_RISE, Stage


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a run.

    Attributes:
        settings: what a replay must know.
        runner: whose run it is.
        begun: the stage that begins with it.
        cut: the run that it goes on with.
    """

    settings: RunSettings
    runner: str = ME
    begun: Stage | None = None
    cut: CutOffRun | None = None


def terms_of(asked: Asked, pods: Sequence[RunPod], journal: Journal | None) -> Terms:
    name = pods[0].name
    wished = RunSettings(
        pod_text(pods),
        pods[0].side,
        asked.counts,
        CoachSettings(target_spm=asked.target_spm),
        other_side=pods[1].side if len(pods) > 1 else None,
        plan=asked.plan,
    )
    if journal is None:
        return Terms(recorded_settings(name, wished))
    runner = SIMULATED if name.kind == "sim" else ME
    cut = cut_off_run(journal, wished, runner)
    if cut is not None:
        return Terms(cut.settings, runner, cut=cut)
    today = today_of(journal, asked.target_spm, runner=runner)
    _warn_of_target(today.settings)
    if not today.exercise_allowed:
        say(DOCTOR_TODAY)
    elif today.cues_paused and asked.coached:
        say("the cadence is not cued in this run: your pain log speaks against it; see 'coach today'")
    settings = replace(wished, coach=today.settings, longest=today.longest, cues_paused=today.cues_paused)
    return Terms(settings, runner, today.begun)


def _warn_of_target(told: CoachSettings) -> None:
    target_spm, baseline_spm = told.target_spm, told.baseline_spm
    if target_spm is None or baseline_spm is None or target_spm <= MOST_RISE * baseline_spm:
        return
    more = 100.0 * (target_spm / baseline_spm - 1.0)
    say(
        f"a target of {target_spm:.0f} is {more:.0f} % above your own {baseline_spm:.0f}: "
        "more than 10 % at once was not studied; stages of 5 % are what the coach goes by"
    )
