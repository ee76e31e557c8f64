"""Rows of a table by one of its columns, thousands in one query."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import texts_of


def rows_by(
    session: Session,
    table: Table,
    name: str,
    texts: Collection[str | None],
    *conditions: ColumnElement[bool],
) -> dict[str, Mapping[str, Any]]:
    """Return a row of the table for each text that the column holds; the last where several do."""
    wanted = {text for text in texts if text}
    if not wanted:
        return {}
    relation = texts_of(session, wanted)
    column = table.c[name]
    found = session.execute(
        select(table).join(relation, column == relation.c.text).where(*conditions)
    )
    return {row[name]: dict(row) for row in found.mappings()}
