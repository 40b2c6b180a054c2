"""`coach phone`: what its commands are called and what they take. Only light modules are imported here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.options import AsJson

phone_app = typer.Typer(
    help="The coach in a pocket: a page that follows the pod from Chrome on a phone.", no_args_is_help=True
)


@phone_app.command()
def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to serve it: 0.0.0.0 for all of this network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = 8620,
    cert: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The certificate for HTTPS, a PEM file.", show_default=False),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its key, a PEM file.", show_default=False)
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in this machine's browser.")] = False,
) -> None:
    """Serve the phone page until Ctrl-C, to this machine or, with --cert and --key, to its network.

    Browsers give Bluetooth only to HTTPS and to the machine itself. A phone on a cable is as good as the
    machine: 'adb reverse tcp:8620 tcp:8620', then open http://localhost:8620 on the phone.
    """
    from coach.cli.phone.command import serve_page

    serve_page(host, port, cert, key, open_it=open_it)


@phone_app.command()
def build(
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="The folder for the files; it is made where there is none.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Write the phone page as files for any host that serves HTTPS."""
    from coach.cli.phone.command import build_page

    build_page(out, as_json=as_json)
