"""What is left of repaired records, so that nothing of them comes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import texts_of
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.inbox.handler import Received
from lingqu_credit.tables import TOMBSTONE


def tombstoned(session: Session, record_ids: Collection[str]) -> set[str]:
    """Return those of the records that were repaired."""
    if not record_ids:
        return set()
    column, wanted = TOMBSTONE.c.record_id, texts_of(session, record_ids)
    return set(session.scalars(select(column).join(wanted, column == wanted.c.text)))


class Arrivals:
    """Takes over what other regions publish on a topic, but nothing of a repaired record.

    A late or repeated event of one is left out, whatever came first.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return self._shelf.known(session, event_ids)

    def handle(self, session: Session, topic: str, events: Sequence[Received]) -> None:
        self._shelf.lock(session)
        gone = tombstoned(session, {event["record_id"] for event in events})
        left = [event for event in events if event["record_id"] not in gone]
        if left:
            self._shelf.handle(session, topic, left)
