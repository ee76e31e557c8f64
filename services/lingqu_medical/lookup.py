"""Documents by a column that is no key, thousands in one query."""

from __future__ import annotations

from collections.abc import Collection

import orjson
from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu.service.keys import texts_of


def documents_by(
    session: Session,
    column: Column[str],
    texts: Collection[str],
    *conditions: ColumnElement[bool],
) -> dict[str, Document]:
    """Return a document for each of the texts that the column holds; any where several do."""
    if not texts:
        return {}
    relation = texts_of(session, texts)
    told = select(column, column.table.c.document)
    found = told.join(relation, column == relation.c.text).where(*conditions)
    return {text: orjson.loads(document) for text, document in session.execute(found)}
