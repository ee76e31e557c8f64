"""The receipts that are kept: a column of theirs, read and changed for a batch by one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, select, update
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import keys_of, texts_of
from lingqu_customs.tables import RECEIPT

_KEPT = RECEIPT.c


def kept_of(session: Session, column: Column[Any], digests: Collection[str]) -> dict[str, Any]:
    """Return what the column holds for those of the digests that are kept."""
    wanted = texts_of(session, digests)
    found = select(_KEPT.digest, column).join(wanted, _KEPT.digest == wanted.c.text)
    return {row[0]: row[1] for row in session.execute(found)}


def change_kept(session: Session, column: Column[Any], values: Mapping[str, str | int]) -> None:
    """Put the values, by digest, into the column."""
    if values:
        pairs = keys_of(session, [_KEPT.digest, column], values.items())
        same = _KEPT.digest == pairs.c.digest
        session.execute(update(RECEIPT).where(same).values({column: pairs.c[column.name]}))
