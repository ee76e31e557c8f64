"""What a subject is restricted in, from explicit measures and from nothing else."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lingqu.instants import day_at
from lingqu_credit.measures.live import LiveMeasure, measures_of
from lingqu_credit.subjects.changes import identity_of
from lingqu_credit.subjects.lineage import Identity


def restrictions(session: Session, uscc: str, day: int) -> dict[str, Any]:
    """Return the measures in force against the code's subject on the day, with whose they are.

    Two looks at an index for a code of which nothing is known.
    """
    identity = identity_of(session, uscc, day)
    return {
        "uscc": uscc,
        "day": day_at(day).isoformat(),
        "subject": told_identity(identity),
        "restrictions": measures_against(session, identity, uscc, day),
    }


def measures_against(
    session: Session, identity: Identity, uscc: str, day: int
) -> list[dict[str, Any]]:
    """Return the measures in force against who the code stands for, as answers tell them.

    A measure against a code that the subject had before, or against one that it absorbed, says so
    by `tie`.
    """
    found = measures_of(session, sorted({uscc, *identity.codes}), day)
    return [_told(each, identity.tie(each.uscc)) for each in found]


def told_identity(identity: Identity) -> dict[str, Any]:
    """Return who the subject is, as answers tell it."""
    return {
        "uscc": identity.uscc,
        "former_codes": [
            {"uscc": each.uscc, "tie": each.tie, "since": each.since.isoformat()}
            for each in identity.forebears
        ],
        "names": [
            {"name": each.name, "since": each.since.isoformat() if each.since else None}
            for each in identity.names
        ],
        "successor": identity.successor,
        "cancelled_on": identity.cancelled_on.isoformat() if identity.cancelled_on else None,
    }


def _told(each: LiveMeasure, tie: str) -> dict[str, Any]:
    until = each.until_day
    return {
        **each.measure,
        "from": day_at(each.measure["from"]).isoformat(),
        "until": None if until is None else day_at(until).isoformat(),
        "recorded_under": each.uscc,
        "tie": tie,
        "record_kind": each.kind,
        "record_id": each.record_id,
        "origin": each.origin,
        "event_id": each.event_id,
    }
