"""The quality of a link is that of the last seconds, not of the whole run."""

from __future__ import annotations

import math
from collections import Counter

from coach.link_quality import OVER_S, LinkQuality
from firmware_bridge.readings import Losses


def test_before_anything_came_it_is_not_known() -> None:
    assert math.isnan(LinkQuality().percent(Losses(), 0.0))


def test_it_is_the_share_of_what_arrived_well() -> None:
    quality = LinkQuality()
    quality.percent(Losses(), 0.0)
    losses = Losses(packets=100, bad_packets=Counter({"wrong CRC": 5}), duplicates=5, lost_frames=10)
    assert quality.percent(losses, 1.0) == 90.0


def test_an_old_loss_is_forgotten() -> None:
    quality = LinkQuality()
    quality.percent(Losses(), 0.0)
    assert quality.percent(Losses(packets=50, lost_frames=50), 1.0) == 50.0
    quality.percent(Losses(packets=60, lost_frames=50), 2.0)
    assert quality.percent(Losses(packets=70, lost_frames=50), 2.0 + OVER_S) == 100.0
