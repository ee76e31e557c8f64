"""A batch's keys as a relation, so that one statement looks all of them up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, Subquery, Text, and_, cast, column, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from lingqu_water.readings.model import Key

NAMES = ("section_code", "sampled_at_ms", "method")


def keys_of(session: Session, keys: Collection[Key]) -> Subquery:
    """Return the keys as a relation of three columns, sent as one JSON text.

    Thousands of array elements take the driver longer to write than the rows take to be found.
    """
    given = orjson.dumps(list(keys)).decode()
    types: tuple[type[TypeEngine[Any]], ...] = (Text, BigInteger, Text)
    if session.get_bind().dialect.name == "postgresql":
        value = column("value", JSON)
        each = func.json_array_elements(cast(cast(given, Text), JSON)).table_valued(
            value, name="wanted"
        )
        return select(
            *(
                cast(each.c.value.op("->>")(place), kind).label(name)
                for place, (name, kind) in enumerate(zip(NAMES, types, strict=True))
            )
        ).subquery("wanted_keys")
    each = func.json_each(given).table_valued(column("value", Text), name="wanted")
    return select(
        *(
            func.json_extract(each.c.value, f"$[{place}]").label(name)
            for place, name in enumerate(NAMES)
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


def same_key(columns: Any, keys: Subquery) -> ColumnElement[bool]:
    """Return the condition that a row has one of the keys."""
    return and_(*(columns[name] == keys.c[name] for name in NAMES))
