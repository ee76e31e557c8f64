"""Parked keys of one lane: events to be tried again, and those of their key that wait behind."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from lingqu_worker.retry import Schedule

_BYTES_PER_FEED = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """One event as the source topic has it, under the number it was given before delivery.

    The view is made anew at each attempt, so that what an agreement has withdrawn meanwhile does
    not leave.
    """

    offset: int
    sequence: int
    key: bytes | None
    value: bytes
    since_ms: int

    @property
    def place(self) -> bytes | int:
        """What its order hangs on: the key; an event without one is parked alone."""
        return self.sequence if self.key is None else self.key

    @property
    def size(self) -> int:
        return len(self.value) + len(self.key or b"")


@dataclass(slots=True)
class Queue:
    """The events of one parked key, in order; attempts and time are those of the first one."""

    events: deque[ParkedEvent] = field(default_factory=deque)
    attempts: int = 0
    not_before_ms: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One parked event as it is made durable; with attempts and time if it is its key's first."""

    event: ParkedEvent
    stays: bool
    attempts: int
    not_before_ms: int


@dataclass(frozen=True, slots=True)
class ParkedStatus:
    """What an operator sees of a lane's parked events."""

    events: int
    keys: int
    oldest_ms: int | None
    next_ms: int | None


class Parking:
    """What is parked of one lane, and what of it is not durable yet.

    A key's later events queue behind its parked one; when that is settled they are released in
    order. No more than `bound` events are parked: at the bound the lane takes no new ones.
    """

    def __init__(self, bound: int, partitions: int, schedule: Schedule) -> None:
        self._bound = max(1, bound // partitions)
        self._bytes_bound = _BYTES_PER_FEED // partitions
        self._schedule = schedule
        self._dice = random.Random()  # noqa: S311 - jitter, not a secret
        self._queues: dict[bytes | int, Queue] = {}
        self._changed: dict[int, tuple[ParkedEvent, bool]] = {}
        self._events = self._bytes = 0

    def __len__(self) -> int:
        return self._events

    @property
    def room(self) -> int:
        """How many more events may be parked."""
        return 0 if self._bytes >= self._bytes_bound else max(0, self._bound - self._events)

    @property
    def offsets(self) -> set[int]:
        """Return where in the source topic the parked events are."""
        return {event.offset for queue in self._queues.values() for event in queue.events}

    def holds(self, key: bytes | None) -> bool:
        """Say whether events of this key must wait here."""
        return key is not None and key in self._queues

    def restore(self, parked: Iterable[Change]) -> None:
        """Take what an earlier owner has parked, in any order."""
        for each in sorted(parked, key=lambda one: one.event.sequence):
            first = Queue(deque(), each.attempts, each.not_before_ms)
            self._append(self._queues.setdefault(each.event.place, first), each.event)

    def add(self, event: ParkedEvent) -> None:
        """Queue an event behind those of its key."""
        self._append(self._queues.setdefault(event.place, Queue()), event)
        self._changed[event.sequence] = (event, True)

    def due(self, now_ms: int) -> bool:
        """Say whether a parked key's time has come."""
        return any(queue.not_before_ms <= now_ms for queue in self._queues.values())

    def take_due(self, now_ms: int, limit: int) -> list[ParkedEvent]:
        """Return up to `limit` events to be tried now, by number; they stay parked.

        Of a key whose first event has failed before, only that one: those behind it must not pass.
        """
        chosen: list[ParkedEvent] = []
        for queue in self._due_queues(now_ms):
            left = limit - len(chosen)
            if left <= 0:
                break
            chosen += islice(queue.events, 1 if queue.attempts else left)
        return sorted(chosen, key=lambda event: event.sequence)

    def settle(self, event: ParkedEvent) -> None:
        """Let an event go that is delivered or ends otherwise; the next of its key is due."""
        queue = self._queues[event.place]
        queue.events.remove(event)
        self._events -= 1
        self._bytes -= event.size
        self._changed[event.sequence] = (event, False)
        queue.attempts = queue.not_before_ms = 0
        if not queue.events:
            del self._queues[event.place]

    def postpone(self, event: ParkedEvent, now_ms: int, asked_s: float | None) -> bool:
        """Note a failed attempt of the first event of its key; False when the schedule ended."""
        queue = self._queues[event.place]
        delay = self._schedule.delay_s(queue.attempts + 1, self._dice, asked_s)
        if delay is None:
            return False
        queue.attempts += 1
        queue.not_before_ms = now_ms + int(delay * 1000)
        self._changed[event.sequence] = (event, True)
        return True

    def changes(self) -> Iterator[Change]:
        """Yield what is to be made durable."""
        for event, stays in self._changed.values():
            queue = self._queues[event.place] if stays else Queue()
            tried = stays and queue.events[0] == event  # those behind it begin at nothing
            yield Change(
                event, stays, queue.attempts if tried else 0, queue.not_before_ms if tried else 0
            )

    def saved(self) -> None:
        """Note that all changes are durable."""
        self._changed.clear()

    def status(self) -> ParkedStatus:
        queues = self._queues.values()
        return ParkedStatus(
            events=self._events,
            keys=len(queues),
            oldest_ms=min((queue.events[0].since_ms for queue in queues), default=None),
            next_ms=min((queue.not_before_ms for queue in queues), default=None),
        )

    def _append(self, queue: Queue, event: ParkedEvent) -> None:
        queue.events.append(event)
        self._events += 1
        self._bytes += event.size

    def _due_queues(self, now_ms: int) -> list[Queue]:
        """Return the queues whose time has come, those that wait longest first."""
        due = [queue for queue in self._queues.values() if queue.not_before_ms <= now_ms]
        return sorted(due, key=lambda queue: queue.not_before_ms)
