"""The live view of a run in a browser: the phone page, served while the run goes on."""

from __future__ import annotations

import asyncio
import math
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from coach.cli.errors import CommandError, say
from coach.cli.live.asked import PageAsked
from coach.cli.live.page_view import PageView
from coach.cli.live.run import LiveRun, Taker
from coach.cli.phone.site import own_site
from coach.phone.listening import PortError, ServeError, address_of, listen, network_address
from coach.phone.live_page import LivePage
from coach.phone.live_socket import LiveSocket, live_address, new_token
from coach.phone.server import Reach, application, serving
from coach.run import Found

SHOW_EVERY_S = 0.25
"""Our choice: a stride takes longer."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a run can be watched.

    Attributes:
        reach: who can come.
        listener: has the port.
        token: what they must know.
        address: to open in a browser; it holds the token.
    """

    reach: Reach
    listener: socket.socket
    token: str
    address: str


@contextmanager
def open_door(asked: PageAsked) -> Iterator[Door]:
    """Take the port on which a run is to be watched.

    Raises:
        CommandError: it cannot be had.
    """
    try:
        host = network_address() if asked.lan else None
        listener = listen("0.0.0.0" if asked.lan else "127.0.0.1", asked.port)
    except PortError as error:
        raise CommandError(f"{error}; choose another by --page-port") from None
    except ServeError as error:
        raise CommandError(str(error)) from None
    with listener:
        token = new_token()
        address = live_address(address_of(listener, host=host), token)
        yield Door("network" if asked.lan else "machine", listener, token, address)


@asynccontextmanager
async def paged(door: Door, live: LiveRun) -> AsyncIterator[Taker]:
    """Let a run be watched; gives the function to call with what came of each message. Whoever reads slowly
    holds up nothing."""
    loop = asyncio.get_running_loop()
    page, view = LivePage(), PageView(live, loop.time())
    page.take(_so_far(live))
    watchers = LiveSocket(page, door.token)
    app = application(own_site(), door.reach)
    watchers.add_to(app)
    shown_s = -math.inf
    due: asyncio.TimerHandle | None = None

    def show() -> None:
        nonlocal due, shown_s
        # The loop's clock may run faster than people's.
        if time.monotonic() >= shown_s + SHOW_EVERY_S:
            shown_s = time.monotonic()
            page.show(view.moment(loop.time()))
            watchers.publish()
        due = loop.call_later(SHOW_EVERY_S, show)

    def take(found: Found) -> None:
        page.take(found)
        view.take(found, loop.time())

    async with serving(app, door.listener):
        say(f"to watch this run, open {door.address}")
        show()
        try:
            yield take
        finally:
            if due is not None:
                due.cancel()
            page.show(view.moment(loop.time(), over=True))
            await watchers.finish()


def _so_far(live: LiveRun) -> Found:
    """What was found in a run that is taken up again."""
    replay = live.tally.replay()
    return Found(strides=replay.strides, updates=list(replay.updates), cues=list(replay.cues))
