"""Receipts: facts that are always stored, once, whatever they say and whenever they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

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
        new = self._keep(session, [(each, None, None) for each in receipts], self._region)
        self._statuses.refold(session, {each.declaration_no for each in receipts}, mode=mode)
        told = _event_ids(session, (each.digest for each in receipts))
        outcomes: list[Outcome] = []
        for each in receipts:
            outcomes.append("first" if each.digest in new else "repeat")
            new.discard(each.digest)  # said twice in one batch, it is a repeat
        self._count(session, "own", outcomes)
        return Taken(outcomes, [told.get(each.digest) for each in receipts], {})

    def take_over(self, session: Session, events: Sequence[Document]) -> None:
        """Keep the receipts in other regions' events; whoever calls folds them."""
        told = [
            (receipt_in(event["receipt"] | event), event["event_id"], event["consignment_no"])
            for event in events
            if event["receipt"] is not None
        ]
        by_origin = {event["event_id"]: event["origin"] for event in events}
        for origin in set(by_origin.values()):
            own = [each for each in told if by_origin[each[1]] == origin]
            new = self._keep(session, own, origin)
            outcomes: list[Outcome] = [
                "first" if each[0].digest in new else "repeat" for each in own
            ]
            self._count(session, "topic", outcomes)

    def _keep(
        self,
        session: Session,
        told: Sequence[tuple[Receipt, str | None, str | None]],
        origin: str,
    ) -> set[str]:
        """Keep what is new; return its digests. Of a repeat the earliest time of receipt counts."""
        known = _received(session, (each.digest for each, _, _ in told))
        rows: dict[str, tuple[object, ...]] = {}
        for receipt, event_id, consignment_no in told:
            digest = receipt.digest
            before = known.get(digest)
            if before is not None and digest not in rows:
                if receipt.received_at_ms < before:
                    known[digest] = receipt.received_at_ms
                    _receive_earlier(session, receipt)
                continue
            first = receipt
            if before is not None:
                first = replace(receipt, received_at_ms=min(before, receipt.received_at_ms))
            known[digest] = first.received_at_ms
            rows[digest] = _row(digest, first, origin, consignment_no, event_id)
        insert_many(session, RECEIPT.name, _COLUMNS, list(rows.values()))
        return set(rows)

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


def _row(
    digest: str, receipt: Receipt, origin: str, consignment_no: str | None, event_id: str | None
) -> tuple[object, ...]:
    return (
        digest,
        receipt.declaration_no,
        receipt.receipt_id,
        receipt.family,
        receipt.code,
        receipt.event_at_ms,
        receipt.received_at_ms,
        receipt.office,
        origin,
        consignment_no,
        event_id,
    )


def _received(session: Session, digests: Iterable[str]) -> dict[str, int]:
    wanted = texts_of(session, list(digests))
    found = select(RECEIPT.c.digest, RECEIPT.c.received_at_ms).join(
        wanted, RECEIPT.c.digest == wanted.c.text
    )
    return {row.digest: row.received_at_ms for row in session.execute(found)}


def _event_ids(session: Session, digests: Iterable[str]) -> dict[str, str]:
    wanted = texts_of(session, list(digests))
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
