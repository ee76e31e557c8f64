"""Statements by REST: each judged by itself, the request answered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Posting:
    """Takes what was read of a request's body, in one transaction with the answer it is given."""

    def __init__(self, sessions: sessionmaker[Session], readings: Readings, clock: Clock) -> None:
        self._sessions = sessions
        self._readings = readings
        self._clock = clock

    def post(
        self,
        body: bytes,
        read: Mapping[int, Reading],
        refused: Mapping[int, Reason],
        key: str | None,
        mode: str,
    ) -> Answer:
        """Take the readings, by their places in the body; `refused` are the places that are none.

        Raises InputError for an empty body or one too long for a transaction.
        """
        count = len(read) + len(refused)
        if not 0 < count <= MOST:
            raise InputError(
                f"the body holds {count} readings; send 1 to {MOST}, or a file to /v1/imports"
            )
        places, readings = list(read), list(read.values())

        def work() -> Answer:
            taken = self._readings.take(session, readings, mode=mode)
            results: list[dict[str, Any]] = [{}] * count
            for place, reason in refused.items():
                results[place] = _refusal(place, reason)
            for at, place in enumerate(places):
                results[place] = _result(place, at, readings[at], taken)
            return _answer(results)

        with self._sessions.begin() as session:
            return once(session, "readings", key, body, self._clock.now(), work)


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
