"""The outbox's tables, which live in the database of the service that appends."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
)

OUTBOX = MetaData()

# A row holds events of one topic that one transaction appended, in their order: what an event costs
# a database and its clients is for the most part the row around it.
# Ids are never used twice (AUTOINCREMENT, a sequence): progress names published rows by them.
OUTBOX_BUNDLE = Table(
    "outbox_bundle",
    OUTBOX,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("events", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

# PostgreSQL would compress what is written once, read once and deleted, and spend more on that
# than on all the rest.
_PLAIN = DDL(  # type: ignore[no-untyped-call]
    "ALTER TABLE outbox_bundle ALTER COLUMN body SET STORAGE EXTERNAL"
)
event.listen(OUTBOX_BUNDLE, "after_create", _PLAIN.execute_if(dialect="postgresql"))

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
