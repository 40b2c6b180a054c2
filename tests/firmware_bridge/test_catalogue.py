"""The kinds of pods by name and in order."""

from __future__ import annotations

import pytest

from firmware_bridge.message import LinkEvent, LinkState, Packet
from firmware_bridge.pods.catalogue import profile, profiles

KINDS = ("open", "movesense", "polar", "rsc")


def test_pods_that_give_samples_are_matched_before_ready_made_cadence() -> None:
    assert tuple(kind.name for kind in profiles()) == KINDS


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_found_by_its_name_and_keeps_the_form_of_a_profile(name: str) -> None:
    kind = profile(name)
    assert kind.name == name
    for channel in (kind.service, *kind.notify):
        assert channel == channel.lower()
        assert len(channel) == 36
    assert kind.title
    assert kind.gives
    assert kind.silence_s > 0
    for write in (*kind.greeting(), *kind.farewell()):
        assert write.data


@pytest.mark.parametrize("name", KINDS)
def test_every_decoder_takes_every_message(name: str) -> None:
    decoder = profile(name).decoder()
    for state in LinkState:
        decoder.take(LinkEvent(0, state, pod=name, count=3))
    assert decoder.take(Packet(0, "no such channel", b"\0")) == []
    losses = decoder.losses
    assert (losses.packets, losses.bad_packets.total()) == (1, 1)
    assert (losses.disconnects, losses.stalls, losses.overflow_packets) == (1, 1, 3)
    assert list(decoder.finish()) == []


def test_a_convention_goes_to_the_sensors_that_have_one() -> None:
    (info,) = profile("rsc", convention="strides").decoder().take(LinkEvent(0, LinkState.CONNECTED))
    assert "strides" in str(info)
    with pytest.raises(ValueError, match="hops"):
        profiles(convention="hops")


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match="open, movesense, polar, rsc"):
        profile("shoe")
