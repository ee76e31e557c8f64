"""The terms of an agreement from a day to a day: sections, items, data needed, rule, money."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, StringConstraints, model_validator

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.compensation.money import Wan
from lingqu_water.compensation.terms import AnnualClass, PIndex, PoolSplit, Rule, Shares
from lingqu_water.period import Month

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Method = Literal["auto", "manual", "joint"]
OpenPercent = Annotated[Decimal, Field(gt=0, le=100)]


class AgreedSection(ClosedModel):
    """A section that decides; its kind is agreed with it, since it decides the limits."""

    code: Text
    name: Text
    water_body: Literal["river", "lake"] = "river"


class Measuring(ClosedModel):
    """Which items one method brings, and how much final data of it a month needs."""

    method: Method
    items: tuple[Text, ...] = Field(min_length=1)
    per_day: PositiveInt | None = None
    min_percent: OpenPercent | None = None
    min_readings: PositiveInt | None = None
    verified: bool = True

    @model_validator(mode="after")
    def _has_a_threshold(self) -> Self:
        if (self.per_day is None) != (self.min_percent is None):
            raise ValueError("per_day and min_percent belong together; give both or neither")
        if self.per_day is None and self.min_readings is None:
            raise ValueError("give min_readings, or per_day and min_percent")
        return self

    def needed(self, month: Month) -> int:
        """Return how many valid final values of each item a month needs."""
        share = Decimal(self.min_readings or 1)
        if self.per_day is not None and self.min_percent is not None:
            share = max(share, self.per_day * month.days * self.min_percent / 100)
        return int(share.to_integral_value(ROUND_CEILING))


class ExtraMoney(ClosedModel):
    """Money of somebody who is no party, such as the central government: shown, not in the sum."""

    giver: Text
    payees: Shares
    amount_wan: Wan | None = None
    when: Literal["always", "met", "missed"] = "always"
    note: str = ""
    verified: bool = True


class Round(ClosedModel):
    """The terms of an agreement from a day to a day."""

    name: Text
    valid_from: date
    valid_until: date | None = None
    sections: tuple[AgreedSection, ...] = Field(min_length=1)
    measuring: tuple[Measuring, ...] = Field(min_length=1)
    rule: Rule
    clearing: Literal["month", "year"]
    min_months: int = Field(default=12, ge=1, le=12)
    cap_wan: Wan | None = None
    extra: tuple[ExtraMoney, ...] = ()
    not_computed: tuple[Text, ...] = ()
    verified: bool = True
    sources: tuple[Text, ...] = Field(min_length=1)

    @property
    def annual(self) -> bool:
        return isinstance(self.rule, AnnualClass | PoolSplit | PIndex)

    @model_validator(mode="after")
    def _whole_periods(self) -> Self:
        after = None if self.valid_until is None else self.valid_until + timedelta(days=1)
        if after is not None and after <= self.valid_from:
            raise ValueError("valid_until is before valid_from")
        edges = [self.valid_from] if after is None else [self.valid_from, after]
        if any(edge.day != 1 for edge in edges):
            raise ValueError("a round begins with a month's first day and ends with its last")
        if self.annual and any(edge.month != 1 for edge in edges):
            raise ValueError("a round with an annual rule holds whole years")
        if self.annual and self.clearing != "year":
            raise ValueError("an annual rule is cleared by the year: write clearing: year")
        return self

    def covers(self, month: Month) -> bool:
        until = self.valid_until
        return self.valid_from <= month.first and (until is None or month.last <= until)

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(item for measuring in self.measuring for item in measuring.items)
