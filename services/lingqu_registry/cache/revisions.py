"""The database's change count as requests on an event loop ask for it: one read for many."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from lingqu_registry.store.changes import Revision


class Revisions:
    """Reads the count in a thread, one read at a time; all that wait together share the next.

    However many requests ask, each waits for two reads at most, and the database sees one at a
    time. Belongs to one event loop.
    """

    def __init__(
        self,
        read: Callable[[], Revision],
        good_for_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._good_for_s = good_for_s
        self._clock = clock
        self._running: asyncio.Task[Revision] | None = None
        self._next: asyncio.Task[Revision] | None = None
        self._last: Revision | None = None
        self._good_until = 0.0
        self._written_at = 0.0

    async def now(self) -> Revision:
        """Return what a read found that began after this call; raises what the database raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._read_after(self._running))
        return await asyncio.shield(self._next)

    def recent(self) -> Revision | None:
        """Return what a read found that began at most `good_for_s` ago, or None; never waits."""
        return self._last if self._clock() < self._good_until else None

    def written(self) -> None:
        """Say that this process may have written: what was read before is recent no more."""
        self._written_at = self._clock()
        self._good_until = 0.0

    async def _read_after(self, before: asyncio.Task[Revision] | None) -> Revision:
        if before is not None:
            await asyncio.wait([before])
        self._running, self._next = self._next, None  # who asks from here on is too late for it
        began = self._clock()
        found = await asyncio.to_thread(self._read)
        if began > self._written_at:
            self._last, self._good_until = found, began + self._good_for_s
        return found
