"""Schemas, subjects and configuration in SQL; what it returns after a write is durable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.service.database import session_factory
from lingqu_registry.model import ConfigRow, SchemaRow, VersionRow

GLOBAL = ""


class Store:
    """Hands out transactions; one writer at a time, so that ids and versions have no gaps."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._readers = session_factory(engine, read_only=True)
        self._writers = session_factory(engine)

    @contextmanager
    def reading(self) -> Iterator[Subjects]:
        with self._readers() as session:
            yield Subjects(session, 0)

    @contextmanager
    def writing(self) -> Iterator[Subjects]:
        """Open the one write transaction; it commits at the end, or rolls back on an error."""
        now_ms = int(self._clock.now().timestamp() * 1000)
        with self._writers.begin() as session:
            if self._engine.dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(hashtext('lingqu.registry'))"))
            yield Subjects(session, now_ms)


class Subjects:
    """Reads and writes inside one transaction."""

    def __init__(self, session: Session, now_ms: int) -> None:
        self._session = session
        self._now_ms = now_ms

    def names(self, *, prefix: str = "", live: bool = True, deleted: bool = False) -> list[str]:
        """Return the subjects with live versions, with only deleted ones, or both."""
        alive = select(VersionRow.subject).where(VersionRow.deleted.is_(False))
        query = select(VersionRow.subject).distinct().order_by(VersionRow.subject)
        if not deleted:
            query = query.where(VersionRow.deleted.is_(False))
        elif not live:
            query = query.where(VersionRow.subject.not_in(alive))
        return [name for name in self._session.scalars(query) if name.startswith(prefix)]

    def versions(self, subject: str, *, deleted: bool = False) -> Sequence[VersionRow]:
        """Return the versions in ascending order."""
        query = select(VersionRow).where(VersionRow.subject == subject)
        if not deleted:
            query = query.where(VersionRow.deleted.is_(False))
        return self._session.scalars(query.order_by(VersionRow.version)).all()

    def version(self, subject: str, version: int) -> VersionRow | None:
        return self._session.get(VersionRow, (subject, version))

    def latest(self, subject: str, *, deleted: bool = False) -> VersionRow | None:
        query = select(VersionRow).where(VersionRow.subject == subject)
        if not deleted:
            query = query.where(VersionRow.deleted.is_(False))
        return self._session.scalars(query.order_by(VersionRow.version.desc()).limit(1)).first()

    def holding(self, subject: str, digest: str, *, deleted: bool = False) -> VersionRow | None:
        """Return the newest version of the subject that holds that schema."""
        query = select(VersionRow).join(VersionRow.schema)
        query = query.where(VersionRow.subject == subject, SchemaRow.digest == digest)
        if not deleted:
            query = query.where(VersionRow.deleted.is_(False))
        return self._session.scalars(query.order_by(VersionRow.version.desc()).limit(1)).first()

    def schema(self, schema_id: int) -> SchemaRow | None:
        """Return a schema that a subject has, deleted softly or not."""
        used = select(VersionRow.schema_id).where(VersionRow.schema_id == schema_id)
        query = select(SchemaRow).where(SchemaRow.id == schema_id, used.exists())
        return self._session.scalars(query).first()

    def uses(self, schema_id: int, *, deleted: bool = False) -> Sequence[VersionRow]:
        """Return the versions that hold the schema, the first registered first."""
        query = select(VersionRow).where(VersionRow.schema_id == schema_id)
        if not deleted:
            query = query.where(VersionRow.deleted.is_(False))
        order = (VersionRow.registered_at_ms, VersionRow.subject, VersionRow.version)
        return self._session.scalars(query.order_by(*order)).all()

    def all_versions(self, *, deleted: bool = False) -> Sequence[VersionRow]:
        query = select(VersionRow)
        if not deleted:
            query = query.where(VersionRow.deleted.is_(False))
        query = query.order_by(VersionRow.subject, VersionRow.version)
        return self._session.scalars(query).all()

    def max_id(self) -> int:
        return self._session.scalar(select(func.max(SchemaRow.id))) or 0

    def add(self, subject: str, digest: str, schema: str, extras: dict[str, Any]) -> VersionRow:
        """Append a version; the same schema keeps its id in every subject."""
        row = self._session.scalars(select(SchemaRow).where(SchemaRow.digest == digest)).first()
        if row is None:
            row = SchemaRow(
                id=self.max_id() + 1, digest=digest, text=schema, extras=json.dumps(extras)
            )
            self._session.add(row)
            self._session.flush()
        last = self.latest(subject, deleted=True)
        version = VersionRow(
            subject=subject,
            version=last.version + 1 if last else 1,
            schema_id=row.id,
            schema=row,
            deleted=False,
            registered_at_ms=self._now_ms,
        )
        self._session.add(version)
        self._session.flush()
        return version

    def forget(self, row: VersionRow) -> None:
        """Delete for good; the schema's id stays taken."""
        self._session.delete(row)

    def config(self, subject: str) -> dict[str, Any] | None:
        row = self._session.get(ConfigRow, subject)
        return None if row is None else json.loads(row.members)

    def set_config(self, subject: str, members: dict[str, Any]) -> None:
        self._session.merge(ConfigRow(subject=subject, members=json.dumps(members)))

    def delete_config(self, subject: str) -> None:
        self._session.execute(delete(ConfigRow).where(ConfigRow.subject == subject))
