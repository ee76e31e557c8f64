"""From a request's body to rows in the outbox, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy.orm import Session, sessionmaker

from lingqu.admission import Admission, Admitted, EncodedRow
from lingqu.admission.gates import Gates
from lingqu.clock import Clock
from lingqu.errors import Reason
from lingqu.metrics import Metrics
from lingqu.outbox.append import append
from lingqu.outbox.model import EncodedEvent
from lingqu.quality import Tally
from lingqu.service.idempotency import Answer, once
from lingqu.service.problems import MEDIA_TYPE
from lingqu_gateway.accepted import Sorted, remember
from lingqu_gateway.bodies import Offered, read_events
from lingqu_gateway.metrics import BATCH_SECONDS, EVENTS

_CONTRADICTION = Reason(
    "rejected",
    "an event of this id was accepted before with another content; send the change as an event of "
    "its own, with change and supersedes",
    field="event_id",
)


class Ingest:
    """Takes events of any topic: what it answers as accepted is durable, and published once.

    May be shared by threads. A repeat, by its event_id or by the request's idempotency key, is
    absorbed in the same transaction that would have made it an event.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        gates: Gates,
        metrics: Metrics,
        tally: Tally,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._gates = gates
        self._metrics = metrics
        self._tally = tally
        self._clock = clock

    def take(
        self, topic: str, body: bytes, content_type: str, source: str, key: str | None
    ) -> Answer:
        """Return the answer to a request. Raises LingquError where nothing of it can be judged."""
        gate = self._gates.of(topic)
        offered = read_events(body, content_type)
        started = self._clock.monotonic()
        admitted = _without_broken_lines(gate.admit_rows(offered.rows, source), offered)
        judged: list[tuple[Admitted, Sorted]] = []  # empty where the answer was kept

        def work() -> Answer:
            found = remember(session, topic, admitted.accepted, int(now.timestamp() * 1000))
            append(session, topic, map(_event, found.fresh))
            _append_twins(session, gate, found.fresh, int(now.timestamp() * 1000))
            settled = admitted.without({row.index: _CONTRADICTION for row in found.contradictions})
            judged.append((settled, found))
            return _answer(offered.rows, settled.refused, found)

        now, scope = self._clock.now(), f"events of {topic} from {source}"
        with self._sessions.begin() as session:
            answer = once(session, scope, key, body, now, work)
        self._metrics.observe(BATCH_SECONDS, self._clock.monotonic() - started, topic=topic)
        for settled, found in judged:
            self._count(topic, settled, found)
            repeats = settled.only(found.repeats)
            self._tally.note(topic, source, settled.only(found.fresh), repeats)
        return answer

    def _count(self, topic: str, settled: Admitted, found: Sorted) -> None:
        codes = (reason.code for reason in settled.refused.values())
        counted: Counter[tuple[str, str]] = Counter(("refused", code) for code in codes)
        counted["accepted", ""] = len(found.fresh)
        counted["repeat", ""] = len(found.repeats)
        for (outcome, code), events in counted.items():
            self._metrics.inc(EVENTS, events, topic=topic, outcome=outcome, code=code)


def _append_twins(
    session: Session, gate: Admission, rows: Sequence[EncodedRow], now_ms: int
) -> None:
    """Append the events to the topics of other majors too, but where they came by themselves."""
    for twin in gate.twins([row.payload for row in rows]):
        pairs = zip(rows, twin.payloads, strict=True)
        made = [replace(row, payload=payload) for row, payload in pairs]
        found = remember(session, twin.topic, made, now_ms)
        append(session, twin.topic, map(_event, found.fresh))


def _event(row: EncodedRow) -> EncodedEvent:
    return EncodedEvent(row.event_id, row.key, row.payload)


def _without_broken_lines(admitted: Admitted, offered: Offered) -> Admitted:
    """Say of a broken line that it is not JSON, rather than that it is not an object."""
    return replace(admitted, refused={**admitted.refused, **offered.broken})


def _answer(rows: Sequence[Any], refused: Mapping[int, Reason], found: Sorted) -> Answer:
    members = {
        "accepted": len(found.fresh),
        "repeats": len(found.repeats),
        "refused": [_refusal(place, rows[place], refused[place]) for place in sorted(refused)],
    }
    if len(refused) < len(rows):
        return Answer(202, orjson.dumps(members))
    return _all_refused(members, {reason.code for reason in refused.values()})


def _all_refused(members: Mapping[str, Any], codes: set[str]) -> Answer:
    forbidden = codes == {"wrong_region"}
    first = members["refused"][0]["reason"]
    problem = {
        "type": "about:blank",
        "title": "Forbidden" if forbidden else "Unprocessable Entity",
        "status": 403 if forbidden else 422,
        "detail": f"none of {len(members['refused'])} events was accepted; the first: {first}",
        **members,
    }
    return Answer(problem["status"], orjson.dumps(problem), MEDIA_TYPE)


def _refusal(place: int, row: Any, reason: Reason) -> dict[str, Any]:
    event_id = row.get("event_id") if isinstance(row, dict) else None
    return {
        "index": place,
        "event_id": event_id if isinstance(event_id, str) else None,
        "code": reason.code,
        "rule": reason.rule,
        "field": reason.field,
        "reason": reason.detail,
    }
