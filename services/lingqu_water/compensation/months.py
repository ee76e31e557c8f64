"""The account of a month, from what was tested in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from lingqu_water.compensation.account import Account, SectionResult
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.round import Round
from lingqu_water.compensation.rules import judge_month, worst_class
from lingqu_water.compensation.settlement import accident_verdict, doubts, settled, target_of
from lingqu_water.compensation.terms import MonthlyClass, MonthlyLimits, Rule
from lingqu_water.compensation.tested import SectionMonth
from lingqu_water.judgement.water_class import meets
from lingqu_water.period import Month


def month_account(
    agreement: Agreement,
    terms: Round,
    month: Month,
    tested: Sequence[SectionMonth],
    *,
    accident: bool,
) -> Account:
    """Return the month's account; under an annual rule it is a result without money."""
    lacking = tuple(sentence for one in tested for sentence in _lacking(terms.rule, one))
    sections = tuple(_result(terms.rule, one) for one in tested)
    account = Account(
        agreement=agreement.id,
        period=str(month),
        kind="monthly",
        round=terms.name,
        clears=terms.clearing == "month",
        status="insufficient" if lacking else "tested",
        water_class=None if lacking else _worst(sections),
        target=target_of(terms.rule),
        sections=sections,
        reasons=lacking,
        unverified=doubts(terms),
        digest=_digest(tested),
    )
    rule = terms.rule
    if not isinstance(rule, MonthlyClass | MonthlyLimits):
        return account
    if accident and rule.on_accident:
        return settled(account, terms, accident_verdict(rule))
    return account if lacking else settled(account, terms, judge_month(rule, sections))


def _lacking(rule: Rule, tested: SectionMonth) -> tuple[str, ...]:
    if tested.lacking or target_of(rule) is None or tested.water_class is not None:
        return tested.lacking
    return (f"{tested.name} {tested.month}:协议的监测项目无一可按标准评价,得不出类别",)


def _result(rule: Rule, tested: SectionMonth) -> SectionResult:
    """Return the month as one section's result; too little data makes no class."""
    target = target_of(rule)
    water_class = None if tested.lacking else tested.water_class
    met = None if target is None or water_class is None else meets(water_class, target)
    return SectionResult(
        section=tested.section,
        name=tested.name,
        target=target,
        water_class=water_class,
        met=met,
        means=tested.means,
        months_tested=int(not tested.lacking),
        months_met=int(bool(met)),
        used=tested.used,
        excluded=tested.excluded,
    )


def _worst(sections: Sequence[SectionResult]) -> str | None:
    return worst_class(sections) if all(one.water_class for one in sections) else None


def _digest(tested: Sequence[SectionMonth]) -> str:
    return hashlib.sha256("".join(one.digest for one in tested).encode()).hexdigest()
