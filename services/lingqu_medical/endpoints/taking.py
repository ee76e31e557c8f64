"""Statements taken over HTTP: all of a call or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import Response
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import answer
from lingqu.domain_service.statements.declarations import Declared, Taken
from lingqu.domain_service.statements.noun import Document
from lingqu.service.database import database_errors

Take = Callable[[Session, Sequence[Document]], Taken]


def take_all(
    sessions: sessionmaker[Session], take: Take, statements: Sequence[Document]
) -> Response:
    """Take the statements in one transaction; where one is refused, none is taken."""
    with database_errors(), sessions() as session:
        taken = take(session, statements)
        if taken.refused:
            session.rollback()
            return answer(Declared((), taken.refused))
        session.commit()
    stands = [(name, id_) for name, id_ in zip(taken.outcomes, taken.event_ids, strict=True) if id_]
    return answer(Declared(stands, {}))
