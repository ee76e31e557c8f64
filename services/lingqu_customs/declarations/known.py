"""What is known of some declarations: what was declared, the receipts, the amendments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import keys_of, same_key
from lingqu.domain_service.statements.noun import Document
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.lifecycle.facts import AmendmentStep, Fact, Receipt
from lingqu_customs.lifecycle.fold import Standing, fold
from lingqu_customs.tables import AMENDMENT, DECLARATION, RECEIPT

_NOTHING_TOLD, _SUBMITTED = Standing(), Standing("submitted")


@dataclass(slots=True)
class Known:
    """One declaration as far as this hub knows it; `untold` are receipts without an event."""

    declaration_no: str
    head: Document | None = None
    receipts: list[Receipt] = field(default_factory=list)
    untold: list[Receipt] = field(default_factory=list)
    steps: list[AmendmentStep] = field(default_factory=list)

    def standing(self, codes: ReceiptCodes) -> Standing:
        """Return what the facts come to; what was declared counts until customs says more."""
        facts: list[Fact] = [*self.receipts, *self.steps]
        folded = fold(facts, codes) if facts else _NOTHING_TOLD
        declared = self.head is not None and self.head.get("declared_at") is not None
        if folded.state == "draft" and declared:
            return replace(folded, state="submitted") if facts else _SUBMITTED
        return folded


def known_of(
    session: Session, numbers: Collection[str], heads: Mapping[str, Document] | None = None
) -> dict[str, Known]:
    """Return what is known of each number, also where that is nothing yet.

    `heads` are what was declared, for a caller who has it at hand.
    """
    found = {number: Known(number, heads[number] if heads else None) for number in numbers}
    if found:
        if heads is None:
            _add_heads(session, found)
        _add_receipts(session, found)
        _add_steps(session, found)
    return found


def _add_heads(session: Session, found: Mapping[str, Known]) -> None:
    for row in _rows(session, DECLARATION.c.declaration_no, [DECLARATION.c.document], found):
        document = orjson.loads(row.document)
        found[document["declaration_no"]].head = document


def _add_receipts(session: Session, found: Mapping[str, Known]) -> None:
    for row in _rows(session, RECEIPT.c.declaration_no, list(RECEIPT.c), found):
        receipt = receipt_of(row)
        known = found[receipt.declaration_no]
        known.receipts.append(receipt)
        if row.event_id is None:
            known.untold.append(receipt)


def _add_steps(session: Session, found: Mapping[str, Known]) -> None:
    columns = AMENDMENT.c
    wanted = [
        columns.declaration_no,
        columns.amendment_no,
        columns.kind,
        columns.step,
        columns.event_at,
        columns.received_at,
        columns.change,
    ]
    for number, amendment_no, kind, step, event_at, received_at, change in _rows(
        session, columns.declaration_no, wanted, found
    ):
        if change != "withdrawal":
            told = AmendmentStep(amendment_no, kind, step, event_at, received_at)
            found[number].steps.append(told)


def receipt_of(row: Any) -> Receipt:
    """Return the receipt that a row of the table keeps."""
    return Receipt(
        row.declaration_no,
        row.receipt_id,
        row.family,
        row.code,
        row.event_at_ms,
        row.received_at_ms,
        row.office,
    )


def _rows(
    session: Session, number: Column[Any], wanted: Collection[Column[Any]], found: Collection[str]
) -> Any:
    relation = keys_of(session, [number], {(each,) for each in found})
    return session.execute(select(*wanted).join(relation, same_key([number], relation)))
