"""One run of a demo: the coach cues, the runner hears and answers, all through the parts of a live run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from coach.cli.demo.ears import hear
from coach.cli.demo.runner import DemoRunner
from coach.cli.live.run import LiveRun
from coach.cli.pods.links import OpenPod
from coach.coach import Coach
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.pods.catalogue import decoders
from firmware_bridge.recording_writer import RecordingWriter
from hardware.faults.plan import FaultPlan, parse_faults
from hardware.gait import Pace
from hardware.listener import Listener, Temper
from hardware.outing import Truth
from hardware.pod import SimulatedPod
from hardware.pod_spec import PodSpec
from hardware.scenarios import scenario
from hardware.simulation import simulation

DROPS_AT, DROPS_S = 0.62, 6.0
LOSS_AT, LOSS_S = 0.8, 5.0
"""When in a run, as a share of it, and for how long half of what the pod sends is lost on its way, and the
link is. Our choice: a runner's own body and a wet glove do as much."""


@dataclass(frozen=True, slots=True)
class DemoOuting:
    """A demo run that goes on.

    Attributes:
        live: the run, as of any pod.
        hear: lets the simulated runner hear the cues.
    """

    live: LiveRun
    pod: SimulatedPod
    listener: Listener

    def hear(self, found: Found) -> None:
        """Let the runner hear what the coach says."""
        hear(self.listener, found.cues)

    @property
    def truth(self) -> Truth:
        """What the runner did so far."""
        return self.pod.truth

    @property
    def missing(self) -> Sequence[tuple[float, float]]:
        """From when to when samples did not reach the coach."""
        return self.pod.missing


@asynccontextmanager
async def demo_outing(
    runner: DemoRunner, settings: RunSettings, duration_s: float, recorder: RecordingWriter | None
) -> AsyncIterator[DemoOuting]:
    """A simulated pod on a runner who hears, ready to be followed. It must run on a loop whose time jumps.

    Args:
        runner: who runs.
        settings: what the coach is told.
        duration_s: of the outing.
        recorder: of the run.
    """
    listener = Listener(Temper(runner.compliance))
    easy = Pace(cadence_spm=runner.preferred_spm, speed_m_s=runner.speed_m_s)
    segments = scenario("coached", duration_s, easy)
    spec = PodSpec("direct", seed=runner.seed)
    async with simulation(spec, _faults(duration_s), segments=segments, listener=listener) as simulated:
        pod = simulated.pod
        assert isinstance(pod, SimulatedPod)  # the kind that the spec names
        run = Run(decoders(convention=None), sides=settings.sides, coach=Coach(settings.coach))
        live = LiveRun(settings, run, Tally(run), OpenPod(simulated.link), recorder)
        yield DemoOuting(live, pod, listener)


def _faults(duration_s: float) -> FaultPlan:
    drops, loss = DROPS_AT * duration_s, LOSS_AT * duration_s
    return parse_faults(f"drop=0.5@{drops:.1f}+{DROPS_S},link-loss@{loss:.1f}+{LOSS_S}")
