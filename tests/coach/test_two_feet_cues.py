"""A coach who is handed over from one foot to the other says what it would have said, once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.sample import Sensor
from cadence.stride import STRIDE, Activity, Side
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.run import Run
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.readings import CadenceUpdate, Losses, PodInfo, PodStride, Reading, Write

TOLD = CoachSettings(baseline_spm=160.0, baseline_speed_m_s=3.0, target_spm=168.0)
STRIDE_S = 0.75
MINUTES = 4
LOST_S = (62.0, 100.0)
"""In the midst of the first burst."""


class Pod:
    """A pod that finds strides itself and sends each as it closes; on its own clock, which began at
    `begins_s`."""

    def __init__(self, side: Side, begins_s: float, grade_percent: float) -> None:
        self.side, self.begins_s, self.grade_percent = side, begins_s, grade_percent
        self.losses = Losses()

    def take(self, message: Message) -> Iterable[Reading]:
        if isinstance(message, LinkEvent):
            return (
                [PodInfo("pod", "", Sensor(), float("nan"))] if message.state is LinkState.CONNECTED else []
            )
        self.losses.packets += 1
        stride = np.zeros(1, STRIDE)[0]
        t_s = int.from_bytes(message.data) / 1e6 - self.begins_s
        for name, back_s in (("t_mid_stance_s", 0.0), ("t_contact_s", 0.1), ("t_toe_off_s", 0.55)):
            stride[name] = t_s - back_s
        stride["stride_time_s"], stride["cadence_spm"] = STRIDE_S, 120.0 / STRIDE_S
        stride["speed_m_s"], stride["stride_length_m"], stride["contact_time_s"] = 3.0, 3.0 * STRIDE_S, 0.25
        stride["grade_percent"], stride["climb_m"] = self.grade_percent, self.grade_percent * 0.03 * STRIDE_S
        stride["strike_angle_deg"] = 14.0 if self.side is Side.LEFT else 5.0
        stride["activity"], stride["good"], stride["side"] = Activity.RUNNING, True, self.side
        return [PodStride(stride)]

    def finish(self) -> Iterable[Reading]:
        return []

    def requests(self) -> Iterable[Write]:
        return []


def messages(pods: int, lost: int | None = None) -> list[Message]:
    """What pods send in some minutes, one of them silent for a while or not."""
    told: list[Message] = [
        LinkEvent(0, LinkState.CONNECTED, pod=str(number), number=number) for number in range(pods)
    ]
    for number in range(pods):
        for k in range(1, round(MINUTES * 60 / STRIDE_S)):
            t_s = (k + number / 2) * STRIDE_S
            if number != lost or not LOST_S[0] < t_s < LOST_S[1]:
                told.append(Packet(round(t_s * 1e9), "x", round(t_s * 1e6).to_bytes(8), number))
    if lost is not None:
        told.append(LinkEvent(round(LOST_S[0] * 1e9), LinkState.LOST, number=lost))
        told.append(LinkEvent(round(LOST_S[1] * 1e9), LinkState.CONNECTED, pod=str(lost), number=lost))
    return sorted(told, key=lambda message: message.t_host_ns)


def cues(pods: int, lost: int | None = None) -> NDArray[np.void]:
    def decoder(name: str) -> Pod:
        return [Pod(Side.LEFT, 0.0, 0.0), Pod(Side.RIGHT, 0.4, 5.0)][int(name)]

    run = Run(decoder, sides=[Side.LEFT, Side.RIGHT][:pods], coach=Coach(TOLD))
    said = [cue for message in messages(pods, lost) for cue in run.take(message).cues]
    return np.array(said)


def test_with_two_pods_it_says_what_it_says_with_one() -> None:
    assert len(cues(1)) >= 2
    assert cues(2).tobytes() == cues(1).tobytes()


@pytest.mark.parametrize("lost", [0, 1])
def test_when_a_pod_is_lost_in_a_burst_no_cue_is_missing_or_doubled(lost: int) -> None:
    told, expected = cues(2, lost), cues(1)
    for name in ("kind", "reason", "tempo_spm"):
        np.testing.assert_array_equal(told[name], expected[name])
    assert np.abs(told["t_s"] - expected["t_s"]).max() < 2.0


def test_with_one_pod_a_loss_ends_the_burst() -> None:
    assert cues(1, 0).tobytes() != cues(1).tobytes()


def test_messages_of_a_pod_that_the_run_does_not_have_are_passed_over() -> None:
    run = Run(lambda _: pytest.fail("no such pod"))
    assert not len(run.take(LinkEvent(0, LinkState.CONNECTED, pod="0", number=3)).strides)


def test_ready_made_cadence_counts_once() -> None:
    class Ready(Pod):
        def take(self, message: Message) -> Iterable[Reading]:
            if isinstance(message, LinkEvent):
                return []
            t_s = int.from_bytes(message.data) / 1e6 - self.begins_s
            return [CadenceUpdate(t_s, 160.0, 3.0, 2.25, Activity.RUNNING)]

    run = Run(lambda name: Ready(Side.LEFT, 0.0, 0.0), sides=[Side.LEFT, Side.RIGHT])
    updates = [update for message in messages(2) for update in run.take(message).updates]
    assert len(updates) == round(MINUTES * 60 / STRIDE_S) - 1
