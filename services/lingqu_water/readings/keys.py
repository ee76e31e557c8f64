"""A batch's keys as a relation, so that one statement looks all of them up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import BigInteger, Subquery, Text, and_, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from lingqu_water.readings.model import Key

NAMES = ("section_code", "sampled_at_ms", "method")


def keys_of(session: Session, keys: Collection[Key]) -> Subquery:
    """Return the keys as a relation of three columns, sent as three arrays or one JSON text."""
    if session.get_bind().dialect.name == "postgresql":
        return _arrays(keys)
    return _json(keys)


def texts_of(session: Session, texts: Collection[str]) -> Subquery:
    """Return the texts as a relation of one column, `text`."""
    if session.get_bind().dialect.name == "postgresql":
        array = cast(bindparam(None, list(texts), ARRAY(Text), unique=True), ARRAY(Text))
        relation = func.unnest(array).table_valued(column("text", Text), name="wanted")
        return select(relation.render_derived()).subquery("wanted_texts")
    each = func.json_each(orjson.dumps(list(texts)).decode()).table_valued(
        column("value", Text), name="wanted"
    )
    return select(each.c.value.label("text")).subquery("wanted_texts")


def same_key(columns: Any, keys: Subquery) -> ColumnElement[bool]:
    """Return the condition that a row has one of the keys."""
    return and_(*(columns[name] == keys.c[name] for name in NAMES))


def _arrays(keys: Collection[Key]) -> Subquery:
    types: tuple[type[TypeEngine[Any]], ...] = (Text, BigInteger, Text)
    lists = zip(*keys, strict=True)
    arrays = [
        cast(bindparam(None, list(values), ARRAY(kind), unique=True), ARRAY(kind))
        for kind, values in zip(types, lists, strict=True)
    ]
    columns = [column(name, kind) for name, kind in zip(NAMES, types, strict=True)]
    relation = func.unnest(*arrays).table_valued(*columns, name="wanted").render_derived()
    return select(relation).subquery("wanted_keys")


def _json(keys: Collection[Key]) -> Subquery:
    value = column("value", Text)
    each = func.json_each(orjson.dumps(list(keys)).decode()).table_valued(value, name="wanted")
    columns = [
        func.json_extract(each.c.value, f"$[{place}]").label(name)
        for place, name in enumerate(NAMES)
    ]
    return select(*columns).subquery("wanted_keys")
