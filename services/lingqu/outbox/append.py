"""The one way into the outbox."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from lingqu.errors import ContractError
from lingqu.outbox.model import OUTBOX_ROW, EncodedEvent
from lingqu.outbox.wake import mark
from lingqu.service.bulk_insert import insert_many

# Below Kafka's usual bound of 1 MiB a record batch, with room for the key and the batch's own head.
MAX_EVENT_BYTES = 1_000_000

_COLUMNS = ("topic", "event_id", "key", "payload")


def append(session: Session, topic: str, event: EncodedEvent | Iterable[EncodedEvent]) -> None:
    """Append one event or several, in order, in the caller's transaction.

    They are published after it commits and never if it does not. Raises ContractError before
    writing anything when one is too large for Kafka.
    """
    events = [event] if isinstance(event, EncodedEvent) else list(event)
    rows = [_row(topic, one) for one in events]
    if rows:
        insert_many(session, OUTBOX_ROW, _COLUMNS, rows)
        mark(session)


def _row(topic: str, event: EncodedEvent) -> tuple[str, str, str, bytes]:
    key_bytes = len(event.key.encode())
    if len(event.payload) + key_bytes > MAX_EVENT_BYTES:
        raise ContractError(
            f"event {event.event_id} for {topic} has {len(event.payload)} bytes and a key of "
            f"{key_bytes}; together at most {MAX_EVENT_BYTES} fit a Kafka record"
        )
    return topic, event.event_id, event.key, event.payload
