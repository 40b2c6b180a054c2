"""A D-Bus of one's own: a `dbus-daemon` on a socket in a private folder, never the system's bus.

bleak's Linux back end looks for BlueZ on the system bus, wherever DBUS_SYSTEM_BUS_ADDRESS says that it is.
`private_system_bus` starts a daemon, points this process at it, and puts everything back.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

_ADDRESS_VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"

_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# A shell stands between this process and the daemon: its standard input is a pipe that closes when this
# process ends, however it ends; then the shell ends the daemon and removes the folder.
_GUARD = """\
dbus-daemon --config-file="$1/bus.conf" --nofork --nopidfile --print-address=1 </dev/null &
exec >/dev/null
read -r _
kill $!
wait $!
rm -rf "$1"
"""


_taken = False


def is_taken() -> bool:
    """Whether this process has its private bus already: bleak knows one system bus a process."""
    return _taken


def is_available() -> bool:
    """Whether a private bus can serve bleak here: on Linux, with dbus-daemon and dbus-fast."""
    return (
        sys.platform == "linux"
        and shutil.which("dbus-daemon") is not None
        and importlib.util.find_spec("dbus_fast") is not None
    )


@asynccontextmanager
async def private_system_bus() -> AsyncIterator[str]:
    """A bus that this process takes for the system's while the context lasts.

    bleak's connections to it, and what bleak keeps of it for this loop, end with the context.

    Yields its address. Raises OSError when the daemon does not start, or when the bus is taken.
    """
    global _taken
    if _taken:
        raise OSError("this process has a private bus already")
    _taken = True
    try:
        async with _daemon() as address, _fresh_bleak():
            with _system_bus_at(address):
                yield address
    finally:
        _taken = False


@asynccontextmanager
async def _daemon() -> AsyncIterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="coach-bus-"))
    (folder / "bus.conf").write_text(_CONFIGURATION.format(socket=folder / "socket"), encoding="utf-8")
    guard = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        _GUARD,
        "sh",
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for this process, which ends the daemon when it is done with it
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    try:
        address = (await guard.stdout.readline()).decode().strip()
        if not address:
            raise OSError("dbus-daemon did not start")
        yield address
    finally:
        guard.stdin.close()
        await guard.wait()


@contextmanager
def _system_bus_at(address: str) -> Iterator[None]:
    before = os.environ.get(_ADDRESS_VARIABLE)
    os.environ[_ADDRESS_VARIABLE] = address
    try:
        yield
    finally:
        if before is None:
            del os.environ[_ADDRESS_VARIABLE]
        else:
            os.environ[_ADDRESS_VARIABLE] = before


@asynccontextmanager
async def _fresh_bleak() -> AsyncIterator[None]:
    """Let bleak forget, for this loop, the bus that it knew before; and afterwards the private one.

    bleak 3.1 keeps one manager a loop, with an open connection to the bus, and once asks bluetoothctl for
    BlueZ's version, which on a machine without BlueZ ends in a warning; a private bus needs no asking.
    """
    from bleak.backends.bluezdbus import manager
    from bleak.backends.bluezdbus.version import BlueZFeatures

    loop = asyncio.get_running_loop()
    managers = manager._global_instances
    before = managers.pop(loop, None)
    features = BlueZFeatures.checked_bluez_version, BlueZFeatures.supported_version
    BlueZFeatures.checked_bluez_version = BlueZFeatures.supported_version = True
    try:
        yield
    finally:
        BlueZFeatures.checked_bluez_version, BlueZFeatures.supported_version = features
        ours = managers.pop(loop, None)
        if ours is not None:
            await _close(ours)
        if before is not None:
            managers[loop] = before


async def _close(manager: Any) -> None:
    """End a manager's connection as one that is not needed any more, not as one that broke."""
    if manager._bus is None:
        return
    log = logging.getLogger(type(manager).__module__)
    log.addFilter(_is_no_lost_bus)
    try:
        manager._bus.disconnect()
        await asyncio.wait({manager._bus_watcher_task})
    finally:
        log.removeFilter(_is_no_lost_bus)


def _is_no_lost_bus(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("D-Bus connection to BlueZ was lost")
