"""What an agreement can test and what it can make somebody pay: a closed set of kinds of rule."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, StringConstraints, model_validator

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.compensation.money import Wan
from lingqu_water.judgement.water_class import CLASSES

RegionCode = Annotated[str, StringConstraints(pattern=r"^[1-9]\d$")]
ClassName = Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]
Shares = Annotated[dict[RegionCode, PositiveInt], Field(min_length=1)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
PositiveDecimal = Annotated[Decimal, Field(gt=0)]


class Transfer(ClosedModel):
    """One party pays others, by shares; an amount that nobody has loaded yet is null."""

    payer: RegionCode
    payees: Shares
    amount_wan: Wan | None = None
    verified: bool = True

    @model_validator(mode="after")
    def _pays_others(self) -> Self:
        if self.payer in self.payees:
            raise ValueError(f"{self.payer} would pay itself; name other payees")
        return self


Transfers = tuple[Transfer, ...]


class _Rule(ClosedModel):
    """What all rules share: the accident a person may declare, and whether the text was read."""

    on_accident: Transfers = ()
    verified: bool = True


class ClassTier(ClosedModel):
    """What is paid when the month's class is one of these."""

    classes: tuple[ClassName, ...] = Field(min_length=1)
    transfers: Transfers = ()


class MonthlyClass(_Rule):
    """The class of the monthly means against a target, with an amount for each tier of classes."""

    kind: Literal["monthly_class"]
    target: ClassName
    tiers: tuple[ClassTier, ...]

    @model_validator(mode="after")
    def _each_class_once(self) -> Self:
        named = [name for tier in self.tiers for name in tier.classes]
        if sorted(named) != sorted(CLASSES):
            raise ValueError("the tiers must name each of Ⅰ Ⅱ Ⅲ Ⅳ Ⅴ 劣Ⅴ exactly once")
        return self

    def transfers(self) -> Iterator[Transfer]:
        for tier in self.tiers:
            yield from tier.transfers
        yield from self.on_accident


class ItemLimit(ClosedModel):
    """The most that an item's monthly mean may be, in the item's unit."""

    item: str
    at_most: PositiveFloat
    verified: bool = True


class MonthlyLimits(_Rule):
    """The monthly mean of each item against a limit of the agreement's own, as for heavy metals."""

    kind: Literal["monthly_limits"]
    limits: tuple[ItemLimit, ...] = Field(min_length=1)
    met: Transfers = ()
    missed: Transfers = ()

    def transfers(self) -> Iterator[Transfer]:
        yield from (*self.met, *self.missed, *self.on_accident)


class PassRate(ClosedModel):
    """The share of months that must meet the target in a year."""

    year: int
    at_least_percent: Percent


class Improving(ClosedModel):
    """The pass rate of a year must not be below that of the year before."""

    verified: bool = True


class AnnualClass(_Rule):
    """The class of the annual means against a target, and a pass rate of months by year."""

    kind: Literal["annual_class"]
    target: ClassName
    pass_rates: tuple[PassRate, ...] = ()
    improving: Improving | None = None
    met: Transfers = ()
    missed: Transfers = ()

    def transfers(self) -> Iterator[Transfer]:
        yield from (*self.met, *self.missed, *self.on_accident)


class PassedOn(ClosedModel):
    """Whose allotment goes to whom when a section misses its target."""

    section: str
    loses: RegionCode
    to: Shares
    verified: bool = True


class PartialPass(ClosedModel):
    """The share of an allotment that a miss costs when so many months still met the target."""

    months_met_at_least_percent: Percent
    costs_percent: Percent


class PoolSplit(_Rule):
    """A yearly sum that all contribute to by one ratio and that is allotted by another."""

    kind: Literal["pool_split"]
    target: ClassName
    total_wan: Wan | None
    contributed: Shares
    allotted: Shares
    on_miss: tuple[PassedOn, ...] = ()
    partial: tuple[PartialPass, ...] = ()
    on_accident: tuple[Transfer, ...] = Field(default=(), max_length=0)

    def transfers(self) -> Iterator[Transfer]:
        yield from ()


class IndexItem(ClosedModel):
    """An item of the P index: its weight, and the base its annual mean is divided by."""

    item: str
    weight: PositiveDecimal
    base: PositiveDecimal | None = None
    verified: bool = True


class Band(ClosedModel):
    """What is paid while the index is at most this; the last band has no upper end."""

    at_most: PositiveDecimal | None
    outcome: Literal["met", "missed"]
    transfers: Transfers = ()


class PIndex(_Rule):
    """P = k0 x sum of weight x annual mean / base, paid by bands of P."""

    kind: Literal["p_index"]
    k0: PositiveDecimal
    items: tuple[IndexItem, ...] = Field(min_length=1)
    bands: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        *ends, last = [band.at_most for band in self.bands]
        given = [end for end in ends if end is not None]
        if last is not None or len(given) != len(ends):
            raise ValueError("the last band, and no other, has at_most: null")
        if any(low >= high for low, high in pairwise(given)):
            raise ValueError("the bands' upper ends must rise")
        return self

    def transfers(self) -> Iterator[Transfer]:
        for band in self.bands:
            yield from band.transfers
        yield from self.on_accident


MonthlyRule = MonthlyClass | MonthlyLimits
AnnualRule = AnnualClass | PoolSplit | PIndex
Rule = Annotated[MonthlyRule | AnnualRule, Field(discriminator="kind")]
