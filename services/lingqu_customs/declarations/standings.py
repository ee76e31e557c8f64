"""The states that are kept, beside the declarations that are in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu.service.keys import texts_of
from lingqu_customs.tables import DECLARATION, STANDING

_BATCH = 1_000
_KEPT = STANDING.c


def in_state(state: str | None) -> list[ColumnElement[bool]]:
    """Return the condition that a declaration is in that state; None asks for nothing."""
    if state is None:
        return []
    found = select(_KEPT.declaration_no).where(_KEPT.state == state)
    return [DECLARATION.c.declaration_no.in_(found)]


def with_states(session: Session, documents: Iterable[Document]) -> Iterator[Document]:
    """Give the declarations with the states that they are in now, in bounded memory."""
    left = iter(documents)
    while batch := list(islice(left, _BATCH)):
        states = _states(session, [each["declaration_no"] for each in batch])
        for each in batch:
            yield each | states.get(each["declaration_no"], {})


def _states(session: Session, numbers: Collection[str]) -> dict[str, Document]:
    wanted = texts_of(session, numbers)
    rows = session.execute(select(STANDING).join(wanted, _KEPT.declaration_no == wanted.c.text))
    return {
        row.declaration_no: {
            "state": row.state,
            "guaranteed": row.guaranteed,
            "anomaly": row.anomaly,
        }
        for row in rows
    }
