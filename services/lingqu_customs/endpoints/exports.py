"""`/v1/declarations/export` and `/v1/receipts/export`: listings as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import FileResponse
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.service.database import database_errors
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.declarations.known import receipt_of
from lingqu_customs.declarations.standings import in_state, with_states
from lingqu_customs.forms.declaration import STATE
from lingqu_customs.forms.receipt import COLUMNS
from lingqu_customs.tables import RECEIPT

_PAGE = 1_000
_MEANING = Column("回执含义", "meaning")


def router(
    reading: sessionmaker[Session], shelf: Shelf, form: RecordForm, codes: ReceiptCodes
) -> APIRouter:
    routes = APIRouter(tags=["exports"])

    @routes.get(
        "/v1/declarations/export",
        summary="All declarations as a spreadsheet that can be imported again",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_declarations(kind: ExportKind = "xlsx", state: str | None = None) -> FileResponse:
        with database_errors(), reading() as session:
            documents = with_states(session, shelf.all(session, in_state(state)))
            return export("报关单", (*form.columns, STATE), documents, kind)

    @routes.get(
        "/v1/receipts/export",
        summary="All receipts as a spreadsheet that can be imported again",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_receipts(kind: ExportKind = "xlsx") -> FileResponse:
        with database_errors(), reading() as session:
            return export("报关单回执", (*COLUMNS, _MEANING), _receipts(session, codes), kind)

    return routes


def _receipts(session: Session, codes: ReceiptCodes) -> Iterator[Document]:
    columns = RECEIPT.c
    place = columns.declaration_no, columns.digest
    after: tuple[str, str] | None = None
    while True:
        wanted = select(RECEIPT).order_by(*place).limit(_PAGE)
        if after is not None:
            wanted = wanted.where(tuple_(*place) > tuple_(*after))
        rows = session.execute(wanted).all()
        for row in rows:
            yield {
                **receipt_of(row).document(),
                "declaration_no": row.declaration_no,
                "meaning": codes.meaning(row.family, row.code).meaning,
            }
        if len(rows) < _PAGE:
            return
        after = rows[-1].declaration_no, rows[-1].digest
