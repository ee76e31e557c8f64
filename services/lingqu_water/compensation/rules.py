"""The kinds of rule as pure functions: from what was tested to what is paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from lingqu_water.compensation.account import SectionResult
from lingqu_water.compensation.terms import (
    AnnualClass,
    IndexItem,
    MonthlyClass,
    MonthlyLimits,
    MonthlyRule,
    PIndex,
)
from lingqu_water.compensation.verdict import Verdict, paid
from lingqu_water.judgement.water_class import RANKS, meets

_FORMULA = "规则"


class Passed(NamedTuple):
    """Of how many months a year's sections met their target; of each section each month counts."""

    met: int
    tested: int


def judge_month(rule: MonthlyRule, sections: Sequence[SectionResult]) -> Verdict:
    """Return what a rule of the month says of its sections; all were found sufficient."""
    if isinstance(rule, MonthlyClass):
        return monthly_class(rule, sections)
    return monthly_limits(rule, sections)


def monthly_class(rule: MonthlyClass, sections: Sequence[SectionResult]) -> Verdict:
    """Pay by the tier that the worst section's class belongs to."""
    worst = worst_class(sections)
    tier = next(tier for tier in rule.tiers if worst in tier.classes)
    met = meets(worst, rule.target)
    reason = f"月均值类别{worst},{'达到' if met else '劣于'}目标{rule.target}类"
    return paid(
        "met" if met else "missed", tier.transfers, reason, unverified=_doubts(rule.verified)
    )


def monthly_limits(rule: MonthlyLimits, sections: Sequence[SectionResult]) -> Verdict:
    """Pay by whether every item's monthly mean keeps within its limit at every section."""
    beyond = [
        f"{section.name} {mean.name} {mean.value:g} 超过 {limit.at_most:g} {mean.unit}"
        for section in sections
        for mean in section.means
        for limit in rule.limits
        if mean.item == limit.item and mean.value is not None and mean.value > limit.at_most
    ]
    reason = ";".join(beyond) or "各项月均值均未超过限值"
    doubts = _doubts(rule.verified, *(limit.verified for limit in rule.limits))
    if beyond:
        return paid("missed", rule.missed, reason, unverified=doubts)
    return paid("met", rule.met, reason, unverified=doubts)


def annual_class(
    rule: AnnualClass, year: int, sections: Sequence[SectionResult], before: Passed | None = None
) -> Verdict:
    """Pay by the class of the annual means and, where they are agreed, the year's pass rates.

    `before` is how the year before was passed; without it nothing can have got worse.
    """
    met_months = sum(section.months_met for section in sections)
    tested = sum(section.months_tested for section in sections)
    wanted = next((one.at_least_percent for one in rule.pass_rates if one.year == year), None)
    worst = worst_class(sections)
    in_class = meets(worst, rule.target)
    reason = f"年均值类别{worst},{'达到' if in_class else '劣于'}目标{rule.target}类"
    reason += f";月达标 {met_months}/{tested}" + ("" if wanted is None else f",要求 {wanted:g}%")
    kept = before is None or met_months * before.tested >= before.met * tested
    met = in_class and (wanted is None or 100 * met_months >= wanted * tested)
    doubts = [rule.verified]
    if rule.improving is not None:
        reason += ";" + _said_of(before, kept=kept)
        doubts.append(rule.improving.verified)
        met = met and kept
    return paid(
        "met" if met else "missed",
        rule.met if met else rule.missed,
        reason,
        unverified=_doubts(*doubts),
        pass_percent=100 * met_months / tested,
    )


def _said_of(before: Passed | None, *, kept: bool) -> str:
    if before is None:
        return "上年数据不足,逐年改善的要求未计"
    return f"上年月达标 {before.met}/{before.tested},本年{'未下降' if kept else '下降'}"


def p_index(rule: PIndex, sections: Sequence[SectionResult]) -> Verdict:
    """Pay by the band of P; of several sections the one with the highest P decides."""
    without = [entry.item for entry in rule.items if entry.base is None]
    if without:
        names = "、".join(without)
        return Verdict(
            None, reasons=(f"{names} 的基准值未录入,补偿指数无法计算",), missing=("基准值",)
        )
    index = max(_index(rule, section) for section in sections)
    band = next(one for one in rule.bands if one.at_most is None or index <= one.at_most)
    verified = [entry.verified for entry in rule.items]
    return paid(
        band.outcome,
        band.transfers,
        f"补偿指数 P={index:.4f}",
        unverified=_doubts(rule.verified, *verified),
        index=float(index),
    )


def worst_class(sections: Iterable[SectionResult]) -> str:
    """Return the class of the worst section; each has one, or nobody would judge them."""
    return max((one.water_class or "" for one in sections), key=RANKS.__getitem__)


def _index(rule: PIndex, section: SectionResult) -> Decimal:
    means = {mean.item: mean.value for mean in section.means}
    return rule.k0 * sum((_part(entry, means) for entry in rule.items), Decimal(0))


def _part(entry: IndexItem, means: Mapping[str, float | None]) -> Decimal:
    value = Decimal(repr(means[entry.item]))
    return entry.weight * value / (entry.base or Decimal(1))


def _doubts(*verified: bool) -> tuple[str, ...]:
    return () if all(verified) else (_FORMULA,)
