"""A row of a file names goods by their codes only: what is known of them besides is kept."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.keys import texts_of
from lingqu.domain_service.statements.noun import Document
from lingqu_customs.tables import DECLARATION


class KeepingGoods:
    """Takes declarations of files; a listing that was exported and corrected loses no item."""

    def __init__(self, declarations: Declarations) -> None:
        self._declarations = declarations

    def take(self, session: Session, statements: Sequence[Document], *, mode: str) -> Taken:
        known = _goods(session, [each["declaration_no"] for each in statements])
        whole = [_with_goods(each, known.get(each["declaration_no"], [])) for each in statements]
        return self._declarations.take(session, whole, mode=mode)


def _goods(session: Session, numbers: Sequence[str]) -> dict[str, list[Document]]:
    wanted = texts_of(session, numbers)
    columns = DECLARATION.c
    found = select(columns.document).join(wanted, columns.declaration_no == wanted.c.text)
    documents = map(orjson.loads, session.scalars(found))
    return {each["declaration_no"]: each.get("goods") or [] for each in documents}


def _with_goods(statement: Document, known: list[Document]) -> Document:
    told = [each["hs_code"] for each in statement["goods"]]
    same = told == [each["hs_code"] for each in known]
    return statement | {"goods": known} if known and same else statement
