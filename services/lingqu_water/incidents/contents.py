"""What a person writes into a report of an incident."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lingqu.service.instants import Instant
from lingqu_water.incidents.level import EmergencyLevel
from lingqu_water.sections.table import RegionCode

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Passage = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
Codes = Annotated[list[Line], Field(max_length=200)]
Several: Any = Field(default_factory=list, max_length=200)


class Entry(BaseModel):
    """A part of a declaration, closed to unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Pollutant(Entry):
    """One pollutant."""

    name: Line
    item_code: Line | None = None
    value: float | None = Field(default=None, allow_inf_nan=False)
    unit: str = ""
    multiple: float | None = Field(default=None, allow_inf_nan=False)


class SensitiveSite(Entry):
    """A sensitive site downstream."""

    name: Line
    type: str = ""
    region: RegionCode | None = None
    distance_km: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    expected_at: Instant | None = None


class NotifiedParty(Entry):
    """A party that was notified by other means, and when it acknowledged."""

    region: RegionCode
    organisation: str = ""
    by: str = ""
    notified_at: Instant | None = None
    acknowledged_at: Instant | None = None


class Changes(Entry):
    """What is said anew; what is left out is as the report before said it."""

    title: Line | None = None
    emergency_level: EmergencyLevel | None = None
    happened_at: Instant | None = None
    place: Text = ""
    section_codes: Codes = Several
    river: Line | None = None
    affected_regions: list[RegionCode] = Several
    cause: Passage | None = None
    situation: Passage | None = None
    pollutants: list[Pollutant] = Several
    sensitive_sites: list[SensitiveSite] = Several
    measures: Text = ""
    alert_ids: Codes = Several
    declared_by: Text = ""
    contact_name: Line | None = None
    contact_phone: Line | None = None
    signed_off_by: Line
    signed_off_at: Instant | None = None
    notified: list[NotifiedParty] = Several

    def told(self) -> dict[str, Any]:
        """Return the event's fields that are said anew, instants in milliseconds."""
        given: dict[str, Any] = plain(self.model_dump(exclude_unset=True))
        return {name: value for name, value in given.items() if value is not None}


class Contents(Changes):
    """What a first report says; the level is entered by a person."""

    title: Line
    emergency_level: EmergencyLevel
    cause: Passage
    situation: Passage

    def told(self) -> dict[str, Any]:
        """Return all fields of the event, instants in milliseconds."""
        whole: dict[str, Any] = plain(self.model_dump())
        return whole


def plain(value: Any) -> Any:
    """Return the value as an event carries it: instants in milliseconds, days as text."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return int(value.astimezone(UTC).timestamp() * 1000)
    return str(value) if isinstance(value, EmergencyLevel | date) else value
