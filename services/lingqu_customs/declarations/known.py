"""What is known of some declarations: what was declared, the receipts, the amendments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu.service.keys import keys_of, same_key
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.lifecycle.facts import AmendmentStep, Fact, Receipt
from lingqu_customs.lifecycle.fold import Standing, fold
from lingqu_customs.tables import AMENDMENT, DECLARATION, RECEIPT

_NOTHING_TOLD, _SUBMITTED = Standing(), Standing("submitted")


class Known(NamedTuple):
    """One declaration as far as this hub knows it; `untold` are receipts without an event."""

    declaration_no: str
    head: Document | None
    receipts: Sequence[Receipt]
    untold: Sequence[Receipt]
    steps: Sequence[AmendmentStep]

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
    if not numbers:
        return {}
    declared = _heads(session, numbers) if heads is None else heads
    receipts, untold = _receipts(session, numbers)
    steps = _steps(session, numbers)
    return {
        each: Known(
            each,
            declared.get(each),
            receipts.get(each, ()),
            untold.get(each, ()),
            steps.get(each, ()),
        )
        for each in numbers
    }


def _heads(session: Session, numbers: Collection[str]) -> dict[str, Document]:
    rows = _rows(session, DECLARATION.c.declaration_no, [DECLARATION.c.document], numbers)
    documents: list[Document] = [orjson.loads(row.document) for row in rows]
    return {each["declaration_no"]: each for each in documents}


def _receipts(
    session: Session, numbers: Collection[str]
) -> tuple[dict[str, list[Receipt]], dict[str, list[Receipt]]]:
    """Return all receipts, and those without an event."""
    every: dict[str, list[Receipt]] = {}
    untold: dict[str, list[Receipt]] = {}
    for row in _rows(session, RECEIPT.c.declaration_no, list(RECEIPT.c), numbers):
        receipt = receipt_of(row)
        every.setdefault(receipt.declaration_no, []).append(receipt)
        if row.event_id is None:
            untold.setdefault(receipt.declaration_no, []).append(receipt)
    return every, untold


def _steps(session: Session, numbers: Collection[str]) -> dict[str, list[AmendmentStep]]:
    found: dict[str, list[AmendmentStep]] = {}
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
        session, columns.declaration_no, wanted, numbers
    ):
        if change != "withdrawal":
            told = AmendmentStep(amendment_no, kind, step, event_at, received_at)
            found.setdefault(number, []).append(told)
    return found


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
    session: Session, number: Column[Any], wanted: Collection[Column[Any]], numbers: Collection[str]
) -> Any:
    relation = keys_of(session, [number], {(each,) for each in numbers})
    return session.execute(select(*wanted).join(relation, same_key([number], relation)))
