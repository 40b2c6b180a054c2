"""A simulated radio for Bumble's Bluetooth stack: time, retransmission, range and loss of power.

Bumble's own link between simulated controllers delivers at once and for ever. A real one keeps to
connection events, repeats what was damaged, and gives up a peer that has been silent for the supervision
timeout. A radio error is therefore never a lost packet: the link layer repeats it, so it is seen as delay and
as bursts, always in order. Packets are lost only with the connection.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections import deque
from collections.abc import Callable

from bumble import hci, ll
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.link import LocalLink

RSSI_DBM = -60
"""Signal strength of every pod (our choice: a pod on the foot, a phone in the hand)."""

ACL_PACKET_BYTES = 251
"""The longest link layer payload (Bluetooth Core 5.4, Vol 6 Part B, 2.4): an MTU of 247 and its header."""

_ROUNDING = 1e-6


class Radio(LocalLink):
    """What lies between simulated controllers.

    Args:
        interval_s: the connection interval; packets travel at its multiples. 0: at once.
        packet_error_rate: of each transmission; a damaged one is repeated one interval later.
        supervision_timeout_s: how long after a peer vanished its connection is given up.
        seed: of the packet errors.

    Raises ValueError for values that no radio has.
    """

    def __init__(
        self,
        *,
        interval_s: float = 0.0,
        packet_error_rate: float = 0.0,
        supervision_timeout_s: float = 1.5,
        seed: int = 1,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if not 0.0 <= packet_error_rate < 1.0:
            raise ValueError("the packet error rate is a share of 1, less than 1")
        if interval_s < 0.0 or (packet_error_rate > 0.0 and interval_s == 0.0):
            raise ValueError("the connection interval must be above 0 when packets have to be repeated")
        self.interval_s = interval_s
        self.packet_error_rate = packet_error_rate
        self.supervision_timeout_s = supervision_timeout_s
        self._random = random.Random(seed)
        self._lanes: dict[tuple[Controller, Controller], _Lane] = {}
        self._held: set[Controller] = set()
        self._absent: set[Controller] = set()
        self._giving_up: dict[int, asyncio.TimerHandle] = {}
        logging.getLogger("bumble.host").addFilter(self._is_news)

    def hold(self, controller: Controller, held: bool) -> None:
        """While held nothing passes to or from the controller, but no connection ends and nothing is lost."""
        if held:
            self._held.add(controller)
            return
        self._held.discard(controller)
        for ends, lane in self._lanes.items():
            if controller in ends:
                lane.resume()

    def vanish(self, controller: Controller) -> None:
        """The controller loses power: its connections and all that is under way are gone.

        There is no farewell on the air. Its peers give the connection up after the supervision timeout.
        """
        if controller in self._absent:
            return
        self._absent.add(controller)
        for ends in [ends for ends in self._lanes if controller in ends]:
            self._lanes.pop(ends).drop()
        for connection in list(controller.le_connections.values()):
            if other_end := self._other_end(connection):
                self._give_up_later(*other_end)
            controller.on_le_disconnected(connection, hci.HCI_CONNECTION_TIMEOUT_ERROR)

    def appear(self, controller: Controller) -> None:
        """The controller is back after `vanish`."""
        self._absent.discard(controller)

    def remove_controller(self, controller: Controller) -> None:
        """Take a controller off the radio for good."""
        self.vanish(controller)
        super().remove_controller(controller)
        self._absent.discard(controller)
        self._held.discard(controller)

    def close(self) -> None:
        """Drop what is under way and stop all timers."""
        for lane in self._lanes.values():
            lane.drop()
        for timer in self._giving_up.values():
            timer.cancel()
        self._lanes.clear()
        self._giving_up.clear()
        logging.getLogger("bumble.host").removeFilter(self._is_news)

    def _is_news(self, record: logging.LogRecord) -> bool:
        """Bumble warns of an answer whose connection is lost by then; here that is to be expected."""
        text = record.getMessage()
        return not (text.startswith("connection 0x") and text.endswith("not found"))

    # What Bumble's controllers call.

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        outgoing = sender_controller.le_connections[destination_address]
        other_end = self._other_end(outgoing)
        if other_end is None:
            return  # the peer has vanished: never acknowledged, so the sender's buffers stay full
        receiver, incoming = other_end

        def arrive() -> None:
            if _is_alive(receiver, incoming):
                receiver.on_link_acl_data(incoming.peer_address, transport, data)
            if isinstance(sender_controller, SimulatedController):
                sender_controller.acknowledge(outgoing, data)

        self._lane(sender_controller, receiver).add(self._arrival_s(), arrive)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        sender = self.find_le_controller(sender_address)
        outgoing = sender.le_connections.get(receiver_address) if sender else None
        other_end = self._other_end(outgoing) if outgoing else None
        if sender is None or other_end is None:
            return
        receiver, incoming = other_end

        def arrive() -> None:
            if _is_alive(receiver, incoming):
                receiver.on_ll_control_pdu(sender_address, packet)

        self._lane(sender, receiver).add(self._arrival_s(), arrive)

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        reached = self.controllers - self._held - self._absent
        loop = asyncio.get_running_loop()
        if sender_controller in reached:
            for controller in reached - {sender_controller}:
                loop.call_soon(controller.on_ll_advertising_pdu, packet)
        if isinstance(packet, ll.ConnectInd):
            loop.call_soon(self._see_established, sender_controller, packet.advertiser_address)

    def _see_established(self, central: Controller, peripheral_address: hci.Address) -> None:
        """A central takes a connection for made once it asked for it; the peripheral may not have heard."""
        connection = central.le_connections.get(peripheral_address)
        if connection is not None and self._other_end(connection) is None:
            self._give_up_later(central, connection)

    def _other_end(self, connection: Connection) -> tuple[Controller, Connection] | None:
        for controller in self.controllers - self._absent:
            other = controller.le_connections.get(connection.self_address)
            if other is not None and other.self_address == connection.peer_address:
                return controller, other
        return None

    def _lane(self, sender: Controller, receiver: Controller) -> _Lane:
        ends = (sender, receiver)
        if ends not in self._lanes:
            self._lanes[ends] = _Lane(lambda: self._held.isdisjoint(ends))
        return self._lanes[ends]

    def _arrival_s(self) -> float:
        """When a packet handed over now arrives, on the loop's clock, if nothing is before it."""
        now_s = asyncio.get_running_loop().time()
        if self.interval_s == 0.0:
            return now_s
        repeats = 0
        while self._random.random() < self.packet_error_rate:
            repeats += 1
        # A clock that stands exactly at an event belongs to that event, whatever the division rounds to.
        events = math.floor(now_s / self.interval_s + _ROUNDING)
        return self.interval_s * (events + 1 + repeats)

    def _give_up_later(self, controller: Controller, connection: Connection) -> None:
        def give_up() -> None:
            del self._giving_up[id(connection)]
            if _is_alive(controller, connection):
                controller.on_le_disconnected(connection, hci.HCI_CONNECTION_TIMEOUT_ERROR)

        if id(connection) not in self._giving_up:
            self._giving_up[id(connection)] = asyncio.get_running_loop().call_later(
                self.supervision_timeout_s, give_up
            )


