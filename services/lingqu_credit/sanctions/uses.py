"""A use of a measure: recorded where it happened, and fed back as an event."""

from __future__ import annotations

import secrets
from typing import Any, Final

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.domain_service.statements.noun import Document, Noun
from lingqu.errors import ConflictError, NotFoundError
from lingqu.service.database import database_errors
from lingqu_credit.measures.live import measures_of
from lingqu_credit.records.record_id import record_id
from lingqu_credit.subjects.changes import identity_of
from lingqu_credit.tables import SANCTION

SANCTION_NOUN: Final = Noun(
    name="sanction",
    topic="credit.sanction.v1",
    table=SANCTION,
    key=("sanction_id",),
    emptied={
        "uscc": None,
        "used_by": "",
        "used_by_uscc": None,
        "used_on": None,
        "matter": "",
        "result": None,
        "ended_on": None,
        "handled_by": None,
    },
    days=("used_on", "ended_on"),
)


class Uses:
    """Takes uses of measures that are in force; `shelf` is where all regions' ones stand."""

    def __init__(self, ground: Foundation) -> None:
        self._declarations = Declarations.on(ground, SANCTION_NOUN)
        self.shelf = self._declarations.shelf
        self._sessions = ground.writing
        self._region = ground.settings.region

    def use(self, uscc: str, told: dict[str, Any], day: int) -> Document:
        """Record a use and feed it back; `told` names the record and the measure.

        Raises ConflictError where no such measure is in force against the subject on the day.
        """
        with database_errors(), self._sessions.begin() as session:
            identity = identity_of(session, uscc, day)
            codes = sorted({uscc, *identity.codes})
            wanted = (told["record_id"], told["measure_code"])
            live = [
                each
                for each in measures_of(session, codes, day)
                if (each.record_id, each.measure["measure_code"]) == wanted
            ]
            if not live:
                raise ConflictError(
                    "no such measure is in force against this subject on that day; see "
                    f"GET /v1/subjects/{uscc}/restrictions"
                )
            (measure, *_) = live
            statement = {
                **told,
                "sanction_id": record_id(
                    self._region, "FK", secrets.token_bytes(16), [measure.record_id]
                ),
                "refers_to": measure.event_id,
                "record_kind": measure.kind,
                "record_origin": measure.origin,
                "uscc": measure.uscc,
                "edition": measure.measure["edition"],
            }
            taken = self._declarations.take(session, [statement])
            for reason in taken.refused.values():
                raise ConflictError(reason.detail)
        return {**statement, "event_id": taken.event_ids[0]}

    def lift(self, sanction_id: str, ended_on: int) -> None:
        """Say that a use has ended. Raises NotFoundError, ConflictError for another region's."""
        with database_errors(), self._sessions.begin() as session:
            found = self.shelf.document(session, (sanction_id,))
            if found is None:
                raise NotFoundError(
                    f"there is no use {sanction_id!r}; GET /v1/sanctions lists those there are"
                )
            if found["origin"] != self._region:
                raise ConflictError(
                    f"use {sanction_id!r} is region {found['origin']}'s, which ends it itself"
                )
            taken = self._declarations.take(session, [{**found, "ended_on": ended_on}])
            for reason in taken.refused.values():
                raise ConflictError(reason.detail)
