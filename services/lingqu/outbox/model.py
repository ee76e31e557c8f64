"""The outbox's tables, which live in the database of the service that appends."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, MetaData, Table, Text

OUTBOX = MetaData()

# Ids are never used twice (AUTOINCREMENT, a sequence): progress names published rows by them.
OUTBOX_ROW = Table(
    "outbox_row",
    OUTBOX,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

# One row, made with the table: ids of a database that was made anew mean other rows.
OUTBOX_GENERATION = Table(
    "outbox_generation",
    OUTBOX,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", Text, nullable=False),
)


class EncodedEvent(NamedTuple):
    """An admitted event as it will stand on its topic: `payload` is framed, `key` is UTF-8 text."""

    event_id: str
    key: str
    payload: bytes


def create_outbox(connection: Connection) -> None:
    """Make the tables; for a service's first Alembic revision: `create_outbox(op.get_bind())`."""
    OUTBOX.create_all(connection)
