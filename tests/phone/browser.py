"""What stands around pages in a test: a watch on all that they must not do, and a server.

Playwright's sync API keeps an event loop running in its thread, so that `asyncio.run` fails there as long as
a browser is open: what needs a loop of its own goes through `aside`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from threading import Thread
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from coach.phone.site import INDEX, content_type

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

Result = TypeVar("Result")

_OF_LINUX = "Web Bluetooth is experimental on this platform."
"""Chromium's own word on Linux, said by no page."""


class Watch:
    """Collects what a page must not do: say anything on the console, fail, ask a foreign origin.

    Args:
        context: whose pages and workers are watched.
        address: of the page; its origin is no foreign one.
        allowed: beginnings of console messages that the test provokes.
    """

    def __init__(self, context: BrowserContext, address: str, allowed: tuple[str, ...] = ()) -> None:
        self._origin = _origin(address)
        self._allowed = (*allowed, _OF_LINUX)
        self.faults: list[str] = []
        context.on(
            "console",
            lambda message: self._said(
                f"{message.type}: {message.text} ({message.location.get('url')})", message.text
            ),
        )
        context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        context.on("request", lambda request: self._asked(request.url))

    def _said(self, line: str, text: str) -> None:
        if not text.startswith(self._allowed):
            self.faults.append(f"console {line}")

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme not in ("blob", "data") and _origin(url) != self._origin:
            self.faults.append(f"foreign request: {url}")


class Server:
    """Serves files on loopback from a thread of its own, until `stop`; `start` begins again at the same port.

    Args:
        files: by path; a folder's address is its index.html.
        headers: of every answer.

    Attributes:
        address: of the root.
        asked: the paths asked for, in order.
    """

    def __init__(self, files: Mapping[str, bytes | str], headers: Mapping[str, str] | None = None) -> None:
        self._files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self._headers = dict(headers or {})
        self.asked: list[str] = []
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.start()
        self.address = f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Listen."""
        server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        server.daemon_threads = True
        self._server, self._port = server, server.server_port
        Thread(target=server.serve_forever, args=(0.02,), name="files for pages", daemon=True).start()

    def stop(self) -> None:
        """Listen no more: pages are offline."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def replace(self, path: str, content: bytes) -> None:
        """Serve another content from now on."""
        self._files[path] = content

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        files, headers, asked = self._files, self._headers, self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path.removeprefix("/")
                asked.append(path)
                name = path + INDEX if path in ("", *_folders(files)) else path
                content = files.get(name)
                self.send_response(404 if content is None else 200)
                for header, value in headers.items():
                    self.send_header(header, value)
                self.send_header("content-type", content_type(name) if content is not None else "text/plain")
                self.send_header("content-length", str(len(content or b"")))
                self.end_headers()
                # A page that is loaded anew hangs up.
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.wfile.write(content or b"")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def aside(work: Callable[[], Result]) -> Result:
    """Do something in a thread of its own, such as `lambda: asyncio.run(...)`, and wait for its result."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _folders(files: Mapping[str, bytes]) -> set[str]:
    return {f"{parent}/" for path in files for parent in PurePosixPath(path).parents if str(parent) != "."}


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
