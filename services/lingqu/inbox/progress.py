"""How far a service has consumed each partition, in its own database beside what it made of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from lingqu.errors import FencedError

INBOX = MetaData()

INBOX_PROGRESS = Table(
    "lingqu_progress",
    INBOX,
    Column("topic", Text, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("topic_id", Text, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Consumed:
    """The place in a partition up to which everything has taken effect.

    A re-created topic has another `topic_id`: its offsets mean other events.
    """

    topic_id: str
    next_offset: int


def create_progress(connection: Connection) -> None:
    """Make the table; for an Alembic revision: `create_progress(op.get_bind())`."""
    INBOX.create_all(connection)


def progress_of(session: Session, topic: str) -> dict[int, Consumed]:
    """Return what was consumed of the topic, by partition."""
    found = session.execute(select(INBOX_PROGRESS).where(INBOX_PROGRESS.c.topic == topic))
    return {row.part: Consumed(row.topic_id, row.next_offset) for row in found}


def advance(
    session: Session, topic: str, part: int, before: Consumed | None, after: Consumed
) -> None:
    """Move on from `before` to `after`, in the transaction of the effect.

    Raises FencedError where the partition is no longer at `before`: another process consumes it
    too, and what this one made of it must not be committed.
    """
    place = {"topic": topic, "part": part}
    members = {"topic_id": after.topic_id, "next_offset": after.next_offset}
    if before is None:
        session.execute(insert(INBOX_PROGRESS).values(**place, **members))
        return
    statement = update(INBOX_PROGRESS).where(
        INBOX_PROGRESS.c.topic == topic,
        INBOX_PROGRESS.c.part == part,
        INBOX_PROGRESS.c.topic_id == before.topic_id,
        INBOX_PROGRESS.c.next_offset == before.next_offset,
    )
    moved = session.scalars(statement.values(**members).returning(INBOX_PROGRESS.c.part)).all()
    if not moved:
        raise FencedError(
            f"partition {part} of {topic} is not at offset {before.next_offset} any more: another "
            "process consumes it for this service; run one"
        )
