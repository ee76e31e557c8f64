"""Receipts: facts that are always stored, once, whatever they say and whenever they come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.declarations import Taken
from lingqu.domain_service.statements.keys import texts_of
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.planning import Outcome
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.metrics import Metrics
from lingqu.service.bulk_insert import insert_many
from lingqu.service.committed import once_committed
from lingqu_customs.declarations.statuses import Statuses
from lingqu_customs.lifecycle.facts import Receipt
from lingqu_customs.metrics import RECEIPTS
from lingqu_customs.tables import RECEIPT

_COLUMNS = tuple(column.name for column in RECEIPT.columns)


class _Told(NamedTuple):
    """A receipt with who told it; what we told ourselves gets its event when it is told on."""

    receipt: Receipt
    origin: str
    event_id: str | None = None
    consignment_no: str | None = None


class _Kept(NamedTuple):
    """What was new, by digest, and of which declarations something was learnt."""

    new: dict[str, _Told]
    declarations: set[str]


class Receipts:
    """Keeps receipts of our own and those that other regions tell, in the caller's transaction."""

    def __init__(self, shelf: Shelf, statuses: Statuses, region: str, metrics: Metrics) -> None:
        self._shelf = shelf
        self._statuses = statuses
        self._region = region
        self._metrics = metrics

    def take(
        self, session: Session, statements: Sequence[Document], *, mode: str = "live"
    ) -> Taken:
        """Keep receipts as customs gave them and tell those of known declarations.

        None is refused: what nobody knows or expects is kept as well, and opens a work item.
        """
        receipts = [receipt_in(each) for each in statements]
        self._shelf.lock(session)
        kept = self._keep(session, [_Told(each, self._region) for each in receipts])
        self._statuses.refold(session, kept.declarations, mode=mode)
        told = _event_ids(session, {each.digest for each in receipts})
        new = set(kept.new)
        outcomes: list[Outcome] = []
        for each in receipts:
            outcomes.append("first" if each.digest in new else "repeat")
            new.discard(each.digest)  # said twice in one batch, it is a repeat
        self._count(session, "own", outcomes)
        return Taken(outcomes, [told.get(each.digest) for each in receipts], {})

    def take_over(self, session: Session, events: Sequence[Document]) -> None:
        """Keep the receipts in other regions' events; whoever calls folds them."""
        told = [_told_by(event) for event in events if event["receipt"] is not None]
        new = self._keep(session, told).new
        outcomes: list[Outcome] = [
            "first" if each.receipt.digest in new else "repeat" for each in told
        ]
        self._count(session, "topic", outcomes)

    def _keep(self, session: Session, told: Sequence[_Told]) -> _Kept:
        """Keep what is new. Of a repeat the earliest time of receipt counts."""
        known = _received(session, {each.receipt.digest for each in told})
        kept = _Kept({}, set())
        for each in told:
            receipt = each.receipt
            digest, received = receipt.digest, receipt.received_at_ms
            before = known.get(digest)
            if before is not None and before <= received:
                continue
            known[digest] = received
            kept.declarations.add(receipt.declaration_no)
            if before is None or digest in kept.new:
                kept.new[digest] = each
            else:
                _receive_earlier(session, receipt)
        insert_many(session, RECEIPT.name, _COLUMNS, [_row(each) for each in kept.new.values()])
        return kept

    def _count(self, session: Session, way: str, outcomes: Sequence[Outcome]) -> None:
        def count() -> None:
            for outcome in set(outcomes):
                self._metrics.inc(RECEIPTS, outcomes.count(outcome), way=way, outcome=outcome)

        once_committed(session, count)


def receipt_in(told: Document) -> Receipt:
    """Return the receipt that a statement or an event speaks of, its times in milliseconds."""
    return Receipt(
        told["declaration_no"],
        told["receipt_id"],
        told["family"],
        told["code"],
        told["event_at"],
        told["received_at"],
        told.get("office"),
    )


def _told_by(event: Document) -> _Told:
    receipt = receipt_in(event["receipt"] | {"declaration_no": event["declaration_no"]})
    return _Told(receipt, event["origin"], event["event_id"], event["consignment_no"])


def _row(told: _Told) -> tuple[object, ...]:
    receipt = told.receipt
    return (
        receipt.digest,
        receipt.declaration_no,
        receipt.receipt_id,
        receipt.family,
        receipt.code,
        receipt.event_at_ms,
        receipt.received_at_ms,
        receipt.office,
        told.origin,
        told.consignment_no,
        told.event_id,
    )


def _received(session: Session, digests: Collection[str]) -> dict[str, int]:
    wanted = texts_of(session, digests)
    found = select(RECEIPT.c.digest, RECEIPT.c.received_at_ms).join(
        wanted, RECEIPT.c.digest == wanted.c.text
    )
    return {row.digest: row.received_at_ms for row in session.execute(found)}


def _event_ids(session: Session, digests: Collection[str]) -> dict[str, str]:
    wanted = texts_of(session, digests)
    found = select(RECEIPT.c.digest, RECEIPT.c.event_id).join(
        wanted, RECEIPT.c.digest == wanted.c.text
    )
    return {row.digest: row.event_id for row in session.execute(found)}


def _receive_earlier(session: Session, receipt: Receipt) -> None:
    session.execute(
        update(RECEIPT)
        .where(RECEIPT.c.digest == receipt.digest)
        .values(received_at_ms=receipt.received_at_ms)
    )
