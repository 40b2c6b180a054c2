"""What to do about a serial port that cannot be opened."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from firmware_bridge.links.link import LinkError, UnavailableError

_GONE = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO}
_IN_USE = {errno.EAGAIN, errno.EBUSY}
_DENIED = {errno.EACCES, errno.EPERM}
# pyserial on Windows and macOS gives no number but names the error it met.
_GONE_WORDS = re.compile(r"FileNotFoundError|\[Errno (2|6|19)\]")
_IN_USE_WORDS = re.compile(r"PermissionError")
_NO_PORT_WORDS = re.compile(r"Inappropriate ioctl|OSError\(22")


def explain(port: str, error: OSError) -> LinkError:
    """The error as one line that says what to do; an UnavailableError when waiting may help."""
    words = str(error)
    if error.errno in _GONE or (error.errno is None and _GONE_WORDS.search(words)):
        return UnavailableError(
            f"{port}: there is no such serial port now: plug the pod in; `coach pods` lists what is there"
        )
    if error.errno in _IN_USE or (error.errno is None and _IN_USE_WORDS.search(words)):
        return LinkError(f"{port} is in use by another program: close that one first")
    if error.errno in _DENIED:
        return LinkError(f"{port}: no permission to open it: {_how_to_get_permission(port)}")
    if error.errno in (errno.ENOTTY, errno.EISDIR) or _NO_PORT_WORDS.search(words):
        return LinkError(f"{port} is no serial port: `coach pods` lists those that are there")
    return UnavailableError(f"{port} cannot be opened, {words}: unplug the pod and plug it in again")


def _how_to_get_permission(port: str) -> str:
    try:
        group = Path(port).group()
    except (OSError, KeyError, NotImplementedError):
        return "ask whoever looks after this computer"
    return f"join its group with `sudo usermod -aG {group} $USER`, then log out and in again"
