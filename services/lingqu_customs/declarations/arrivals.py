"""Declarations and receipts that other regions tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.shelf import Shelf
from lingqu.inbox.handler import Received
from lingqu.service.keys import texts_of
from lingqu_customs.declarations.receipts import Receipts
from lingqu_customs.declarations.statuses import Statuses, lanes_of
from lingqu_customs.tables import RECEIPT


class Arrivals:
    """Takes what was declared onto the shelf, and what a status names as the receipt it is.

    The state in the event is its sender's: here it is folded anew from all that is known here.
    """

    def __init__(self, shelf: Shelf, receipts: Receipts, statuses: Statuses) -> None:
        self._shelf = shelf
        self._receipts = receipts
        self._statuses = statuses

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        wanted = texts_of(session, event_ids)
        told = select(RECEIPT.c.event_id).join(wanted, RECEIPT.c.event_id == wanted.c.text)
        return {*self._shelf.known(session, event_ids), *session.scalars(told)}

    def handle(self, session: Session, topic: str, events: Sequence[Received]) -> None:
        self._shelf.lock(session)
        statuses = [each for each in events if each["statement"] == "status"]
        declared = [each for each in events if each["statement"] == "declared"]
        self._receipts.take_over(session, statuses)
        if declared:
            self._shelf.handle(session, topic, declared)
        if statuses:
            self._statuses.refold(session, lanes_of(statuses))
