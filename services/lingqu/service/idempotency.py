"""Requests that take effect once however often they are sent: Idempotency-Key and its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Header, Response
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.errors import ConflictError

IDEMPOTENCY = MetaData()

IDEMPOTENCY_KEY = Table(
    "idempotency_key",
    IDEMPOTENCY,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_digest", Text, nullable=False),
    Column("claimed_at_ms", BigInteger, nullable=False, index=True),
    Column("status", Integer),
    Column("media_type", Text),
    Column("body", LargeBinary),
)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="the same key with the same body gets the first answer again",
    ),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, kept to be answered again."""

    status: int
    body: bytes
    media_type: str = "application/json"

    def response(self) -> Response:
        return Response(self.body, self.status, media_type=self.media_type)


class KeyReusedError(ConflictError):
    """An idempotency key came back with another body."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"idempotency key {key!r} was used before with another body; nothing was done, "
            "send the same body or a new key"
        )


def create_idempotency(connection: Connection) -> None:
    """Make the table; for an Alembic revision: `create_idempotency(op.get_bind())`."""
    IDEMPOTENCY.create_all(connection)


def once(
    session: Session,
    scope: str,
    key: str | None,
    request: bytes,
    now: datetime,
    work: Callable[[], Answer],
) -> Answer:
    """Do the work in the caller's transaction, or return the answer it had the first time.

    `scope` tells operations (and callers) apart. A second request with the key waits until the
    first has committed or rolled back. Without a key the work is simply done. What raises is not
    kept.
    """
    if key is None:
        return work()
    request_digest = hashlib.sha256(request).hexdigest()
    if not _claim(session, scope, key, request_digest, now):
        return _kept(session, scope, key, request_digest)
    answer = work()
    members = {"status": answer.status, "media_type": answer.media_type, "body": answer.body}
    session.execute(update(IDEMPOTENCY_KEY).where(*_is(scope, key)).values(members))
    return answer


def forget_answers(session: Session, before: datetime) -> int:
    """Delete the keys claimed before then, and return how many there were."""
    old = IDEMPOTENCY_KEY.c.claimed_at_ms < _milliseconds(before)
    forgotten = delete(IDEMPOTENCY_KEY).where(old).returning(IDEMPOTENCY_KEY.c.key)
    return len(session.scalars(forgotten).all())


def _claim(session: Session, scope: str, key: str, request_digest: str, now: datetime) -> bool:
    """Insert the key; on PostgreSQL this waits for another transaction that is inserting it."""
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    claim = insert(IDEMPOTENCY_KEY).values(
        scope=scope, key=key, request_digest=request_digest, claimed_at_ms=_milliseconds(now)
    )
    # Not by rowcount, which psycopg does not have for such a statement.
    claimed = claim.on_conflict_do_nothing().returning(IDEMPOTENCY_KEY.c.key)
    return session.scalar(claimed) is not None


def _kept(session: Session, scope: str, key: str, request_digest: str) -> Answer:
    row = session.execute(select(IDEMPOTENCY_KEY).where(*_is(scope, key))).one()
    if row.request_digest != request_digest:
        raise KeyReusedError(key)
    return Answer(row.status, row.body, row.media_type)


def _is(scope: str, key: str) -> tuple[Any, Any]:
    return IDEMPOTENCY_KEY.c.scope == scope, IDEMPOTENCY_KEY.c.key == key


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
