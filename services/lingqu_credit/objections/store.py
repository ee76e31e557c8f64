"""Objections and their steps, as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import texts_of
from lingqu_credit.objections.lifecycle import Course, Step, course
from lingqu_credit.tables import OBJECTION, OBJECTION_STEP

OBJECTION_TOPIC = "credit.objection.v1"


def documents_of(session: Session, objection_id: str) -> list[dict[str, Any]]:
    """Return the steps as they were told, in their order."""
    found = select(OBJECTION_STEP.c.document).where(OBJECTION_STEP.c.objection_id == objection_id)
    told = [orjson.loads(document) for document in session.scalars(found)]
    return sorted(told, key=lambda one: (one["sequence"], one["occurred_at"], one["event_id"]))


def course_of(session: Session, objection_id: str) -> Course:
    return course(map(step_of, documents_of(session, objection_id)))


def step_of(event: Mapping[str, Any]) -> Step:
    return Step(
        event["event_id"],
        event["step"],
        event["sequence"],
        event["origin"],
        event["occurred_at"],
        event.get("refers_to"),
        event.get("decision"),
        tuple(event.get("received_by") or ()),
    )


def known_steps(session: Session, event_ids: Sequence[str]) -> Collection[str]:
    """Return those of the steps that are kept."""
    column, wanted = OBJECTION_STEP.c.event_id, texts_of(session, event_ids)
    return set(session.scalars(select(column).join(wanted, column == wanted.c.text)))


def take_step(session: Session, event: Mapping[str, Any], region: str) -> Course:
    """Keep a step, and let the objection stand as all its steps leave it."""
    objection_id = event["objection_id"]
    session.execute(
        insert(OBJECTION_STEP).values(
            event_id=event["event_id"],
            objection_id=objection_id,
            step=event["step"],
            document=orjson.dumps(dict(event)).decode(),
        )
    )
    told = documents_of(session, objection_id)
    at = course(map(step_of, told))
    deadlines = [each["answer_by"] for each in told if each.get("answer_by") is not None]
    values = {
        "objection_id": objection_id,
        "record_kind": event["record_kind"],
        "record_id": event["record_id"],
        "record_origin": event["record_origin"],
        "state": at.state,
        "answer_by_ms": deadlines[0] if deadlines else None,
        "taken": region not in at.untaken,
        "told_at_ms": event["occurred_at"],
    }
    postgres = session.get_bind().dialect.name == "postgresql"
    insertion: Any = postgresql.insert if postgres else sqlite.insert
    upsert = insertion(OBJECTION).values(values)
    session.execute(upsert.on_conflict_do_update(index_elements=["objection_id"], set_=values))
    return at
