"""Where a page can be reached: ports, addresses, and the certificate that HTTPS needs."""

from __future__ import annotations

import os
import socket
import ssl
from ipaddress import ip_address
from pathlib import Path


class ServeError(Exception):
    """Why the page cannot be served, in one plain line."""


class PortError(ServeError):
    """The port is taken, or the address is not one of this machine."""


def listen(host: str, port: int) -> socket.socket:
    """Take a port, 0 for any that is free. At "::" IPv4 reaches it too, where the system can.

    Raises:
        ServeError: there is no such name.
        PortError: the port cannot be had.
    """
    family, address = _addresses(host)[0]
    both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((address, port), family=family, dualstack_ipv6=both)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise PortError(f"port {port} of {host} cannot be used: {reason.lower()}") from None


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own, which no other reaches.

    Raises:
        ServeError: there is no such name.
    """
    return all(ip_address(address.partition("%")[0]).is_loopback for _, address in _addresses(host))


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        raise ServeError(f"there is no address of the name {host}: give one of this machine's") from None
    return [(family, str(address[0])) for family, *_, address in found]


def network_address() -> str:
    """This machine's address in its network.

    Raises:
        ServeError: it is in none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: it only finds the way. The address is kept for documentation, RFC 5737.
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:
            raise ServeError("this machine is in no network: connect it to one first") from None
    return address


def read_certificate(cert: Path, key: Path) -> ssl.SSLContext:
    """What HTTPS needs.

    Raises:
        ServeError: a file cannot be read or is not what it should be, or they do not belong together.
    """
    for path in (cert, key):
        try:
            path.read_bytes()
        except OSError as error:
            raise ServeError(f"{path} cannot be read: {error.strerror or error}") from None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # Without a password of its own OpenSSL would ask on the terminal.
        context.load_cert_chain(cert, key, password="")
    except (ssl.SSLError, ValueError) as error:
        if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
            raise ServeError(
                f"{key} is not the key of {cert}: give the two that were made together"
            ) from None
        raise ServeError(
            f"{cert} and {key} are no certificate and its key: give PEM files, the key without a password"
        ) from None
    return context


def address_of(listener: socket.socket, *, scheme: str = "http", host: str | None = None) -> str:
    """Where the page is, for people to open. `host` stands in for that of the listener."""
    bound, port = listener.getsockname()[:2]
    name = host or bound
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}/"
