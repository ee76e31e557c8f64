"""What a listing may be narrowed by."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table


def equal(table: Table, **wanted: str | bool | None) -> list[ColumnElement[bool]]:
    """Return the conditions that columns have these values; None asks for nothing."""
    return [table.c[name] == value for name, value in wanted.items() if value is not None]
