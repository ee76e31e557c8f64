"""What happened to a consignment, in order, whoever told it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.tables import AMENDMENT, DECLARATION, INSPECTION, RECEIPT, TRANSIT

Kind = Literal["declaration", "receipt", "amendment", "transit", "inspection"]

STEPS: dict[str, str] = {
    "amendment.applied": "申请",
    "amendment.accepted": "受理",
    "amendment.granted": "准予",
    "amendment.refused": "不予",
    "amendment.cancelled": "取消",
    "transit.declared": "转关申报",
    "transit.released": "转关单放行",
    "transit.departed": "核放启运",
    "transit.arrived": "运抵",
    "transit.written_off": "核销",
    "transit.cancelled": "取消转关",
    "inspection.applied": "报检申请",
    "inspection.inspected": "施检",
    "inspection.certified": "签证",
    "inspection.arrived": "到货反馈",
}
_AMENDED = {"modification": "修改", "withdrawal": "撤单"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, of which document, where, and which region told it."""

    at_ms: int
    kind: Kind
    number: str
    what: str
    office: str | None
    origin: str
    event_id: str | None


def timeline(session: Session, consignment_no: str, codes: ReceiptCodes) -> list[Entry]:
    """Return all that is known of a consignment, the earliest first."""
    declared = _documents(session, DECLARATION, consignment_no, ())
    numbers = [each["declaration_no"] for each in declared]
    entries = [
        *map(_declaration, declared),
        *_receipts(session, consignment_no, numbers, codes),
        *map(_amendment, _documents(session, AMENDMENT, consignment_no, numbers)),
        *map(_transit, _documents(session, TRANSIT, consignment_no, numbers)),
        *map(_inspection, _documents(session, INSPECTION, consignment_no, numbers)),
    ]
    return sorted(entries, key=lambda each: (each.at_ms, each.number, each.event_id or ""))


def _documents(
    session: Session, table: Table, consignment_no: str, numbers: Iterable[str]
) -> list[Document]:
    columns = table.c
    ours = columns.consignment_no == consignment_no
    wanted = list(numbers)
    of_it = or_(ours, columns.declaration_no.in_(wanted)) if wanted else ours
    found = select(columns.document).where(of_it, columns.change != "withdrawal")
    return [orjson.loads(each) for each in session.scalars(found)]


def _receipts(
    session: Session, consignment_no: str, numbers: Iterable[str], codes: ReceiptCodes
) -> Iterator[Entry]:
    columns = RECEIPT.c
    ours = columns.consignment_no == consignment_no
    rows: Iterable[Any] = session.execute(
        select(RECEIPT).where(or_(ours, columns.declaration_no.in_(list(numbers))))
    )
    for row in rows:
        meaning = codes.meaning(row.family, row.code).meaning
        what = f"{row.code} {meaning}"
        yield Entry(
            row.event_at_ms,
            "receipt",
            row.declaration_no,
            what,
            row.office,
            row.origin,
            row.event_id,
        )


def _declaration(event: Document) -> Entry:
    told = event.get("declared_at")
    return Entry(
        event["occurred_at"] if told is None else told,
        "declaration",
        event["declaration_no"],
        "草稿" if told is None else "申报",
        event["declare_office"],
        event["origin"],
        event["event_id"],
    )


def _amendment(event: Document) -> Entry:
    what = _AMENDED[event["kind"]] + STEPS[f"amendment.{event['step']}"]
    return _entry(event, "amendment", f"{event['declaration_no']} {event['amendment_no']}", what)


def _transit(event: Document) -> Entry:
    number = f"{event['transit_no']}/{event['leg']}"
    return _entry(event, "transit", number, STEPS[f"transit.{event['step']}"])


def _inspection(event: Document) -> Entry:
    what = STEPS[f"inspection.{event['step']}"]
    return _entry(event, "inspection", event["inspection_no"], what)


def _entry(event: Document, kind: Kind, number: str, what: str) -> Entry:
    return Entry(
        event["event_at"],
        kind,
        number,
        what,
        event["office"],
        event["origin"],
        event["event_id"],
    )
