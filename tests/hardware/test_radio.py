"""The simulated radio: what travels over it arrives in order, late if need be, or its connection ends."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from bumble import hci
from bumble.device import Connection, Peer

from hardware.ble.central import Central, LinkLostError, ask, discover
from hardware.ble.gatt import BleMedium
from hardware.ble.radio import Radio
from hardware.lapse import run_lapsed

from .fake_pod import BATTERY_LEVEL, FakePod, Listener

ADDRESS = "F0:00:00:00:00:01"
NEVER_WAITING = float("inf")


class Scene:
    """A host that is connected to a pod and listens to it."""

    def __init__(self, radio: Radio) -> None:
        self.radio = radio
        self.central = Central(radio)
        self.pod = FakePod()
        self.medium = BleMedium(radio, ADDRESS)
        self.listener = Listener()

    async def connect(self) -> Connection:
        return await self.central.connect(hci.Address(ADDRESS))

    async def listen(self, connection: Connection) -> Peer:
        peer = await discover(connection)
        for service in peer.services:
            for characteristic in service.characteristics:
                if characteristic.uuid.to_hex_str("-").lower().startswith("6e400003"):
                    await peer.subscribe(characteristic, lambda data: self.listener(None, bytearray(data)))
        return peer

    async def __aenter__(self) -> Scene:
        await self.central.start()
        await self.medium.start(self.pod)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.medium.stop()
        await self.central.stop()
        self.radio.close()


def delays_s(seed: int, error_rate: float, packets: int = 200) -> list[float]:
    """How long each of some packets takes, sent one by one at the beginnings of connection intervals."""

    async def scene() -> list[float]:
        radio = Radio(interval_s=0.03, packet_error_rate=error_rate, seed=seed)
        async with Scene(radio) as it:
            await it.listen(await it.connect())
            loop = asyncio.get_running_loop()
            # Phase: just after an event, so that a packet that needs no repeat takes one interval.
            await asyncio.sleep(0.03 - loop.time() % 0.03 + 0.0001)
            sent = []
            for number in range(packets):
                sent.append(loop.time())
                while not it.pod.send(number.to_bytes(4, "little")):
                    await asyncio.sleep(0.001)
                await asyncio.sleep(0.06)
            await it.listener.until(packets)
            assert it.listener.numbers == list(range(packets))
            return [came - went for went, came in zip(sent, it.listener.times_s, strict=True)]

    return run_lapsed(scene(), NEVER_WAITING)


def test_a_packet_waits_for_the_next_connection_event() -> None:
    assert max(delays_s(1, 0.0)) <= 0.0301


def test_damaged_packets_are_repeated_so_all_arrive_in_order_and_some_late() -> None:
    delays = delays_s(1, 0.2)
    late = sum(delay > 0.031 for delay in delays) / len(delays)
    assert 0.1 < late < 0.35
    assert max(delays) < 0.5


def test_the_same_seed_damages_the_same_packets() -> None:
    assert delays_s(3, 0.3, 40) == pytest.approx(delays_s(3, 0.3, 40))
    assert delays_s(3, 0.3, 40) != pytest.approx(delays_s(4, 0.3, 40))


@pytest.mark.parametrize(("interval_s", "error_rate"), [(-0.01, 0.0), (0.0, 0.1), (0.03, 1.0), (0.03, -0.1)])
def test_there_is_no_radio_with_impossible_values(interval_s: float, error_rate: float) -> None:
    with pytest.raises(ValueError, match=r"interval|error rate"):
        Radio(interval_s=interval_s, packet_error_rate=error_rate)


def test_a_peer_without_power_is_given_up_after_the_supervision_timeout() -> None:
    async def scene() -> None:
        async with Scene(Radio(interval_s=0.03, supervision_timeout_s=2.0)) as it:
            connection = await it.connect()
            ended = asyncio.Event()
            connection.on(Connection.EVENT_DISCONNECTION, lambda _: ended.set())
            loop = asyncio.get_running_loop()
            it.medium.cut(True)
            went_s = loop.time()
            await ended.wait()
            assert loop.time() - went_s == pytest.approx(2.0, abs=0.01)

    run_lapsed(scene(), NEVER_WAITING)


def test_what_was_on_its_way_is_lost_with_the_connection() -> None:
    async def scene() -> None:
        async with Scene(Radio(interval_s=0.1, supervision_timeout_s=1.0)) as it:
            await it.listen(await it.connect())
            assert it.pod.send(b"lost")
            it.medium.cut(True)
            it.medium.cut(False)
            await asyncio.sleep(2.0)
            await it.listen(await it.connect())
            assert it.pod.send(b"kept")
            await it.listener.until(1)
            assert it.listener.packets == [b"kept"]

    run_lapsed(scene(), NEVER_WAITING)


def test_a_pod_that_goes_while_being_connected_to_ends_the_connect_with_an_error() -> None:
    async def scene() -> None:
        async with Scene(Radio(interval_s=0.03, supervision_timeout_s=1.0)) as it:
            discovery = asyncio.ensure_future(discover(await it.connect()))
            await asyncio.sleep(0.1)
            it.medium.cut(True)
            with pytest.raises(LinkLostError):
                await discovery

    run_lapsed(scene(), NEVER_WAITING)


def test_requests_that_wait_for_their_turn_end_with_the_connection_too() -> None:
    async def scene() -> None:
        async with Scene(Radio(interval_s=0.03, supervision_timeout_s=1.0)) as it:
            connection = await it.connect()
            peer = await discover(connection)
            level = next(
                characteristic
                for service in peer.services
                for characteristic in service.characteristics
                if characteristic.uuid.to_hex_str() == BATTERY_LEVEL[4:8].upper()
            )
            asked = [asyncio.ensure_future(ask(connection, peer.read_value(level))) for _ in range(3)]
            it.medium.cut(True)
            async with asyncio.timeout(1.5):
                outcomes = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [LinkLostError] * 3

    run_lapsed(scene(), NEVER_WAITING)


def test_a_cancelled_connect_leaves_the_controller_free_for_the_next() -> None:
    async def scene() -> None:
        async with Scene(Radio()) as it:
            it.medium.cut(True)
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(it.connect(), 0.5)
            it.medium.cut(False)
            connection = await it.connect()
            await discover(connection)
            await it.central.disconnect(connection)

    run_lapsed(scene(), NEVER_WAITING)


def test_a_farewell_comes_after_all_that_was_sent_before_it() -> None:
    async def scene() -> None:
        async with Scene(Radio(interval_s=0.03)) as it:
            peer = await it.listen(await it.connect())
            write = next(
                characteristic
                for service in peer.services
                for characteristic in service.characteristics
                if characteristic.uuid.to_hex_str("-").lower().startswith("6e400002")
            )
            for number in range(5):
                await peer.write_value(write, bytes([number]))
            await it.central.disconnect(peer.connection)
            await asyncio.sleep(0.2)
            assert [data for _, data in it.pod.commands] == [bytes([number]) for number in range(5)]
            assert not it.pod.is_attached

    run_lapsed(scene(), NEVER_WAITING)


def test_while_held_nothing_passes_either_way() -> None:
    async def scene() -> None:
        async with Scene(Radio(interval_s=0.01, supervision_timeout_s=0.5)) as it:
            await it.listen(await it.connect())
            it.medium.hold(True)
            sent = 0
            while it.pod.send(sent.to_bytes(4, "little")):
                sent += 1
                await asyncio.sleep(0.05)
            await asyncio.sleep(5.0)
            assert it.listener.packets == []
            it.medium.hold(False)
            await it.listener.until(sent)
            assert it.listener.numbers == list(range(sent))
            assert all(later >= earlier for earlier, later in pairwise(it.listener.times_s))

    run_lapsed(scene(), NEVER_WAITING)
