"""What a partner can say of all it was sent: nothing lost, ids stable, keys in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One request in the partner's book; `results` are what it knows the hub has been told."""

    message_id: str
    digest: str
    events: Sequence[tuple[str, str, int]]  # id, key, number of the event within its lane
    results: Mapping[str, str]


@dataclass(slots=True)
class Dealings:
    """How often each promise was broken; `produced` has the numbers of each key, in order."""

    produced: Mapping[str, Sequence[int]]
    taken: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    seen: int = 0
    broken: list[str] = field(default_factory=list)
    _known: dict[str, tuple[str, int]] = field(default_factory=dict)
    _reached: dict[str, int] = field(default_factory=dict)
    _waiting: dict[str, dict[int, str]] = field(default_factory=dict)
    _bodies: dict[str, str] = field(default_factory=dict)

    def read(self, calls: Iterable[Call]) -> Dealings:
        for call in calls:
            self._stable(call)
            self._in_order(call)
            self._answered(call)
        return self

    def _stable(self, call: Call) -> None:
        """The same webhook-id is the same bytes, and an event's id, key and number stay."""
        if self._bodies.setdefault(call.message_id, call.digest) != call.digest:
            self.broken.append(f"{call.message_id} came with another body")
        for event_id, key, number in call.events:
            if self._known.setdefault(event_id, (key, number)) != (key, number):
                self.broken.append(f"{event_id} came as another event")

    def _in_order(self, call: Call) -> None:
        """Nothing of a key comes before what is ahead of it has come, nor past what waits."""
        last: dict[str, int] = {}
        for _, key, number in call.events:
            if number <= last.get(key, 0):
                self.broken.append(f"{key}: {number} after {last[key]} in one request")
            place = self.produced[key].index(number)
            if place > self._reached.get(key, 0):
                self.broken.append(f"{key}: {number} came before what is ahead of it")
            self._reached[key] = max(self._reached.get(key, 0), place + 1)
            waiting = [each for each in self._waiting.get(key, ()) if each < number]
            if any(each > last.get(key, 0) for each in waiting):
                self.broken.append(f"{key}: {number} came past {min(waiting)}, which waits")
            last[key] = number
        self.seen += len(call.events)

    def _answered(self, call: Call) -> None:
        for event_id, key, number in call.events:
            match call.results.get(event_id):
                case "retry":
                    self._waiting.setdefault(key, {})[number] = event_id
                case "accepted" | "rejected" as status:
                    (self.taken if status == "accepted" else self.rejected).add(event_id)
                    self._waiting.get(key, {}).pop(number, None)


def call_of(request: Any, reply: Any, digest: str) -> Call:
    """Return the book's line of a request and its answer."""
    events = [(event["id"], event["subject"], event["lqseq"]) for event in request.events]
    results: dict[str, str] = {}
    if reply.whole and 200 <= reply.status < 300:
        results = dict.fromkeys(request.ids, "accepted") | dict(reply.results or {})
    return Call(request.message_id, digest, events, results)
