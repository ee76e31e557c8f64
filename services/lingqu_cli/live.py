"""Generated events, sent to the gateway as they happen."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lingqu.client import ServiceClient
from lingqu.clock import Clock
from lingqu.connect.event_files import Record
from lingqu.errors import InputError
from lingqu_cli.sending import Sender, Tally

_TICK_S = 0.5

Event = dict[str, Any]


@dataclass(slots=True)
class _Play:
    """One topic's events, and how many of them may still be sent; None means without end."""

    topic: str
    events: Iterator[Event]
    left: int | None
    sender: Sender
    tally: Tally = field(default_factory=Tally)
    _next: Event | None = None

    @property
    def over(self) -> bool:
        return self.left == 0

    def due(self, now: datetime) -> list[Event]:
        """Return what has happened by now."""
        found: list[Event] = []
        while self.left is None or len(found) < self.left:
            self._next = self._next or next(self.events, None)
            if self._next is None:
                self.left = len(found)
                break
            if datetime.fromisoformat(self._next["occurred_at"]) > now:
                break
            found.append(self._next)
            self._next = None
        return found

    def send(self, events: list[Event]) -> None:
        """Send them and count what came of it; raise InputError where none has ever been taken.

        Some are as wrong as real ones are, and are refused as those would be.
        """
        records = (Record(place, event) for place, event in enumerate(events, 1))
        *_, tally = self.sender.send(records)
        self.tally.read += tally.read
        self.tally.accepted += tally.accepted
        self.tally.repeats += tally.repeats
        self.tally.refused += tally.refused
        if self.tally.refused and not self.tally.accepted:
            first = self.tally.refused[0]
            raise InputError(
                f"{self.topic} refuses generated events: {first.reason} ({first.code}); is the "
                "region this hub's (--region)?"
            )
        if self.left is not None:
            self.left -= len(events)


class Live:
    """Sends the events of some topics whenever they are due, each topic in order."""

    def __init__(
        self,
        gateway: ServiceClient,
        plays: Mapping[str, Iterator[Event]],
        clock: Clock,
        maximum: int | None = None,
        lasting: timedelta | None = None,
    ) -> None:
        """Send so many events of each topic, or for so long; else without end."""
        self._clock = clock
        self._until = None if lasting is None else clock.now() + lasting
        self._plays = [
            _Play(topic, events, maximum, Sender(gateway, topic, None, clock))
            for topic, events in plays.items()
        ]

    @property
    def tallies(self) -> dict[str, Tally]:
        return {play.topic: play.tally for play in self._plays}

    def run(self, stop: threading.Event) -> Iterator[dict[str, Tally]]:
        """Send until stopped or over; yield what has been sent so far, twice a second.

        What is being sent when `stop` is set is sent to the end.
        """
        while not stop.is_set():
            now = self._clock.now()
            for play in self._plays:
                events = play.due(now)
                if events:
                    play.send(events)
            yield self.tallies
            if all(play.over for play in self._plays) or (self._until and now >= self._until):
                return
            self._clock.wait(_TICK_S, stop)
