"""A batch's keys as a relation, so that one statement looks all of them up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import JSON, Column, Subquery, Text, and_, cast, column, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

KeyColumns = Sequence[Column[Any]]


def keys_of(
    session: Session, columns: KeyColumns, keys: Collection[tuple[str | int, ...]]
) -> Subquery:
    """Return the keys as a relation of columns named and typed as these, sent as one JSON text.

    Thousands of array elements take the driver longer to write than the rows take to be found.
    """
    given = orjson.dumps(list(keys)).decode()
    if session.get_bind().dialect.name == "postgresql":
        value = column("value", JSON)
        each = func.json_array_elements(cast(cast(given, Text), JSON)).table_valued(
            value, name="wanted"
        )
        return select(
            *(
                cast(each.c.value.op("->>")(place), wanted.type).label(wanted.name)
                for place, wanted in enumerate(columns)
            )
        ).subquery("wanted_keys")
    each = func.json_each(given).table_valued(column("value", Text), name="wanted")
    return select(
        *(
            func.json_extract(each.c.value, f"$[{place}]").label(wanted.name)
            for place, wanted in enumerate(columns)
        )
    ).subquery("wanted_keys")


def texts_of(session: Session, texts: Collection[str]) -> Subquery:
    """Return the texts as a relation of one column, `text`."""
    given = orjson.dumps(list(texts)).decode()
    postgres = session.get_bind().dialect.name == "postgresql"
    elements = func.json_array_elements_text if postgres else func.json_each
    each = elements(cast(cast(given, Text), JSON) if postgres else given).table_valued(
        column("value", Text), name="wanted"
    )
    return select(each.c.value.label("text")).subquery("wanted_texts")


def same_key(columns: KeyColumns, keys: Subquery) -> ColumnElement[bool]:
    """Return the condition that a row has one of the keys."""
    return and_(*(column == keys.c[column.name] for column in columns))
