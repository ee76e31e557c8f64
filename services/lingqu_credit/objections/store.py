"""Objections and their steps, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from lingqu_credit.objections.lifecycle import Course, Step, course
from lingqu_credit.procedure import told_of
from lingqu_credit.steps import Steps
from lingqu_credit.tables import OBJECTION, OBJECTION_STEP

OBJECTION_TOPIC: Final = "credit.objection.v1"
STEPS: Final = Steps(OBJECTION_STEP, OBJECTION, "objection_id")


def step_of(event: Mapping[str, Any]) -> Step:
    return Step(*told_of(event), event.get("decision"), tuple(event.get("received_by") or ()))


def take_step(session: Session, event: Mapping[str, Any], region: str) -> Course:
    """Keep a step, and let the objection stand as all its steps leave it.

    What is filled in afterwards sets no deadline: it is history, and alerts nobody.
    """
    STEPS.add(session, event)
    told = STEPS.documents(session, event["objection_id"])
    at = course(map(step_of, told))
    current = [each for each in told if each.get("mode") != "backfill"]
    deadlines = [each["answer_by"] for each in current if each.get("answer_by") is not None]
    standing = {
        "state": at.state,
        "answer_by_ms": deadlines[0] if deadlines else None,
        "taken": region not in at.untaken,
    }
    STEPS.stand(session, event, standing)
    return at
