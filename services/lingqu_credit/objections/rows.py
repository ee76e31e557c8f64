"""Objections out of a table: each row by itself, and the same row once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.declarations import Taken
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.planning import Outcome
from lingqu.errors import InputError, NotFoundError, Reason
from lingqu_credit.objections.desk import ObjectionDesk, UnknownObjectionError
from lingqu_credit.objections.store import STEPS
from lingqu_credit.records.record_id import record_id

_NAMING = ("record_id", "raised_by", "field", "claim")


class ObjectionRows:
    """Raises what rows say; who objects again to the same in the same words is not heard twice."""

    def __init__(self, desk: ObjectionDesk, region: str, id_key: bytes) -> None:
        self._desk = desk
        self._region = region
        self._id_key = id_key

    def take(
        self, session: Session, statements: Sequence[Document], *, mode: str = "live"
    ) -> Taken:
        """Take a batch in the caller's transaction, each row by itself."""
        ids = [each["objection_id"] or self._id_of(each) for each in statements]
        first = {
            objection_id: str(told[0]["event_id"])
            for objection_id, told in STEPS.documents_of(session, ids).items()
        }
        outcomes: list[Outcome] = []
        refused: dict[int, Reason] = {}
        for place, (objection_id, stated) in enumerate(zip(ids, statements, strict=True)):
            outcome: Outcome = "repeat"
            if objection_id not in first:
                try:
                    first[objection_id] = self._raise(session, stated, objection_id, mode)
                    outcome = "first"
                except InputError as error:
                    refused[place] = _reason(error)
                    outcome = "refused"
            outcomes.append(outcome)
        return Taken(outcomes, [first.get(each) for each in ids], refused)

    def _raise(self, session: Session, stated: Document, objection_id: str, mode: str) -> str:
        if stated["objection_id"]:
            raise UnknownObjectionError(objection_id)
        told = {**stated, "objection_id": objection_id, "mode": mode}
        return self._desk.raise_(session, told, objection_id)

    def _id_of(self, stated: Document) -> str:
        parts = [str(stated[name] or "") for name in _NAMING]
        return record_id(self._region, "YY", self._id_key, parts)


def _reason(error: InputError) -> Reason:
    match error:
        case UnknownObjectionError():
            field = "objection_id"
        case NotFoundError():
            field = "record_id"
        case _:
            return Reason("rejected", str(error))
    return Reason("rejected", str(error), None, field)
