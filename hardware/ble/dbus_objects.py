"""A service on D-Bus as a tree of objects with properties: what BlueZ looks like from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.constants import ErrorType, RequestNameReply

OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

Properties = dict[str, Variant]
Reply = tuple[str, list[Any]]
"""Signature and body."""

NOTHING: Reply = ("", [])
Method = Callable[[Message], Awaitable[Reply]]


class DBusError(Exception):
    """What a method answers instead of a reply: the error's name and a text."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name
        self.text = text


class ObjectTree:
    """Objects under one name on a bus.

    Args:
        address: of the bus.
        methods: by interface and member.
    """

    def __init__(self, address: str, methods: dict[tuple[str, str], Method]) -> None:
        self._bus = MessageBus(bus_address=address)
        self._methods = methods
        self._objects: dict[str, dict[str, Properties]] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Join the bus. Raises OSError when there is none."""
        await self._bus.connect()
        self._bus.add_message_handler(self._on_message)

    async def take_name(self, name: str) -> None:
        """Be found under a name. Raises OSError when it is taken."""
        if await self._bus.request_name(name) != RequestNameReply.PRIMARY_OWNER:
            raise OSError(f"{name} is on this bus already")

    async def close(self) -> None:
        """Leave the bus; calls that are under way end unanswered."""
        for call in list(self._calls):
            call.cancel()
        if self._calls:
            await asyncio.wait(self._calls)
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    def __contains__(self, path: str) -> bool:
        return path in self._objects

    def get(self, path: str, interface: str, name: str) -> Any:
        """The value of a property that is there."""
        return self._objects[path][interface][name].value

    def add(self, path: str, interface: str, properties: Properties) -> None:
        """A new object, or another interface of one."""
        self._objects.setdefault(path, {})[interface] = properties
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, {interface: properties}])

    def remove(self, path: str) -> None:
        """Remove an object and all below it."""
        self.remove_below(path)
        interfaces = list(self._objects.pop(path))
        self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, interfaces])

    def remove_below(self, path: str) -> None:
        """Remove all objects below one, the deepest first."""
        for each in sorted((p for p in self._objects if p.startswith(f"{path}/")), reverse=True):
            interfaces = list(self._objects.pop(each))
            self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [each, interfaces])

    def set(self, path: str, interface: str, properties: Properties) -> None:
        """Change properties."""
        self._objects[path][interface].update(properties)
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, properties, []])

    def forget(self, path: str, interface: str, name: str) -> None:
        """Take a property away, if it is there."""
        if self._objects[path][interface].pop(name, None) is not None:
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, {}, [name]])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        self._bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type != MessageType.METHOD_CALL:
            return None
        if message.interface == OBJECT_MANAGER and message.member == "GetManagedObjects":
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects])
        if message.path not in self._objects:
            return Message.new_error(message, ErrorType.UNKNOWN_OBJECT, f"there is no {message.path}")
        method = self._methods.get((message.interface or "", message.member or ""))
        if method is None:
            return Message.new_error(message, ErrorType.UNKNOWN_METHOD, f"there is no {message.member}")
        call = asyncio.get_running_loop().create_task(self._answer(method, message))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return True

    async def _answer(self, method: Method, message: Message) -> None:
        try:
            signature, body = await method(message)
            reply = Message.new_method_return(message, signature, body)
        except DBusError as failure:
            reply = Message.new_error(message, failure.name, failure.text)
        await self._bus.send(reply)
