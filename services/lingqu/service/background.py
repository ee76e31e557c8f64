"""A loop of a service, in a thread that lives as long as the service does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

STOP_S = 5.0


@asynccontextmanager
async def background(
    name: str, run: Callable[[threading.Event], None], *, stop_s: float = STOP_S
) -> AsyncIterator[None]:
    """Run `run(stop)` in a thread until the block ends; wait that long for its last round.

    The thread dies with the process, so that a loop that hangs cannot keep a service from ending.
    """
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        await asyncio.to_thread(thread.join, stop_s)
