"""What to do when Bluetooth does not do what it should."""

from __future__ import annotations

import sys

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from firmware_bridge.links.link import LinkError, UnavailableError

_Reason = BleakBluetoothNotAvailableReason
_Code = BleakGATTProtocolErrorCode

_NO_SERVICE = (
    "Bluetooth cannot be reached: its system service does not run here; start it with "
    "`sudo systemctl start dbus bluetooth` (a container has none)"
)
_NO_ADAPTER = "there is no Bluetooth adapter: plug one in, or use the pod's USB cable"
_NO_CENTRAL = "the Bluetooth adapter is too old for Bluetooth LE: plug in another one"
_RESTRICTED = "Bluetooth is not allowed by the system's policy: ask whoever looks after this computer"
_UNKNOWN = "Bluetooth does not work just now: switch it off and on in the system's settings"
if sys.platform == "linux":
    _OFF = "Bluetooth is off: switch it on with `rfkill unblock bluetooth` and `bluetoothctl power on`"
    _DENIED = (
        "no permission to use Bluetooth: join its group with `sudo usermod -aG bluetooth $USER`, "
        "then log out and in again"
    )
else:
    _OFF = "Bluetooth is off: switch it on in the system's settings"
    _DENIED = (
        "no permission to use Bluetooth: allow it for this terminal in the system's settings, "
        "under Privacy & Security, Bluetooth"
    )

_UNAVAILABLE = {
    _Reason.NO_BLUETOOTH: _NO_ADAPTER,
    _Reason.NO_BLE_CENTRAL_ROLE: _NO_CENTRAL,
    _Reason.POWERED_OFF: _OFF,
    _Reason.DENIED_BY_USER: _DENIED,
    _Reason.DENIED_BY_SYSTEM: _DENIED if sys.platform == "linux" else _RESTRICTED,
    _Reason.DENIED_BY_UNKNOWN: _DENIED,
    _Reason.UNKNOWN: _UNKNOWN,
}
_DBUS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": _NO_SERVICE,
    "org.freedesktop.DBus.Error.NameHasNoOwner": _NO_SERVICE,
    "org.freedesktop.DBus.Error.NoReply": _NO_SERVICE,
    "org.freedesktop.DBus.Error.AccessDenied": _DENIED,
    "org.bluez.Error.NotReady": _OFF,
    "org.bluez.Error.NotAuthorized": _DENIED,
}
_NEEDS_PAIRING = {
    _Code.INSUFFICIENT_AUTHENTICATION,
    _Code.INSUFFICIENT_AUTHORIZATION,
    _Code.INSUFFICIENT_ENCRYPTION,
    _Code.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
}


def explain(error: Exception, pod: str) -> LinkError | None:
    """The error as one line that says what to do, or None when it is no error of Bluetooth.

    Args:
        error: from bleak, or from what lies below it (D-Bus on Linux, WinRT on Windows).
        pod: whom one wanted to reach, for people.

    Returns:
        An UnavailableError when waiting may help.
    """
    match error:
        case LinkError():
            return error
        case BleakBluetoothNotAvailableError():
            return LinkError(_UNAVAILABLE[error.reason])
        case BleakDBusError() if error.dbus_error in _DBUS:
            return LinkError(_DBUS[error.dbus_error])
        case BleakGATTProtocolError() if error.code in _NEEDS_PAIRING:
            return LinkError(f"{pod} wants to be paired first: do so in the system's Bluetooth settings")
        case BleakGATTProtocolError():
            return LinkError(f"{pod} refuses what is asked of it ({error.args[1]}): is it the right pod?")
        case BleakDeviceNotFoundError():
            return UnavailableError(f"{pod} is out of reach: wake it up and bring it nearer")
        case TimeoutError():
            return UnavailableError(
                f"{pod} does not take the connection: bring it nearer, and end other programs and phones "
                "that use it"
            )
        case PermissionError():
            return LinkError(_DENIED)
        case FileNotFoundError() | ConnectionRefusedError() if sys.platform == "linux":
            return LinkError(_NO_SERVICE)  # the D-Bus socket
        case BleakError() | OSError() | EOFError():
            return UnavailableError(
                f"the connection to {pod} failed, {str(error) or type(error).__name__}: "
                "if it goes on like this, switch Bluetooth and the pod off and on"
            )
        case _ if type(error).__module__.startswith("dbus_fast"):
            return LinkError(_NO_SERVICE)
        case _:
            return None
