"""The WebSocket beside the page, over which a run is watched."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress

from aiohttp import WSCloseCode, web

from coach.phone.live_page import LivePage, Watch
from coach.phone.server import CLOSE_WITHIN_S, line

PATH = "live"
"""Beside index.html; and, in the page's address, the word that it is to follow a run."""
TOKEN_BYTES = 16
"""128 bits: not to be guessed."""
LARGEST_MESSAGE = 256
"""Bytes. A watcher has nothing to say."""
_POLL_S = 0.01


def new_token() -> str:
    """What whoever watches must know."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def live_address(page: str, token: str) -> str:
    """Where a run is watched, from the page's address."""
    return f"{page}?{PATH}&token={token}"


class LiveSocket:
    """Lets those watch who know the token. One who does not read holds up nobody else."""

    def __init__(self, page: LivePage, token: str) -> None:
        self._page = page
        self._token = token
        self._news = asyncio.Event()
        self._over = False
        self._sending: set[asyncio.Task[None]] = set()

    def add_to(self, app: web.Application) -> None:
        """Have an application serve it."""
        app.router.add_get(f"/{PATH}", self._handle)

    def publish(self) -> None:
        """Tell the watchers what is new on the page."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def finish(self) -> None:
        """The run is over: send what is left to those who read, and let all go."""
        self._over = True
        self.publish()
        # By the real time, though that of the loop may run faster: so much is a browser given.
        until_s = time.monotonic() + CLOSE_WITHIN_S
        while self._sending and time.monotonic() < until_s:
            await asyncio.sleep(_POLL_S)
        for sending in self._sending:
            sending.cancel()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        # Any page may open a WebSocket to anywhere; the browser tells which page it is.
        if request.headers.get("Origin") != f"{request.scheme}://{request.host}":
            return line(403, "a run is watched from its own page alone")
        if not secrets.compare_digest(request.query.get("token", "").encode(), self._token.encode()):
            return line(403, "this is not the address that was shown when the run began")
        socket = web.WebSocketResponse(compress=False, max_msg_size=LARGEST_MESSAGE, timeout=CLOSE_WITHIN_S)
        if not socket.can_prepare(request):
            return line(400, "this is no page: leave out what stands behind the last /")
        await socket.prepare(request)
        sending = asyncio.ensure_future(self._send(socket))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        try:
            async for _ in socket:
                pass
        finally:
            sending.cancel()
        return socket

    async def _send(self, socket: web.WebSocketResponse) -> None:
        watch = Watch(self._page)
        with suppress(ConnectionError):  # the watcher has gone
            while True:
                # Looked at first, so that nothing that comes while this sends is passed over.
                news, over = self._news, self._over
                for message in watch.messages():
                    await socket.send_str(message)
                if over:
                    break
                await news.wait()
            await socket.close(code=WSCloseCode.OK)
