"""Serves a site over HTTP: this machine alone, or others too.

A browser gives Bluetooth and offline use to secure addresses only: HTTPS, or plain HTTP on the machine
itself.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import ETag, web
from aiohttp.http_exceptions import HttpProcessingError

from coach.phone.site import CONTENT_SECURITY_POLICY, INDEX, Site, content_type

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Reach = Literal["machine", "network", "https"]
"""Who can come: over plain HTTP this machine, or whoever is in its network; over HTTPS whoever trusts the
certificate."""

HEADERS = {
    # Unlike the rest of the policy, browsers heed the last part in a header alone.
    "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Bluetooth and the wake lock a page has by itself; a browser that lacks one would complain of its name.
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    # No name carries a version, so whatever is kept is asked for anew; the service worker keeps them offline.
    "Cache-Control": "no-cache",
}
SECURE_HEADERS = {"Cross-Origin-Opener-Policy": "same-origin"}
"""Browsers complain of these where the address is not secure."""

CLOSE_WITHIN_S = 1.0
"""Our choice: a browser that has not taken its answer by then is not waited for."""


def application(site: Site, reach: Reach) -> web.Application:
    """An application that serves a site. More may be added beside its files."""
    headers = HEADERS | ({} if reach == "network" else SECURE_HEADERS)

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        # A foreign page may give its own name this machine's address, and then read what is served there.
        if not is_own_host(request.headers.get("Host", ""), reach):
            return line(421, "this address is not served here")
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return line(404, "there is no such file")

    app = web.Application(middlewares=[guard])
    app.on_response_prepare.append(add_headers)
    for path, content in site.files.items():
        handler = _file(path, content)
        app.router.add_get(f"/{path}", handler)
        if path == INDEX:
            app.router.add_get("/", handler)
    return app


def _file(path: str, content: bytes) -> Handler:
    tag = hashlib.sha256(content).hexdigest()[:32]
    headers = {"Content-Type": content_type(path)}

    async def answer(request: web.Request) -> web.Response:
        known = request.if_none_match or ()
        is_known = any(each.value in (tag, "*") for each in known)
        response = web.Response(status=304) if is_known else web.Response(body=content, headers=headers)
        response.etag = ETag(tag)
        return response

    return answer


def line(status: int, words: str) -> web.Response:
    """An answer of one plain line."""
    return web.Response(status=status, text=f"{words}\n")


def is_own_host(host: str, reach: Reach) -> bool:
    """Whether a Host header names the server: names that can be given to any address do not. Over HTTPS the
    certificate says whose names they are, and the browser sees to it. The port may be another one's that is
    passed on to here, as `adb reverse` and `ssh -L` do."""
    if reach == "https":
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback or reach == "network"
    except ValueError:
        return False


@asynccontextmanager
async def serving(
    app: web.Application, listener: socket.socket, tls: ssl.SSLContext | None = None
) -> AsyncIterator[None]:
    """Serve in the running event loop. The listener is closed in the end."""
    runner = web.AppRunner(app, access_log=None, logger=_logger(), shutdown_timeout=CLOSE_WITHIN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, listener, ssl_context=tls).start()
        yield
    finally:
        await runner.cleanup()


def _logger() -> logging.Logger:
    """Of the server: what others send it that is no HTTP is not this program's error."""
    logger = logging.getLogger("coach.phone")
    if not logger.filters:
        logger.addFilter(_is_ours)
    return logger


def _is_ours(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
