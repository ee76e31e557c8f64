"""A common sum: contributed by one ratio, allotted by another, passed on where a section missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lingqu_water.compensation.account import Line, Outcome, PoolShare, SectionResult
from lingqu_water.compensation.money import divide, fen
from lingqu_water.compensation.terms import PassedOn, PoolSplit
from lingqu_water.compensation.verdict import Verdict


def pool_split(rule: PoolSplit, sections: Sequence[SectionResult]) -> Verdict:
    """Return who ends up paying whom.

    What a section's miss costs is taken from the allotment as agreed, never from what another miss
    has passed on, so that the order of the sections means nothing.
    """
    missed = {section.section: _cost_percent(rule, section) for section in sections}
    missed = {code: percent for code, percent in missed.items() if percent}
    outcome: Outcome = "met"
    if missed:
        outcome = "missed" if len(missed) == len(sections) else "partly_met"
    reasons = tuple(_said(rule, section) for section in sections)
    unverified = ["规则"] if not rule.verified else []
    unverified += ["扣减" for one in rule.on_miss if one.section in missed and not one.verified]
    doubts = tuple(dict.fromkeys(unverified))
    if rule.total_wan is None:
        return Verdict(outcome, reasons=reasons, unverified=doubts, missing=("金额",))
    total = fen(rule.total_wan)
    contributed = divide(total, rule.contributed)
    allotted = _passed_on(divide(total, rule.allotted), rule.on_miss, missed)
    parties = sorted({*contributed, *allotted})
    shares = tuple(
        PoolShare(party, contributed.get(party, 0), allotted.get(party, 0)) for party in parties
    )
    return Verdict(outcome, tuple(_netted(shares)), reasons, shares=shares, unverified=doubts)


def _cost_percent(rule: PoolSplit, section: SectionResult) -> int:
    """Return what share of an allotment the section's year costs, in hundredths of a percent."""
    if section.met:
        return 0
    for step in rule.partial:
        if 100 * section.months_met >= step.months_met_at_least_percent * section.months_tested:
            return int(step.costs_percent * 100)
    return 10_000


def _passed_on(
    allotted: Mapping[str, int], rules: Sequence[PassedOn], missed: Mapping[str, int]
) -> dict[str, int]:
    result = dict(allotted)
    for rule in rules:
        lost = allotted.get(rule.loses, 0) * missed.get(rule.section, 0) // 10_000
        lost = min(lost, result.get(rule.loses, 0))
        result[rule.loses] = result.get(rule.loses, 0) - lost
        for party, part in divide(lost, rule.to).items():
            result[party] = result.get(party, 0) + part
    return result


def _netted(shares: Sequence[PoolShare]) -> Iterator[Line]:
    """Let those who put in more than they get pay those who get more, both in order of codes."""
    owed = [(one.party, one.contributed_fen - one.allotted_fen) for one in shares]
    payers = [(party, left) for party, left in owed if left > 0]
    payees = [(party, -left) for party, left in owed if left < 0]
    while payers:
        (payer, gives), (payee, takes) = payers.pop(0), payees.pop(0)
        amount = min(gives, takes)
        yield Line(payer, payee, amount, "出资与分配轧差")
        if gives > amount:
            payers.insert(0, (payer, gives - amount))
        if takes > amount:
            payees.insert(0, (payee, takes - amount))


def _said(rule: PoolSplit, section: SectionResult) -> str:
    verb = "达到" if section.met else "劣于"
    return (
        f"{section.name}年均值类别{section.water_class},{verb}目标{rule.target}类,"
        f"达标 {section.months_met}/{section.months_tested} 个月"
    )
