"""The one way into the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from lingqu.errors import ContractError
from lingqu.outbox.model import OUTBOX_BUNDLE, EncodedEvent
from lingqu.outbox.packing import pack
from lingqu.outbox.wake import mark
from lingqu.service.bulk_insert import insert_many

# Below Kafka's usual bound of 1 MiB a record batch, with room for the key and the batch's own head.
MAX_EVENT_BYTES = 1_000_000

_BUNDLE_EVENTS = 500
_BUNDLE_BYTES = 262_144
_COLUMNS = ("topic", "events", "octets", "digest", "body")


def append(session: Session, topic: str, event: EncodedEvent | Iterable[EncodedEvent]) -> None:
    """Append one event or several, in order, in the caller's transaction.

    They are published after it commits and never if it does not. Raises ContractError before
    writing anything when one is too large for Kafka.
    """
    events = [event] if isinstance(event, EncodedEvent) else list(event)
    rows = [row_of(topic, bundle) for bundle in _bundles(topic, events)]
    if rows:
        insert_many(session, OUTBOX_BUNDLE, _COLUMNS, rows)
        mark(session)


def _bundles(topic: str, events: Iterable[EncodedEvent]) -> Iterator[Sequence[EncodedEvent]]:
    bundle: list[EncodedEvent] = []
    size = 0
    for event in events:
        octets = _octets(topic, event)
        if bundle and (len(bundle) == _BUNDLE_EVENTS or size + octets > _BUNDLE_BYTES):
            yield bundle
            bundle, size = [], 0
        bundle.append(event)
        size += octets
    if bundle:
        yield bundle


def _octets(topic: str, event: EncodedEvent) -> int:
    key_bytes = len(event.key.encode())
    octets = len(event.payload) + key_bytes
    if octets > MAX_EVENT_BYTES:
        raise ContractError(
            f"event {event.event_id} for {topic} has {len(event.payload)} bytes and a key of "
            f"{key_bytes}; together at most {MAX_EVENT_BYTES} fit a Kafka record"
        )
    return octets


def row_of(topic: str, events: Sequence[EncodedEvent]) -> tuple[str, int, int, str, bytes]:
    body = pack(events)
    return topic, len(events), len(body), _digest(events), body


def _digest(events: Sequence[EncodedEvent]) -> str:
    """Return what tells these events from others: ids are made of contents, or never made again."""
    ids = "\n".join(event.event_id for event in events)
    return ids if len(events) == 1 else hashlib.sha256(ids.encode()).hexdigest()[:32]
