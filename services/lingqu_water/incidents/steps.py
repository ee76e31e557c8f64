"""What a person writes into a step of a dispute or a consultation."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from lingqu.service.instants import Instant
from lingqu_water.incidents.contents import Codes, Entry, Line, Passage, Several, Text, plain
from lingqu_water.sections.table import RegionCode

Number = Annotated[str, Field(pattern=r"^[\w.-]{1,60}$")]


class StepEntry(Entry):
    """What any step may say of who takes it."""

    organisation: Text = ""
    contact_name: Line | None = None
    contact_phone: Line | None = None
    signed_off_by: Line | None = None
    document_no: Line | None = None

    def told(self) -> dict[str, Any]:
        """Return the event's fields that are said, instants in milliseconds, days as days."""
        given: dict[str, Any] = plain(self.model_dump(exclude_unset=True))
        return {name: value for name, value in given.items() if value is not None}


class Claim(StepEntry):
    """Raises a dispute."""

    title: Line
    respondent_region: RegionCode
    section_codes: Codes = Several
    statement: Passage
    demand: Passage | None = None
    evidence: Codes = Several
    answer_due_on: date | None = None


class DisputeStep(StepEntry):
    """Answers, settles, passes up or withdraws a dispute; only what is new is said."""

    statement: Passage
    demand: Passage | None = None
    evidence: Codes = Several
    escalated_to: Line | None = None


class Call(StepEntry):
    """Calls a consultation."""

    title: Line
    invited_regions: list[RegionCode] = Field(min_length=1, max_length=50)
    subject: Text = ""
    section_codes: Codes = Several
    scheduled_at: Instant
    place: Text = ""


class Decision(Entry):
    """One thing that was agreed."""

    text: Passage
    responsible_region: RegionCode | None = None
    due_on: date | None = None


class ConsultationStep(StepEntry):
    """Answers, moves, holds or cancels a consultation; only what is new is said."""

    scheduled_at: Instant | None = None
    place: Text = ""
    statement: Passage | None = None
    attending: Codes = Several
    minutes: Passage | None = None
    decisions: list[Decision] = Several
