"""What waits in an outbox, event by event."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.outbox.model import OUTBOX_BUNDLE
from lingqu.outbox.packing import unpack


class Waiting(NamedTuple):
    """One event that is not published yet."""

    topic: str
    key: str
    payload: bytes


def waiting_in(session: Session, topic: str | None = None) -> list[Waiting]:
    """Return the events, of one topic or of all, in the order they were appended."""
    rows = session.execute(select(OUTBOX_BUNDLE).order_by(OUTBOX_BUNDLE.c.id))
    return [
        Waiting(row.topic, key.decode(), payload)
        for row in rows
        if topic in {None, row.topic}
        for key, payload in unpack(row.body, row.events)
    ]
