"""Receipts: facts that are always stored, once, whatever they say and whenever they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.declarations import Taken
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.planning import Outcome
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.metrics import Metrics
from lingqu.service.bulk_insert import insert_many
from lingqu.service.committed import once_committed
from lingqu_customs.declarations.by_key import change_by_key, read_by_key
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
    """What each receipt came to, and of which declarations something was learnt."""

    outcomes: list[Outcome]
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
        kept = self._keep(session, "own", [_Told(each, self._region) for each in receipts])
        self._statuses.refold(session, dict.fromkeys(kept.declarations, mode))
        digests = {each.digest for each in receipts}
        told = read_by_key(session, RECEIPT.c.digest, RECEIPT.c.event_id, digests)
        return Taken(kept.outcomes, [told[each.digest] for each in receipts], {})

    def take_over(self, session: Session, events: Sequence[Document]) -> None:
        """Keep the receipts in other regions' events; whoever calls folds them."""
        told = [_told_by(event) for event in events if event["receipt"] is not None]
        self._keep(session, "topic", told)

    def _keep(self, session: Session, way: str, told: Sequence[_Told]) -> _Kept:
        """Keep what is new. Of a repeat the earliest time of receipt counts."""
        received_at = RECEIPT.c.digest, RECEIPT.c.received_at_ms
        known = read_by_key(session, *received_at, {each.receipt.digest for each in told})
        kept = _Kept([], set())
        new: dict[str, _Told] = {}
        earlier: dict[str, int] = {}
        for each in told:
            receipt = each.receipt
            digest, received = receipt.digest, receipt.received_at_ms
            before = known.get(digest)
            kept.outcomes.append("first" if before is None else "repeat")
            if before is not None and before <= received:
                continue
            known[digest] = received
            kept.declarations.add(receipt.declaration_no)
            if before is None or digest in new:
                new[digest] = each
            else:
                earlier[digest] = received
        insert_many(session, RECEIPT, _COLUMNS, [_row(each) for each in new.values()])
        change_by_key(session, *received_at, earlier)
        self._count(session, way, kept.outcomes)
        return kept

    def _count(self, session: Session, way: str, outcomes: Sequence[Outcome]) -> None:
        def count() -> None:
            for outcome, number in Counter(outcomes).items():
                self._metrics.inc(RECEIPTS, number, way=way, outcome=outcome)

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
