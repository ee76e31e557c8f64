"""What is left of repaired records, so that nothing of them comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.service.keys import texts_of
from lingqu_credit.tables import TOMBSTONE


def tombstones(session: Session, record_ids: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the tombstones of those of the records that have one."""
    wanted = texts_of(session, record_ids)
    found = select(TOMBSTONE).join(wanted, TOMBSTONE.c.record_id == wanted.c.text)
    return {row["record_id"]: dict(row) for row in session.execute(found).mappings()}


def tombstoned(session: Session, record_ids: Collection[str]) -> set[str]:
    """Return those of the records that were repaired."""
    if not record_ids:
        return set()
    column, wanted = TOMBSTONE.c.record_id, texts_of(session, record_ids)
    return set(session.scalars(select(column).join(wanted, column == wanted.c.text)))
