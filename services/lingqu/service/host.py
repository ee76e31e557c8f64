"""The event loop that holds a process's services, from their start to a drained end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from uvicorn import Config, Server

from lingqu.errors import LingquError
from lingqu.service.one_write import OneWrite

logger = logging.getLogger(__name__)

_DRAIN_S = 10.0
_REQUESTS_S = 6  # of those, for requests in flight; the rest is for what a lifespan stops


class StartError(LingquError):
    """A service could not start, or failed, so that none of its process may go on."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A service's name and the socket it listens on."""

    name: str
    listener: socket.socket


class Host:
    """Runs the apps until one signal stops them all, or one failure does."""

    def __init__(self, seated: Sequence[tuple[Seat, FastAPI]]) -> None:
        self._seated = seated
        self._servers: list[Server] = []
        self._stopping: asyncio.Event
        self._last_resort = threading.Timer(_DRAIN_S, _end_by_force)
        self._last_resort.daemon = True

    def run(self) -> int:
        """Return 0 after a clean stop; raise StartError with the sentence of what failed."""
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve_all())
        finally:
            self._last_resort.cancel()
        return 0

    async def _serve_all(self) -> None:
        self._stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        tasks = [asyncio.create_task(self._serve(seat, app)) for seat, app in self._seated]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        self._stop()
        await asyncio.wait(tasks)
        for task in done:
            task.result()

    async def _serve(self, seat: Seat, app: FastAPI) -> None:
        """Serve one app inside its lifespan; a failure of either is told in one sentence."""
        try:
            async with app.router.lifespan_context(app):
                await self._serve_requests(seat, app)
        except LingquError as error:
            raise StartError(f"service {seat.name!r} cannot run: {error}") from error
        except Exception as error:
            logger.exception("service failed", extra={"service": seat.name})
            raise StartError(
                f"service {seat.name!r} failed: {type(error).__name__}: {error}"
            ) from error
        finally:
            seat.listener.close()

    async def _serve_requests(self, seat: Seat, app: FastAPI) -> None:
        if self._stopping.is_set():
            return
        server = _QuietServer(_config(app))
        self._servers.append(server)
        host, port = seat.listener.getsockname()[:2]
        logger.info("listening", extra={"service": seat.name, "address": f"{host}:{port}"})
        await server.serve(sockets=[seat.listener])

    def _stop(self) -> None:
        """Ask every server to drain; a second signal does not wait for requests in flight."""
        for server in self._servers:
            server.force_exit = self._stopping.is_set()
            server.should_exit = True
        if not self._stopping.is_set():
            self._stopping.set()
            self._last_resort.start()


class _QuietServer(Server):
    """Leaves the signals to the host, which stops all servers of the process at once."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: FastAPI) -> Config:
    return Config(
        app,
        http=OneWrite,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=_REQUESTS_S,
    )


def _loop_factory() -> Callable[[], Any] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - it has no Windows build

    return uvloop.new_event_loop


def _end_by_force() -> None:
    """End the process even where a thread never ends; state is durable before it is told."""
    logger.error("not drained in time, ending by force", extra={"seconds": _DRAIN_S})
    os._exit(1)
