"""Whether a column is one of many values, which are bound as one JSON array.

So a query is compiled once, however many they are; a mark for each costs more than the query.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def among(column: SQLColumnExpression[Any], name: str) -> ColumnElement[bool]:
    """Return the condition; the query is given `listed(values)` under that name."""
    return _Among(column, bindparam(name))


def listed(values: Iterable[str]) -> str:
    return orjson.dumps(list(values)).decode()


class _Among(FunctionElement[bool]):
    """Of no type: a Boolean is compared with 1 on SQLite, which then reads no index."""

    inherit_cache = True


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - no value


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    """Make an array of them first: by its elements an index is read, whatever the statistics."""
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY(ARRAY(SELECT json_array_elements_text(CAST({values} AS JSON))))"
