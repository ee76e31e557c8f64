"""A column of the rows under some keys, read and changed for a batch by one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, select, update
from sqlalchemy.orm import Session

from lingqu.service.keys import keys_of, texts_of


def read_by_key(
    session: Session, key: Column[str], column: Column[Any], wanted: Collection[str]
) -> dict[str, Any]:
    """Return what the column holds, for those of the keys that are there."""
    texts = texts_of(session, wanted)
    found = select(key, column).join(texts, key == texts.c.text)
    return {row[0]: row[1] for row in session.execute(found)}


def change_by_key(
    session: Session, key: Column[str], column: Column[Any], values: Mapping[str, str | int]
) -> None:
    """Put the values, by key, into the column."""
    if values:
        pairs = keys_of(session, [key, column], values.items())
        changed = update(key.table).where(key == pairs.c[key.name])
        session.execute(changed.values({column: pairs.c[column.name]}))
