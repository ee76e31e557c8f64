"""The columns that the table of every noun has."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, Text


def statement_columns() -> list[Column[object]]:
    """Return the columns of what stands; `document` is its event as JSON, instants in ms.

    The table's primary key is the noun's key; see `Noun` for its other columns.
    """
    return [
        Column("event_id", Text, nullable=False, unique=True),
        Column("occurred_at_ms", BigInteger, nullable=False),
        Column("origin", Text, nullable=False),
        Column("change", Text, nullable=False),
        Column("digest", LargeBinary(16), nullable=False),
        Column("document", Text, nullable=False),
    ]
