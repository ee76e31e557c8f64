"""Annual means of the sections, and what an annual rule says of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lingqu_water.compensation.account import Account, SectionResult
from lingqu_water.compensation.measured import Mean, MonthlyMeans
from lingqu_water.compensation.pool import pool_split
from lingqu_water.compensation.round import AgreedSection, Round
from lingqu_water.compensation.rules import Passed, annual_class, p_index
from lingqu_water.compensation.settlement import target_of
from lingqu_water.compensation.terms import AnnualClass, PIndex, PoolSplit, Rule
from lingqu_water.compensation.verdict import Verdict
from lingqu_water.judgement.water_class import meets


def judge_year(
    rule: Rule, year: int, sections: Sequence[SectionResult], before: Passed | None
) -> Verdict:
    """Return what an annual rule says of sections that all have enough months."""
    match rule:
        case AnnualClass():
            return annual_class(rule, year, sections, before)
        case PIndex():
            return p_index(rule, sections)
        case PoolSplit():
            return pool_split(rule, sections)
    raise TypeError(f"{rule.kind} is no rule of a year")


def annual_results(
    terms: Round, year: int, months: Sequence[Account], means: MonthlyMeans
) -> tuple[SectionResult, ...]:
    """Return each section's year: an annual mean is the mean of the monthly means."""
    return tuple(_result(terms, section, year, months, means) for section in terms.sections)


def _result(
    terms: Round,
    section: AgreedSection,
    year: int,
    months: Sequence[Account],
    means: MonthlyMeans,
) -> SectionResult:
    parts = [part for one in months for part in one.sections if part.section == section.code]
    annual = tuple(_annual_mean(item, parts, means) for item in terms.items)
    values = [(mean.code, mean.value) for mean in annual]
    water_class = means.water_class(values, section.water_body, date(year, 1, 1))
    target = target_of(terms.rule)
    return SectionResult(
        section=section.code,
        name=section.name,
        target=target,
        water_class=water_class,
        met=None if target is None or water_class is None else meets(water_class, target),
        means=annual,
        months_tested=len(parts),
        months_met=sum(part.months_met for part in parts),
        used=sum(part.used for part in parts),
        excluded=sum(part.excluded for part in parts),
    )


def _annual_mean(item: str, parts: Sequence[SectionResult], means: MonthlyMeans) -> Mean:
    found = [mean.value for part in parts for mean in part.means if mean.item == item]
    return means.mean(item, [value for value in found if value is not None], len(parts))
