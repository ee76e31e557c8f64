"""Statements by REST: each judged by itself, the request answered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import orjson
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.errors import InputError, Reason
from lingqu.service.idempotency import Answer, once
from lingqu.service.problems import MEDIA_TYPE
from lingqu_water.readings.model import Reading
from lingqu_water.readings.take import Readings, Taken

MOST = 5_000

_TAKEN = frozenset({"first", "repeat", "revision", "withdrawal", "late"})


@dataclass(frozen=True, slots=True)
class Posted:
    """A request: what was read of its body, by place, and `refused` the places that are none.

    `key` is its idempotency key.
    """

    body: bytes
    read: Mapping[int, Reading]
    refused: Mapping[int, Reason]
    key: str | None
    mode: str

    def __len__(self) -> int:
        return len(self.read) + len(self.refused)


class Posting:
    """Takes what was read of a request's body, in one transaction with the answer it is given."""

    def __init__(self, sessions: sessionmaker[Session], readings: Readings, clock: Clock) -> None:
        self._sessions = sessions
        self._readings = readings
        self._clock = clock

    def post(self, posted: Posted) -> Answer:
        """Return the answer. Raises InputError for a body without readings, or with too many."""
        _check_length(posted)

        def work() -> Answer:
            return self._taken(session, [posted])[0]

        with self._sessions.begin() as session:
            return once(session, "readings", posted.key, posted.body, self._clock.now(), work)

    def post_all(self, group: Sequence[Posted]) -> list[Answer]:
        """Take several in one transaction, of one mode, without keys, each about other readings."""
        for posted in group:
            _check_length(posted)
        with self._sessions.begin() as session:
            return self._taken(session, group)

    def _taken(self, session: Session, group: Sequence[Posted]) -> list[Answer]:
        readings = [reading for posted in group for reading in posted.read.values()]
        taken = self._readings.take(session, readings, mode=group[0].mode)
        ends = accumulate(len(posted.read) for posted in group)
        return [
            _answer(_results(posted, taken, end - len(posted.read)))
            for posted, end in zip(group, ends, strict=True)
        ]


def _check_length(posted: Posted) -> None:
    if not 0 < len(posted) <= MOST:
        raise InputError(
            f"the body holds {len(posted)} readings; send 1 to {MOST}, or a file to /v1/imports"
        )


def _results(posted: Posted, taken: Taken, first: int) -> list[dict[str, Any]]:
    """Return what became of one request, whose readings are those taken from `first` on."""
    results: list[dict[str, Any]] = [{}] * len(posted)
    for place, reason in posted.refused.items():
        results[place] = _refusal(place, reason)
    for at, (place, reading) in enumerate(posted.read.items(), first):
        results[place] = _result(place, at, reading, taken)
    return results


def _result(place: int, at: int, reading: Reading, taken: Taken) -> dict[str, Any]:
    if at in taken.refused and taken.outcomes[at] != "conflict":
        return _refusal(place, taken.refused[at])
    reason = taken.refused.get(at)
    return {
        "index": place,
        "outcome": taken.outcomes[at],
        "section_code": reading.section_code,
        "event_id": taken.stands.get(reading.key),
        "reason": reason.detail if reason else None,
    }


def _refusal(place: int, reason: Reason) -> dict[str, Any]:
    return {
        "index": place,
        "outcome": "refused",
        "code": reason.code,
        "rule": reason.rule,
        "field": reason.field,
        "reason": reason.detail,
    }


def _answer(results: Sequence[Mapping[str, Any]]) -> Answer:
    if any(result["outcome"] in _TAKEN for result in results):
        return Answer(200, orjson.dumps({"results": results}))
    problem = {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": f"none of {len(results)} readings was taken; the first: {results[0]['reason']}",
        "results": results,
    }
    return Answer(422, orjson.dumps(problem), MEDIA_TYPE)
