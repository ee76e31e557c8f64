"""Inquiries asked, answered and closed; who has not answered in time is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lingqu.clock import china_day
from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import ConflictError, ForbiddenError, NotFoundError
from lingqu.instants import days
from lingqu_medical.calendar_file import Calendar
from lingqu_medical.journal import Journal
from lingqu_medical.tables import INQUIRY

TOPIC = "medical.inquiry.v1"
_CARRIED = ("inquiry_id", "asking_region", "asked_region", "setl_id", "asked_on", "answer_by")
_NEXT = {"asked": ("answered", "closed"), "answered": ("closed",), "closed": ()}


class InquiryDesk:
    """Keeps inquiries of both sides; `journal` is the handler of their topic."""

    def __init__(self, ground: Foundation, calendar: Calendar) -> None:
        self._region = ground.settings.region
        self._clock = ground.clock
        self._days = calendar.inquiry_days
        self.journal = Journal(ground, TOPIC, INQUIRY)

    def ask(self, session: Session, fields: dict[str, Any]) -> Document:
        """Ask another province; without a day of its own the answer is due by the calendar."""
        today = china_day(self._clock.now())
        due = fields.get("answer_by") or days(today + timedelta(days=self._days))
        said = {
            **fields,
            "inquiry_id": f"{self._region}-{uuid7(self._clock.now())}",
            "step": "asked",
            "asking_region": self._region,
            "asked_on": days(today),
            "answer_by": due,
            "result": None,
        }
        return self.journal.say(session, said)

    def go_on(
        self, session: Session, inquiry_id: str, step: str, fields: dict[str, Any]
    ) -> Document:
        """Answer or close an inquiry. Raises NotFoundError, ForbiddenError, ConflictError."""
        said = self.of(session, inquiry_id)
        asked, last = said[0], said[-1]
        if step not in _NEXT[last["step"]]:
            ways = ", ".join(_NEXT[last["step"]]) or "none: it is closed"
            raise ConflictError(f"inquiry {inquiry_id!r} is {last['step']}; possible: {ways}")
        speaker = asked["asked_region" if step == "answered" else "asking_region"]
        if speaker != self._region:
            raise ForbiddenError(f"inquiry {inquiry_id!r}: province {speaker} says {step}; ask it")
        carried = {name: asked[name] for name in _CARRIED}
        return self.journal.say(
            session,
            {"result": None, **carried, **fields, "step": step, "refers_to": asked["event_id"]},
        )

    def of(self, session: Session, inquiry_id: str) -> list[Document]:
        """Return what was said of an inquiry, the question first. Raises NotFoundError."""
        said = self.journal.find(session, INQUIRY.c.inquiry_id == inquiry_id)
        order = sorted(said, key=lambda one: list(_NEXT).index(one["step"]))
        if not order or order[0]["step"] != "asked":
            raise NotFoundError(
                f"there is no inquiry {inquiry_id!r}; GET /v1/inquiries lists those that wait"
            )
        return order

    def unanswered(self, session: Session) -> list[Document]:
        """Return the questions, ours and to us, that nobody has answered, the most urgent first."""
        question, later = INQUIRY.c, aliased(INQUIRY)
        answered = select(later.c.event_id).where(later.c.refers_to == question.event_id).exists()
        found = self.journal.find(session, question.step == "asked", ~answered)
        return sorted(found, key=lambda one: one["answer_by"])

    def today(self) -> int:
        """Return the day it is in Beijing, from which lateness is counted."""
        return days(china_day(self._clock.now()))