def _is_alive(controller: Controller, connection: Connection) -> bool:
    return controller.le_connections.get(connection.peer_address) is connection


class _Lane:
    """One direction between two controllers: what is sent first arrives first."""

    def __init__(self, is_open: Callable[[], bool]) -> None:
        self._is_open = is_open
        self._waiting: deque[tuple[float, Callable[[], None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, due_s: float, arrive: Callable[[], None]) -> None:
        if self._waiting:
            due_s = max(due_s, self._waiting[-1][0])
        self._waiting.append((due_s, arrive))
        self.resume()

    def resume(self) -> None:
        if self._timer is None and self._waiting and self._is_open():
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._waiting[0][0], self._deliver_due)

    def drop(self) -> None:
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _deliver_due(self) -> None:
        self._timer = None
        if not self._is_open():
            return
        # A timer may fire a little early; what it was set for is due all the same.
        due_s = max(asyncio.get_running_loop().time(), self._waiting[0][0])
        while self._waiting and self._waiting[0][0] <= due_s:
            self._waiting.popleft()[1]()
        self.resume()


class SimulatedController(Controller):
    """Bumble's controller with what a host notices missing.

    A cancelled connect ends, buffers stay full until the peer has acknowledged, and a scan gives the scan
    response besides the advertisement.

    Args:
        name: for Bumble's log.
        radio: what it is on.
        buffers: packets it takes before the first is acknowledged.
    """

    def __init__(self, name: str, radio: Radio, *, buffers: int) -> None:
        super().__init__(name, link=radio)
        self.le_acl_data_packet_length = ACL_PACKET_BYTES
        self.total_num_le_acl_data_packets = buffers

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Bumble 0.0.236 forgets to end the attempt, so that every later one is refused."""
        asyncio.get_running_loop().call_soon(self._end_attempt)
        return super().on_hci_le_create_connection_cancel_command(command)

    def _end_attempt(self) -> None:
        attempt, self.pending_le_connection = self.pending_le_connection, None
        if attempt is None:
            return
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                # The status of a cancelled attempt (Bluetooth Core 5.4, Vol 4 Part E, 7.8.13).
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=attempt.peer_address.address_type,
                peer_address=attempt.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )

    def on_hci_acl_data_packet(self, packet: hci.HCI_AclDataPacket) -> None:
        """Bumble's reports a packet as completed before it was sent; here `acknowledge` does, once it was."""
        if connection := self.find_le_connection_by_handle(packet.connection_handle):
            connection.assembler.feed_packet(packet)

    def acknowledge(self, connection: Connection, data: bytes) -> None:
        """The peer has taken `data`: give the buffers it stood in back to the host."""
        if _is_alive(self, connection):
            packets = math.ceil(len(data) / self.le_acl_data_packet_length)
            self.send_hci_packet(
                hci.HCI_Number_Of_Completed_Packets_Event(
                    connection_handles=[connection.handle], num_completed_packets=[packets]
                )
            )

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report an advertisement and its scan response, and connect if the host waits for this peer."""
        if self.le_scan_enable:
            event = hci.HCI_LE_Extended_Advertising_Report_Event.EventType
            advertised = event.CONNECTABLE_ADVERTISING | event.SCANNABLE_ADVERTISING
            self._report(pdu.advertiser_address, advertised, pdu.data)
            response = event.SCAN_RESPONSE | event.SCANNABLE_ADVERTISING
            self._report(pdu.advertiser_address, response, self._scan_response_of(pdu.advertiser_address))
        attempt = self.pending_le_connection
        if (
            attempt is not None
            and attempt.peer_address == pdu.advertiser_address
            and pdu.advertiser_address not in self.le_connections
        ):
            self.create_le_connection(pdu.advertiser_address)

    def _report(self, address: hci.Address, event_type: int, data: bytes) -> None:
        report = hci.HCI_LE_Extended_Advertising_Report_Event.Report(
            event_type=event_type,
            address_type=address.address_type,
            address=address,
            primary_phy=hci.Phy.LE_1M,
            secondary_phy=hci.Phy.LE_1M,
            advertising_sid=0,
            tx_power=0,
            rssi=RSSI_DBM,
            periodic_advertising_interval=0,
            direct_address_type=0,
            direct_address=hci.Address.ANY,
            data=data,
        )
        self.send_hci_packet(hci.HCI_LE_Extended_Advertising_Report_Event([report]))

    def _scan_response_of(self, address: hci.Address) -> bytes:
        for controller in self.link.controllers:
            for advertising in controller.advertising_sets.values():
                if advertising.address == address:
                    return bytes(advertising.scan_response_data)
        return b""
