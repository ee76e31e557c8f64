"""Changes of identity as this hub's departments state them: by REST, and in tables."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.identities.uscc import RULE, uscc_problem
from lingqu.domain_service.statements.declarations import Declarations, Declared, Taken
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import Reason
from lingqu_credit.records.record_id import belongs, record_id
from lingqu_credit.subjects.changes import SUBJECT

_NAMING = ("uscc", "subject_event", "effective_on")
_CODES = ("uscc", "successor_uscc", "authority_uscc")


class SubjectChanges:
    """Takes changes; `shelf` is where all regions' ones stand.

    A change without an id gets the one that its subject, kind and day always make: what is told
    again is a repeat, and what is told otherwise its revision.
    """

    def __init__(self, ground: Foundation) -> None:
        self._declarations = Declarations.on(ground, SUBJECT)
        self._region = ground.settings.region
        self._id_key = ground.id_key
        self.shelf = self._declarations.shelf

    def declare(self, statements: Sequence[Document]) -> Declared:
        """Take all changes of a call or none."""
        ready = [self._ready(each) for each in statements]
        refused = {place: each for place, each in enumerate(ready) if isinstance(each, Reason)}
        if refused:
            return Declared((), refused)
        return self._declarations.declare([each for each in ready if not isinstance(each, Reason)])

    def take(self, session: Session, statements: Sequence[Document], *, mode: str) -> Taken:
        """Take a batch in the caller's transaction, each change by itself."""
        return self._declarations.take(session, list(map(self._ready, statements)), mode=mode)

    def _ready(self, statement: Document) -> Document | Reason:
        for field in _CODES:
            code = statement[field]
            if code is not None and (problem := uscc_problem(code)) is not None:
                return Reason("rule_broken", f"{field}: {problem}", RULE, field)
        change_id = statement["change_id"] or self._id_of(statement)
        if not belongs(change_id, self._region):
            return Reason(
                "rejected",
                f"ids of this hub's changes begin with {self._region}-; leave it out of a new"
                " change, and another region's change to that region",
                None,
                "change_id",
            )
        return statement | {"change_id": change_id}

    def _id_of(self, statement: Document) -> str:
        parts = [str(statement[name]) for name in _NAMING]
        return record_id(self._region, "ZT", self._id_key, parts)
