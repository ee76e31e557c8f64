"""The one way into the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from lingqu.errors import ContractError
from lingqu.outbox.model import OUTBOX_BUNDLE, EncodedEvent
from lingqu.outbox.packing import Record, pack
from lingqu.outbox.wake import mark
from lingqu.service.bulk_insert import insert_many

# Below Kafka's usual bound of 1 MiB a record batch, with room for the key and the batch's own head.
MAX_EVENT_BYTES = 1_000_000

_BUNDLE_EVENTS = 500
_BUNDLE_BYTES = 262_144
COLUMNS = ("topic", "events", "digest", "body")
Row = tuple[str, int, str, bytes]


def append(session: Session, topic: str, event: EncodedEvent | Iterable[EncodedEvent]) -> None:
    """Append one event or several, in order, in the caller's transaction.

    They are published after it commits and never if it does not. Raises ContractError before
    writing anything when one is too large for Kafka.
    """
    events = [event] if isinstance(event, EncodedEvent) else event
    rows = list(rows_of(topic, events))
    if rows:
        insert_many(session, OUTBOX_BUNDLE, COLUMNS, rows)
        mark(session)


def rows_of(topic: str, events: Iterable[EncodedEvent]) -> Iterator[Row]:
    """Yield the rows, as COLUMNS, that hold the events; raises ContractError as `append` does."""
    ids: list[str] = []
    records: list[Record] = []
    size = 0
    for event in events:
        record = event.key.encode(), event.payload
        octets = _checked(topic, event.event_id, record)
        if records and (len(records) == _BUNDLE_EVENTS or size + octets > _BUNDLE_BYTES):
            yield _row(topic, ids, records)
            ids, records, size = [], [], 0
        ids.append(event.event_id)
        records.append(record)
        size += octets
    if records:
        yield _row(topic, ids, records)


def _checked(topic: str, event_id: str, record: Record) -> int:
    key_bytes, payload_bytes = map(len, record)
    if key_bytes + payload_bytes > MAX_EVENT_BYTES:
        raise ContractError(
            f"event {event_id} for {topic} has {payload_bytes} bytes and a key of "
            f"{key_bytes}; together at most {MAX_EVENT_BYTES} fit a Kafka record"
        )
    return key_bytes + payload_bytes


def _row(topic: str, ids: Sequence[str], records: Sequence[Record]) -> Row:
    return topic, len(records), _digest(ids), pack(records)


def _digest(ids: Sequence[str]) -> str:
    """Return what tells these events from others: ids are made of contents, or never made again."""
    if len(ids) == 1:
        return ids[0]
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:32]
