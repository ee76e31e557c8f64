"""Procedures as rows: their steps as they were told, and what these leave of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.contracts.envelope import uuid7
from lingqu.instants import milliseconds
from lingqu.service.keys import texts_of


class Steps:
    """The steps of one kind of procedure; `id_field` names the procedure in table and event."""

    def __init__(self, table: Table, standing: Table, id_field: str) -> None:
        self._table = table
        self._standing = standing
        self._id_field = id_field

    def documents(self, session: Session, procedure_id: str) -> list[dict[str, Any]]:
        """Return the steps as they were told, in their order."""
        return self.documents_of(session, [procedure_id])[procedure_id]

    def documents_of(
        self, session: Session, procedure_ids: Collection[str]
    ) -> Mapping[str, list[dict[str, Any]]]:
        """Return the steps of each procedure, none of an unknown one."""
        column, wanted = self._table.c[self._id_field], texts_of(session, procedure_ids)
        rows = session.scalars(select(self._table.c.document).join(wanted, column == wanted.c.text))
        told = [orjson.loads(document) for document in rows]
        told.sort(key=lambda one: (one["sequence"], one["occurred_at"], one["event_id"]))
        found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for each in told:
            found[each[self._id_field]].append(each)
        return found

    def following(
        self,
        session: Session,
        about: Mapping[str, Any],
        step: str,
        told: Mapping[str, Any],
        region: str,
        now: datetime,
    ) -> dict[str, Any]:
        """Return the event of the next step that the region tells; `told` is what it says.

        `about` has what all steps say alike. The event is numbered after the last one, and refers
        to it where `told` does not say otherwise.
        """
        before = self.documents(session, about[self._id_field])
        last = before[-1] if before else None
        now_ms = milliseconds(now)
        return {
            "event_id": uuid7(now),
            "occurred_at": max(now_ms, last["occurred_at"] + 1) if last else now_ms,
            "origin": region,
            **self._alike(about),
            "step": step,
            "sequence": last["sequence"] + 1 if last else 1,
            "refers_to": last["event_id"] if last else None,
            **told,
        }

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
                    "document": orjson.dumps(dict(event)).decode(),
                }
            )
        )

    def stand(self, session: Session, event: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Let the procedure of a step stand so; what every step says alike is taken from it."""
        row = {**self._alike(event), **values}
        postgres = session.get_bind().dialect.name == "postgresql"
        insertion: Any = postgresql.insert if postgres else sqlite.insert
        upsert = insertion(self._standing).values(row)
        session.execute(upsert.on_conflict_do_update(index_elements=[self._id_field], set_=row))

    def _alike(self, event: Mapping[str, Any]) -> dict[str, Any]:
        alike = (self._id_field, "record_kind", "record_id", "record_origin")
        return {name: event[name] for name in alike}
