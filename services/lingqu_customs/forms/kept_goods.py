"""A row of a file names goods by their codes only: what is known of them besides is kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.noun import Document
from lingqu_customs.nouns import DECLARATIONS


class KeepingGoods:
    """Takes declarations of files; a listing that was exported and corrected loses no item."""

    def __init__(self, declarations: Declarations) -> None:
        self._declarations = declarations

    def take(self, session: Session, statements: Sequence[Document], *, mode: str) -> Taken:
        keys = [DECLARATIONS.key_of(each) for each in statements]
        known = self._declarations.shelf.documents(session, keys)
        whole = [
            _with_goods(each, known[key].get("goods", ())) if key in known else each
            for key, each in zip(keys, statements, strict=True)
        ]
        return self._declarations.take(session, whole, mode=mode)


def _with_goods(statement: Document, known: Sequence[Document]) -> Document:
    told = [each["hs_code"] for each in statement["goods"]]
    same = told == [each["hs_code"] for each in known]
    return statement | {"goods": known} if known and same else statement
