"""A line between two live processes that can be cut, reset, slowed down and held."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable
from typing import Literal

Ailment = Literal["cut", "reset", "slow", "held"]
AILMENTS: tuple[Ailment, ...] = ("cut", "reset", "slow", "held")

_CHUNK = 65_536
_SLOW_S = 0.15
_NOT_EVEN_GOODBYE = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def to_port(port: int) -> Callable[[], Awaitable[Streams]]:
    """Return how a line reaches a TCP server on this machine."""
    return lambda: asyncio.open_connection("127.0.0.1", port)


def to_socket(path: str) -> Callable[[], Awaitable[Streams]]:
    """Return how a line reaches a server behind a socket file."""
    return lambda: asyncio.open_unix_connection(path)


class Line:
    """Passes bytes between whoever connects to `port` and one server, as long as it is well.

    `cut`: connections end, and new ones end at once. `reset`: they end with a reset, new ones are
    fine. `slow`: each piece comes 0.15 s late. `held`: all stay open, and nothing gets through.
    """

    def __init__(
        self,
        server: Callable[[], Awaitable[Streams]],
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.port = port
        self._server = server
        self._ill: Ailment | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._flowing.set()
        threading.Thread(target=self._loop.run_forever, name="line", daemon=True).start()
        listening = asyncio.start_server(self._accept, "127.0.0.1", port, ssl=tls)
        self._loop.set_exception_handler(lambda *_: None)  # those who hang up are the point here
        asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)

    def begin(self, what: str) -> None:
        """Let the line fall ill."""
        (ailment,) = (each for each in AILMENTS if each == what)
        self._loop.call_soon_threadsafe(self._fall, ailment)

    def end(self) -> None:
        """Let it be well again."""
        self._loop.call_soon_threadsafe(self._fall, None)

    def close(self) -> None:
        """End all connections; the thread goes with the process."""
        self.begin("cut")

    def _fall(self, ailment: Ailment | None) -> None:
        self._ill = ailment
        if ailment == "held":
            self._flowing.clear()
        else:
            self._flowing.set()
        if ailment in ("cut", "reset"):
            for writer in self._writers:
                self._end(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self._ill == "cut":
                return
            answers, onward = await self._server()
            self._writers.add(onward)
            await asyncio.gather(self._pass(reader, onward), self._pass(answers, writer))
        except OSError:
            pass  # the server is away, or one side has gone: so the other one goes too
        finally:
            self._end(writer)
            self._writers.discard(writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                if self._ill == "slow":
                    await asyncio.sleep(_SLOW_S)
                await self._flowing.wait()
                writer.write(chunk)
                await writer.drain()
        finally:
            writer.close()
            self._writers.discard(writer)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        if writer.transport.is_closing():
            return
        held: socket.socket | None = writer.get_extra_info("socket")
        if self._ill == "reset" and held is not None and held.family == socket.AF_INET:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOT_EVEN_GOODBYE)
        writer.transport.abort()
