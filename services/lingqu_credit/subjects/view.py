"""Everything recorded of a subject, of this and other regions, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lingqu.domain_service.endpoints.declaring import readable
from lingqu.domain_service.statements.noun import Document
from lingqu.instants import day_at
from lingqu_credit.measures.restrictions import measures_against, told_identity
from lingqu_credit.records.expiry import as_of
from lingqu_credit.records.records import Records
from lingqu_credit.records.states import IN_FORCE
from lingqu_credit.subjects.changes import identity_of
from lingqu_credit.subjects.classification import Classification, Facts
from lingqu_credit.subjects.lineage import Identity
from lingqu_credit.subjects.masking import masked

_MOST: Final = 1_000
_ENVELOPE = ("change", "supersedes", "mode", "environment")


class SubjectView:
    """The consolidated view; answers mask every natural person, and say where they are cut off."""

    def __init__(
        self, records: Mapping[str, Records], classification: Classification, most: int = _MOST
    ) -> None:
        self._records = records
        self._classification = classification
        self._most = most

    def of(
        self, session: Session, uscc: str, day: int, *, for_regulation: bool = False
    ) -> dict[str, Any]:
        """Return what is known of the code's subject on the day, newest records first.

        Risk classes are told for regulation only. `cut_off` names the kinds of which there are
        more records than the answer has; a listing of the kind pages through them. A valid code
        that nobody knows has empty lists, and no class: nothing is known for or against it.
        """
        identity = identity_of(session, uscc, day)
        codes = sorted({uscc, *identity.codes})
        read = {name: self._read(session, name, codes, day) for name in self._records}
        found = {
            name: [
                as_of(each, self._records[name].kind.end, day) for each in documents[: self._most]
            ]
            for name, documents in read.items()
        }
        if not for_regulation:
            found["rating"] = [
                each for each in found["rating"] if each["rating_type"] != "risk_class"
            ]
        known = bool(identity.names) or any(found.values())
        verdict = self._classification.classify(facts_of(found), day_at(day)) if known else None
        return {
            "uscc": uscc,
            "day": day_at(day).isoformat(),
            "subject": told_identity(identity),
            "classification": None if verdict is None else asdict(verdict),
            "records": {
                name: [self._told(name, each, identity) for each in documents]
                for name, documents in found.items()
            },
            "cut_off": [name for name, told in read.items() if len(told) > self._most],
            "restrictions": measures_against(session, identity, uscc, day),
        }

    def _read(self, session: Session, name: str, codes: Sequence[str], day: int) -> list[Document]:
        """Return what was decided by the day, one more than an answer has where there is more."""
        columns = self._records[name].noun.table.c
        rows = session.scalars(
            select(columns.document)
            .where(
                columns.uscc.in_(codes),
                columns.change != "withdrawal",
                or_(columns.decided_on.is_(None), columns.decided_on <= day),
            )
            .order_by(columns.decided_on.desc(), columns.record_id)
            .limit(self._most + 1)
        )
        return [orjson.loads(document) for document in rows]

    def _told(self, name: str, document: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
        told = told_record(self._records[name], document)
        return {
            **{field: value for field, value in told.items() if field not in _ENVELOPE},
            "recorded_under": document["uscc"],
            "tie": identity.tie(document["uscc"]),
        }


def told_record(records: Records, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as answers tell it: days and times in words, persons masked."""
    told = masked(readable(records.noun, document))
    if "measures" in told:
        told["measures"] = [_measure(each) for each in told["measures"]]
    return told


def facts_of(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Facts:
    """Return what is in force of the records, counted for the classification."""
    force = {
        name: [each for each in documents if each["state"] in IN_FORCE]
        for name, documents in found.items()
    }
    penalties = [each["grade"] for each in force.get("penalty", ())]
    evaluations = [
        each for each in force.get("rating", ()) if each["rating_type"] == "public_evaluation"
    ]
    latest = max(evaluations, key=lambda each: each["decided_on"] or 0, default=None)
    return Facts(
        serious_listings=len(force.get("dishonesty", ())),
        serious_penalties=penalties.count("serious"),
        general_penalties=penalties.count("general"),
        minor_penalties=penalties.count("minor"),
        abnormal_listings=len(force.get("abnormal", ())),
        levels=frozenset([latest["level"]] if latest else []),
    )


def _measure(told: Mapping[str, Any]) -> dict[str, Any]:
    days = {
        name: None if told[name] is None else day_at(told[name]).isoformat()
        for name in ("from", "until")
    }
    return {**told, **days}
