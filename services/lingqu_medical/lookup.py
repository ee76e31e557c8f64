"""Rows of a table by one of its columns, thousands in one query."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import texts_of


def rows(
    session: Session,
    table: Table,
    name: str,
    texts: Collection[str | None],
    *conditions: ColumnElement[bool],
) -> list[Mapping[str, Any]]:
    """Return the rows of the table whose column holds one of the texts."""
    wanted = {text for text in texts if text}
    if not wanted:
        return []
    relation = texts_of(session, wanted)
    statement = select(table).join(relation, table.c[name] == relation.c.text).where(*conditions)
    return [dict(row) for row in session.execute(statement).mappings()]


def rows_by(
    session: Session,
    table: Table,
    name: str,
    texts: Collection[str | None],
    *conditions: ColumnElement[bool],
) -> dict[str, Mapping[str, Any]]:
    """Return a row for each text that the column holds; the last where several do."""
    return {row[name]: row for row in rows(session, table, name, texts, *conditions)}
