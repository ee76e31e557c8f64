"""The agreement as its parties write and sign it: a closed document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from lingqu.agreements.masks import MaskStep, problem_of
from lingqu.clock import CHINA

REGION_PATTERN = r"^([1-9]\d(\d{2}(\d{2})?)?|X-[A-Z0-9-]{1,20})$"


def _region_text(value: object) -> object:
    """YAML reads 43 as a number; a division code never begins with 0, so nothing is lost."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _step_list(value: object) -> object:
    """Accept `redact`, `{mask: redact}` and a list of either."""
    steps = value if isinstance(value, list | tuple) else [value]
    return [{"mask": step} if isinstance(step, str) else step for step in steps]


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
RegionCode = Annotated[
    str, StringConstraints(pattern=REGION_PATTERN), BeforeValidator(_region_text)
]
Grade = Literal[1, 2, 3, 4, "important"]
Kind = Literal["personal", "sensitive_personal", "minor", "commercial"]
Steps = Annotated[tuple[MaskStep, ...], BeforeValidator(_step_list), Field(min_length=1)]
Promised = Annotated[int | None, Field(ge=0, le=3650, exclude_if=lambda days: days is None)]
Limit = Annotated[int | None, Field(ge=1, exclude_if=lambda limit: limit is None)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Document(BaseModel):
    """A part of a signed document: frozen, and closed to names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Party(Document):
    """One side of an agreement: an organisation, and the region whose hub serves it."""

    partner: Slug
    region: RegionCode


class Clearance(Document):
    """How sensitive a field may be to reach the recipient whole."""

    grade: Grade
    kinds: tuple[Kind, ...]


class ViewTerms(Document):
    """What the recipient may see; whatever these terms do not name is withheld."""

    clearance: Clearance
    fields: Literal["all"] | tuple[Text, ...]
    masks: Mapping[str, Steps] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _masks_go_together(self) -> Self:
        for path, steps in self.masks.items():
            if problem := problem_of(steps):
                raise ValueError(f"masks.{path}: {problem}")
        return self


class Limits(Document):
    """How much the recipient's system bears of one feed.

    `requests` is how many lanes, one a partition of the topic, call it at the same time.
    """

    events_per_s: Limit = None
    bytes_per_s: Limit = None
    requests: Limit = None


AgreedLimits = Annotated[Limits | None, Field(exclude_if=lambda limits: limits is None)]


class Delivery(Document):
    """How the events reach the recipient's system.

    The recipient may be away for `outage_days` and lacks nothing afterwards, and may have the last
    `replay_days` again. What is not promised is not part of what is signed.
    """

    connector: Slug
    options: Mapping[str, Any] = Field(default_factory=dict)
    guarantee: Literal["exactly_once", "at_least_once"] = "exactly_once"
    start: Literal["earliest", "latest"] = "earliest"
    outage_days: Promised = None
    replay_days: Promised = None
    limits: AgreedLimits = None

    @model_validator(mode="after")
    def _limits_say_something(self) -> Self:
        if self.limits == Limits():
            raise ValueError(
                "limits: name events_per_s, bytes_per_s or requests, or leave limits out"
            )
        return self


class Agreement(Document):
    """What flows from one partner to another, why, in which form and for how long."""

    id: Slug
    version: int = Field(1, ge=1)
    title: Text
    contract: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    contract_version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")]
    provider: Party
    recipient: Party
    purpose: Text
    legal_basis: Text
    risk_assessment: Text | None = None
    valid_from: date
    valid_until: date
    feed: Slug
    filter: Text | None = None
    view: ViewTerms
    delivery: Delivery
    transit: bool = False

    @model_validator(mode="after")
    def _terms_agree(self) -> Self:
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from; it is the last day of the term")
        if self.view.clearance.grade == "important" and self.risk_assessment is None:
            raise ValueError("important data needs risk_assessment, the number of the report")
        return self

    @property
    def valid_from_ms(self) -> int:
        """The first moment of the first day, in China's time."""
        return _first_moment_ms(self.valid_from)

    @property
    def valid_until_ms(self) -> int:
        """The first moment after the last day, in China's time."""
        return _first_moment_ms(self.valid_until + timedelta(days=1))

    def document(self) -> dict[str, Any]:
        """Return the terms in the form that is signed: plain JSON values, nothing left out."""
        return self.model_dump(mode="json")


def _first_moment_ms(day: date) -> int:
    moment = datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)
    return int(moment.timestamp() * 1000)
