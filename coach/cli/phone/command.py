"""`coach phone`: serves the phone page, or writes it out for a host."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import webbrowser
from pathlib import Path

import typer

from coach.cli.errors import CommandError, say
from coach.cli.phone.site import own_site
from coach.cli.stopping import stopped_by_signal
from coach.phone.listening import (
    PortError,
    ServeError,
    address_of,
    is_loopback,
    listen,
    network_address,
    read_certificate,
)
from coach.phone.server import Reach, application, serving
from coach.phone.site import SERVICE_WORKER, Site, files_of

EVERYWHERE = ("0.0.0.0", "::")


def serve_page(host: str, port: int, cert: Path | None, key: Path | None, *, open_it: bool) -> None:
    """Serve the page until it is stopped.

    Raises:
        typer.BadParameter: it can be served there over HTTPS alone, or half of what that takes is given.
        CommandError: it cannot be served there.
    """
    try:
        tls = _tls(host, cert, key)
        with listen(host, port) as listener:
            shown = network_address() if host in EVERYWHERE else None
            address = address_of(listener, scheme="http" if tls is None else "https", host=shown)
            site = own_site()
            if tls is None:
                typer.echo(f"The phone page is at {address}  (Ctrl-C ends it)")
                typer.echo("Open it in Chrome or Edge here; how a phone gets it: 'coach phone serve --help'")
            else:
                typer.echo(f"The phone page is at {address} or any name of the certificate  (Ctrl-C ends it)")
                typer.echo("Open it in Chrome on the phone, in this network; it must trust the certificate.")
            if open_it and not webbrowser.open(address):
                say(f"no browser could be opened here: open {address} in one")
            asyncio.run(_serve(site, "machine" if tls is None else "https", listener, tls))
    except PortError as error:
        raise CommandError(f"{error}; choose another by --port or --host") from None
    except ServeError as error:
        raise CommandError(str(error)) from None


def _tls(host: str, cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What HTTPS needs; None for plain HTTP, which is for this machine alone."""
    if cert is not None and key is not None:
        return read_certificate(cert, key)
    if cert is not None or key is not None:
        raise typer.BadParameter("HTTPS takes both: --cert FILE and --key FILE", param_hint="--cert")
    if not is_loopback(host):
        raise typer.BadParameter(
            "other machines get the page over HTTPS alone, since browsers give Bluetooth to nothing less: "
            "add --cert FILE and --key FILE, as 'mkcert' makes them",
            param_hint="--host",
        )
    return None


async def _serve(site: Site, reach: Reach, listener: socket.socket, tls: ssl.SSLContext | None) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    with stopped_by_signal(lambda: loop.call_soon_threadsafe(stopped.set)):
        async with serving(application(site, reach), listener, tls):
            await stopped.wait()


def _write(site: Site, folder: Path) -> None:
    worker = folder / SERVICE_WORKER
    earlier = files_of(worker.read_bytes()) if worker.is_file() else frozenset()
    in_the_way = [
        path
        for path, content in site.files.items()
        if path not in earlier and not _is_free(folder / path, content)
    ]
    if in_the_way:
        raise CommandError(
            f"{folder} holds files that are not of this page ({in_the_way[0]}): "
            "name a folder of its own by --out"
        )
    # The service worker comes last: a browser that finds it new fetches the rest.
    for path in sorted(site.files, key=lambda path: path == SERVICE_WORKER):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(site.files[path])
    for path in earlier - site.files.keys():
        (folder / path).unlink(missing_ok=True)


def _is_free(file: Path, content: bytes) -> bool:
    """Whether a file can be written without a loss to anyone. One that is just so may come from a build that
    broke off before its service worker was written."""
    return not os.path.lexists(file) or (file.is_file() and file.read_bytes() == content)


def build_page(folder: Path, *, as_json: bool) -> None:
    """Write the page's files, and say what their host must do. Files of an earlier build make room, those of
    others are left alone.

    Raises:
        CommandError: they cannot be written there, or something of others is in the way.
    """
    site = own_site()
    try:
        _write(site, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CommandError(f"{folder} cannot be written ({reason}): name another folder by --out") from None
    size = sum(map(len, site.files.values()))
    if as_json:
        told = {"folder": str(folder), "files": list(site.files), "bytes": size, "version": site.version}
        typer.echo(json.dumps(told, indent=1))
        return
    typer.echo(f"{len(site.files)} files, {size / 1000:.0f} kB, version {site.version}, in {folder}")
    typer.echo("Put them on a host that serves HTTPS, in a folder of their own, and open its address.")
    typer.echo("The host must serve .js as text/javascript.")
