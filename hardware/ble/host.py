"""The upper half of a simulated Bluetooth adapter: Bumble's host, whose commands may be cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

from bumble import hci
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

from hardware.ble.radio import SimulatedController

Command = hci.HCI_SyncCommand[Any] | hci.HCI_AsyncCommand
Answer = hci.HCI_Command_Complete_Event[Any] | hci.HCI_Command_Status_Event


class SimulatedHost(Host):
    """A host on its controller. Whoever is cancelled while a command is under way ends with its answer.

    Bumble 0.0.236 forgets a command whose caller is cancelled: its answer, a turn of the loop later, is then
    one that nobody asked for, or ends in an error. And where both come in one turn, `asyncio.wait_for` of
    Python 3.11 loses the cancellation (python/cpython #86296).
    """

    def __init__(self, controller: SimulatedController) -> None:
        super().__init__(controller, AsyncPipeSink(controller))

    async def _send_command(self, command: Command, response_timeout: float | None = None) -> Answer:
        answer = asyncio.ensure_future(super()._send_command(command, response_timeout))
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            await asyncio.wait({answer})
            raise
