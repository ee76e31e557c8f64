"""A lane's buffer: takes what the inlet reads, gives out batches as its sink wants them cut."""

from __future__ import annotations

import threading
import time
from collections import deque

from lingqu.connect.api import Batching
from lingqu_worker.records import Records, join


class Buffer:
    """Filled by the inlet's thread, drained by the lane's."""

    def __init__(self, batching: Batching) -> None:
        self._batching = batching
        self._parts: deque[Records] = deque()
        self._count = 0
        self.read_to = 0
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        """Say whether two whole batches are waiting."""
        return self._count >= 2 * self._batching.max_events

    def reaches(self, next_offset: int) -> bool:
        """Say whether all records below that offset wait here."""
        return bool(self._parts) and self._parts[-1].next_offset >= next_offset

    def offer(self, records: Records) -> None:
        """Add records behind those that wait."""
        with self._changed:
            self._parts.append(records)
            self._count += len(records)
            self.read_to = records.next_offset
            self._changed.notify()

    def at_end(self, offset: int) -> None:
        """Hear that nothing is left to read before that offset: markers are never offered."""
        self.read_to = max(self.read_to, offset)

    def clear(self) -> None:
        """Forget everything; it will be read again."""
        with self._changed:
            self._parts.clear()
            self._count = self.read_to = 0

    def close(self) -> None:
        """Wake the lane for the last time."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self, timeout_s: float) -> Records | None:
        """Return up to `max_events` once a put is full or the oldest has waited `max_wait_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._count or self._closed, timeout_s)
            if self._closed or not self._count:
                return None
            deadline = time.monotonic() + self._batching.max_wait_s
            enough = self._batching.max_put or self._batching.max_events
            while self._count < enough and not self._closed:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    break
            return None if self._closed else self._cut(self._batching.max_events)

    def take_until(self, next_offset: int, timeout_s: float) -> Records | None:
        """Return exactly the records below `next_offset`, or None while they are not all here."""
        with self._changed:
            self._changed.wait_for(lambda: self.reaches(next_offset) or self._closed, timeout_s)
            if self._closed or not self.reaches(next_offset):
                return None
            whole = join(list(self._parts))
            count = sum(1 for offset in whole.offsets if offset < next_offset)
            return self._cut(count)

    def before(self, until_ms: int) -> tuple[int, bool]:
        """Return how many records wait before the first one of that time or later; is one there."""
        count = 0
        with self._changed:
            for part in self._parts:
                if max(part.stamps) >= until_ms:
                    later = (stamp >= until_ms for stamp in part.stamps)
                    return count + list(later).index(True), True
                count += len(part)
        return count, False

    def cut(self, count: int) -> Records:
        """Return so many records; there must be as many, and not none."""
        with self._changed:
            return self._cut(count)

    def rest(self, timeout_s: float) -> None:
        """Wait for the time, or until closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, timeout_s)

    def _cut(self, count: int) -> Records:
        taken: list[Records] = []
        while self._parts and count:
            part = self._parts.popleft()
            if len(part) > count:
                part, rest = part.split(count)
                self._parts.appendleft(rest)
            taken.append(part)
            count -= len(part)
            self._count -= len(part)
        return join(taken)
