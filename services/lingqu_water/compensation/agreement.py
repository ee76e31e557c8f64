"""A compensation agreement: its parties, and its rounds one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.compensation.round import Round, Text
from lingqu_water.compensation.terms import PoolSplit, RegionCode
from lingqu_water.period import Month

AgreementId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]


class Party(ClosedModel):
    """A province that pays or is paid."""

    region: RegionCode
    name: Text
    role: Literal["upstream", "midstream", "downstream"]


class Agreement(ClosedModel):
    """One agreement over one river, as its file says it."""

    id: AgreementId
    title: Text
    river: Text
    example: bool = False
    parties: tuple[Party, ...] = Field(min_length=2)
    rounds: tuple[Round, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    @cached_property
    def regions(self) -> tuple[str, ...]:
        return tuple(party.region for party in self.parties)

    @cached_property
    def digest(self) -> str:
        """Return what tells these terms from any others, the same on both sides."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def name_of(self, region: str) -> str:
        return next((one.name for one in self.parties if one.region == region), region)

    def round_of(self, month: Month) -> Round | None:
        """Return the round whose terms a month is judged by."""
        return next((one for one in self.rounds if one.covers(month)), None)

    @cached_property
    def section_codes(self) -> frozenset[str]:
        return frozenset(section.code for one in self.rounds for section in one.sections)

    def _problems(self) -> Iterator[str]:
        if len(set(self.regions)) != len(self.regions):
            yield "a party is named twice"
        if len({one.name for one in self.rounds}) != len(self.rounds):
            yield "two rounds have one name"
        for before, after in pairwise(self.rounds):
            if before.valid_until is None or before.valid_until >= after.valid_from:
                yield f"the rounds {before.name!r} and {after.name!r} overlap; order them by time"
        for one in self.rounds:
            yield from (f"round {one.name!r}: {problem}" for problem in self._round_problems(one))

    def _round_problems(self, one: Round) -> Iterator[str]:
        codes = [section.code for section in one.sections]
        if len(set(codes)) != len(codes) or len(set(one.items)) != len(one.items):
            yield "a section or an item is named twice"
        strangers = _regions_of(one) - set(self.regions)
        if strangers:
            yield f"{', '.join(sorted(strangers))} would pay or be paid and is no party"
        unmeasured = _items_of(one) - set(one.items)
        if unmeasured:
            yield f"{', '.join(sorted(unmeasured))} is tested, but no `measuring` brings it"
        if isinstance(one.rule, PoolSplit):
            yield from _pool_problems(one.rule, codes)


def _regions_of(one: Round) -> set[str]:
    named = {code for extra in one.extra for code in extra.payees}
    for transfer in one.rule.transfers():
        named |= {transfer.payer, *transfer.payees}
    if isinstance(one.rule, PoolSplit):
        named |= {*one.rule.contributed, *one.rule.allotted}
        for passed in one.rule.on_miss:
            named |= {passed.loses, *passed.to}
    return named


def _items_of(one: Round) -> set[str]:
    if one.rule.kind == "monthly_limits":
        return {limit.item for limit in one.rule.limits}
    if one.rule.kind == "p_index":
        return {entry.item for entry in one.rule.items}
    return set()


def _pool_problems(rule: PoolSplit, sections: list[str]) -> Iterator[str]:
    for passed in rule.on_miss:
        if passed.section not in sections:
            yield f"on_miss names {passed.section!r}, which is no section of it"
        if passed.loses in passed.to:
            yield f"{passed.loses} would lose to itself"
    steps = [step.months_met_at_least_percent for step in rule.partial]
    if steps != sorted(steps, reverse=True):
        yield "partial begins with the highest share of months"
