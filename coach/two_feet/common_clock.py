"""One clock for all pods of a run: that of the pod whose reading came first, 0 at its first sample.

Two pods share no clock but the host's, on which their packets arrive. A packet arrives when its last sample
was taken, plus a delay that is never negative, so the packets with the least delay tell how pod and host
clock stand to each other. What is left is the difference of the two least delays: some milliseconds over
links of one kind, up to a connection interval of a radio where one is a cable. It moves whole strides of one
foot against those of the other and changes no value within a stride.

Everything here follows from the messages, so a replay places strides as the run did.
"""

from __future__ import annotations

DRIFT = 500e-6
"""No pod's clock drifts more against the host's, in s a second: by so much an old least delay loses its say.
Our choice, five times what crystals do; a line fitted to the delays would be led astray by the late packets
that follow a silence."""
SLEW = 500e-6
"""A better estimate is taken over no faster than this, in s a second, so that strides that follow one another
stay joined: the rate of Unix's adjtime and of NTP (RFC 5905)."""
STEP_US = 20_000
"""One that is further off is taken over at once: the first packets of a link may have waited long. Our
choice, a twentieth of a step's time."""


class CommonClock:
    """Places times of pods on the run's clock."""

    def __init__(self, pods: int) -> None:
        self._delays_us = [0] * pods  # the least of each pod: host's clock less its own
        self._newest_us: list[int | None] = [None] * pods
        self._lives = [0] * pods
        # Of each pod the shift given last, and for which of its times; None before the first of a life.
        self._shifts: list[tuple[int, int] | None] = [None] * pods
        self._reference: int | None = None

    def take(self, pod: int, newest_us: int, t_host_ns: int, life: int) -> None:
        """A reading has come.

        Args:
            pod: whose.
            newest_us: the newest instant in it, on the pod's clock.
            t_host_ns: when it arrived.
            life: how often the pod's clock has begun anew.
        """
        if self._reference is None:
            self._reference = pod
        delay_us = t_host_ns // 1000 - newest_us
        before_us = self._newest_us[pod]
        if before_us is None or life != self._lives[pod]:
            # Behind a restart a pod's times are placed by one arrival alone: what was known of them is void.
            self._lives[pod], self._shifts[pod] = life, None
            self._delays_us[pod] = delay_us
        else:
            faded_us = self._delays_us[pod] + round(DRIFT * max(0, newest_us - before_us))
            self._delays_us[pod] = min(faded_us, delay_us)
        self._newest_us[pod] = newest_us

    def shift_us(self, pod: int, at_us: int) -> int:
        """What is to be added to an instant of a pod, not far from its newest reading, to have it on the
        run's clock; 0 for the pod that leads it, and before any reading."""
        if self._reference is None or pod == self._reference:
            return 0
        wanted_us = self._delays_us[pod] - self._delays_us[self._reference]
        before = self._shifts[pod]
        if before is not None and abs(wanted_us - before[0]) < STEP_US:
            shift_us, then_us = before
            most_us = round(SLEW * max(0, at_us - then_us))
            wanted_us = min(max(wanted_us, shift_us - most_us), shift_us + most_us)
        self._shifts[pod] = wanted_us, at_us
        return wanted_us

    def shift_s(self, pod: int) -> float:
        """The shift of a pod as it was given last, in s; 0 before."""
        shift = self._shifts[pod]
        return 0.0 if shift is None else shift[0] / 1e6
