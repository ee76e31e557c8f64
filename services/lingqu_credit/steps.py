"""Procedures as rows: their steps as they were told, and what these leave of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import texts_of


class Steps:
    """The steps of one kind of procedure; `id_field` names the procedure in table and event."""

    def __init__(self, table: Table, standing: Table, id_field: str) -> None:
        self._table = table
        self._standing = standing
        self._id_field = id_field

    def documents(self, session: Session, procedure_id: str) -> list[dict[str, Any]]:
        """Return the steps as they were told, in their order."""
        columns = self._table.c
        found = select(columns.document).where(columns[self._id_field] == procedure_id)
        told = [orjson.loads(document) for document in session.scalars(found)]
        return sorted(told, key=lambda one: (one["sequence"], one["occurred_at"], one["event_id"]))

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        """Return those of the steps that are kept."""
        column, wanted = self._table.c.event_id, texts_of(session, event_ids)
        return set(session.scalars(select(column).join(wanted, column == wanted.c.text)))

    def add(self, session: Session, event: Mapping[str, Any]) -> None:
        """Keep a step."""
        session.execute(
            insert(self._table).values(
                {
                    "event_id": event["event_id"],
                    self._id_field: event[self._id_field],
                    "step": event["step"],
                    "document": orjson.dumps(dict(event)).decode(),
                }
            )
        )

    def stand(self, session: Session, event: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Let the procedure of a step stand so; what every step says alike is taken from it."""
        alike = (self._id_field, "record_kind", "record_id", "record_origin")
        row = {name: event[name] for name in alike} | {"told_at_ms": event["occurred_at"], **values}
        postgres = session.get_bind().dialect.name == "postgresql"
        insertion: Any = postgresql.insert if postgres else sqlite.insert
        upsert = insertion(self._standing).values(row)
        session.execute(upsert.on_conflict_do_update(index_elements=[self._id_field], set_=row))
