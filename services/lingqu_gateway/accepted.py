"""The ids of the events that were accepted once, so that a repeat is told from a new event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.admission import EncodedRow
from lingqu.service.keys import keys_of

ACCEPTED_EVENT = Table(
    "accepted_event",
    MetaData(),
    Column("topic", String(255), primary_key=True),
    Column("event_id", String(36), primary_key=True),
    Column("digest", LargeBinary(16), nullable=False),
    Column("accepted_at_ms", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)
_ID = ACCEPTED_EVENT.c.event_id


@dataclass(frozen=True, slots=True)
class Sorted:
    """Rows that are new, rows that repeat an event, and rows that would change one."""

    fresh: Sequence[EncodedRow]
    repeats: Sequence[EncodedRow]
    contradictions: Sequence[EncodedRow]


def remember(session: Session, topic: str, rows: Sequence[EncodedRow], now_ms: int) -> Sorted:
    """Claim the rows' ids in the caller's transaction; the first row of an id is its event.

    On PostgreSQL a transaction that claims the same id is waited for, in the order of the ids, so
    that two requests with the same events never wait for each other.
    """
    first: dict[str, EncodedRow] = {}
    for row in rows:
        first.setdefault(row.event_id.lower(), row)
    claimed = _claim(session, topic, first, now_ms)
    known = _digests(session, topic, first.keys() - claimed)
    fresh, repeats, contradictions = [], [], []
    for row in rows:
        event_id = row.event_id.lower()
        if first[event_id] is row and event_id in claimed:
            fresh.append(row)
        elif row.digest == known.get(event_id, first[event_id].digest):
            repeats.append(row)
        else:
            contradictions.append(row)
    return Sorted(fresh, repeats, contradictions)


def forget(session: Session, topic: str, before_ms: int) -> int:
    """Delete the ids accepted on a topic before then, and return how many there were."""
    old = (ACCEPTED_EVENT.c.topic == topic, ACCEPTED_EVENT.c.accepted_at_ms < before_ms)
    return len(session.scalars(delete(ACCEPTED_EVENT).where(*old).returning(_ID)).all())


def _claim(session: Session, topic: str, rows: Mapping[str, EncodedRow], now_ms: int) -> set[str]:
    """Insert the ids that are not there yet, and return them."""
    if not rows:
        return set()
    if session.get_bind().dialect.name == "postgresql":
        return _claim_at_once(session, topic, rows, now_ms)
    values = [
        {
            "topic": topic,
            "event_id": event_id,
            "digest": rows[event_id].digest,
            "accepted_at_ms": now_ms,
        }
        for event_id in sorted(rows)
    ]
    statement = sqlite.insert(ACCEPTED_EVENT).on_conflict_do_nothing().returning(_ID)
    return set(session.scalars(statement, values))


def _claim_at_once(
    session: Session, topic: str, rows: Mapping[str, EncodedRow], now_ms: int
) -> set[str]:
    """Insert them as one relation: values in their hundreds make the driver read a long text."""
    pairs = [(event_id, rows[event_id].digest.hex()) for event_id in rows]
    given = keys_of(session, (_ID, Column("digest", Text)), pairs)
    told = select(
        literal(topic),
        given.c.event_id,
        func.decode(given.c.digest, "hex"),
        literal(now_ms, BigInteger),
    ).order_by(given.c.event_id)
    into = postgresql.insert(ACCEPTED_EVENT).from_select(list(ACCEPTED_EVENT.c), told)
    return set(session.scalars(into.on_conflict_do_nothing().returning(_ID)))


def _digests(session: Session, topic: str, event_ids: Iterable[str]) -> dict[str, bytes]:
    wanted = sorted(event_ids)
    if not wanted:
        return {}
    statement = select(_ID, ACCEPTED_EVENT.c.digest)
    statement = statement.where(ACCEPTED_EVENT.c.topic == topic, _ID.in_(wanted))
    return {row.event_id: bytes(row.digest) for row in session.execute(statement)}
