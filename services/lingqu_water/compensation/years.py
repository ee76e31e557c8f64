"""The account of a year: the months' payments added up, or a rule over the annual means."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from lingqu_water.compensation.account import Account, Line, SectionResult
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.annual import annual_results, judge_year
from lingqu_water.compensation.measured import MonthlyMeans
from lingqu_water.compensation.round import Round
from lingqu_water.compensation.rules import Passed
from lingqu_water.compensation.settlement import (
    accident_verdict,
    capped,
    doubts,
    settled,
    target_of,
)
from lingqu_water.period import months_of_year

Months = Mapping[str, Account]


def annual_account(
    agreement: Agreement,
    terms: Round,
    year: int,
    months: Months,
    means: MonthlyMeans,
    *,
    accident: bool,
    before: Months | None = None,
) -> Account:
    """Return the year's account under an annual rule; `before` are the months of the last year."""
    tested = _tested(months)
    sections = annual_results(terms, year, tested, means)
    lacking = _too_few(len(tested), terms.min_months)
    account = Account(
        agreement=agreement.id,
        period=str(year),
        kind="yearly",
        round=terms.name,
        clears=True,
        status="insufficient",
        target=target_of(terms.rule),
        sections=sections,
        reasons=lacking,
        unverified=doubts(terms),
        digest=_digest(tested),
    )
    if accident and terms.rule.on_accident:
        return settled(account, terms, accident_verdict(terms.rule))
    if lacking:
        return account
    passed = _passed(_tested(before or {}), terms.min_months)
    return settled(account, terms, judge_year(terms.rule, year, sections, passed))


def summed_account(
    agreement: Agreement, year: int, months: Months, agreed: Collection[str]
) -> Account | None:
    """Return the clearing of a year that is reckoned by months, None where no month is so cleared.

    A month that was closed without an amount is one the parties have agreed to leave so.
    """
    terms = _terms_by_month(agreement, year)
    if not terms:
        return None
    there = [months[month] for month in terms if month in months]
    open_months = [month for month in terms if not _is_reckoned(months.get(month), month in agreed)]
    rounds = dict.fromkeys(one.name for one in terms.values())
    return Account(
        agreement=agreement.id,
        period=str(year),
        kind="yearly",
        round="、".join(rounds),
        clears=True,
        status="insufficient" if open_months else "computed",
        sections=tuple(_summed_sections(there)),
        lines=() if open_months else tuple(_summed(terms, months)),
        reasons=tuple(_said(there, open_months)),
        unverified=tuple(dict.fromkeys(doubt for one in there for doubt in one.unverified)),
        digest=_digest(there),
    )


def _terms_by_month(agreement: Agreement, year: int) -> dict[str, Round]:
    found = {str(month): agreement.round_of(month) for month in months_of_year(year)}
    return {
        month: terms
        for month, terms in found.items()
        if terms is not None and not terms.annual and terms.clearing == "year"
    }


def _is_reckoned(account: Account | None, agreed: bool) -> bool:
    return account is not None and (account.status == "computed" or agreed)


def _summed(terms: Mapping[str, Round], months: Months) -> Iterator[Line]:
    """Add up who pays whom, within each round's cap; corrections stay apart from it."""
    for one, names in groupby(terms, key=terms.__getitem__):
        accounts = [months[name] for name in names]
        own = (line for account in accounts for line in account.own_lines)
        yield from capped(list(_added(own)), one)
    yield from _added(line for name in terms for line in months[name].corrections)


def _added(lines: Iterable[Line]) -> Iterator[Line]:
    sums: dict[tuple[str, str, str | None], list[Line]] = {}
    for line in lines:
        sums.setdefault((line.payer, line.payee, line.corrects), []).append(line)
    for (payer, payee, corrects), parts in sorted(sums.items(), key=lambda one: _place(one[0])):
        amount = sum(part.amount_fen or 0 for part in parts)
        reason = parts[0].reason if corrects else f"{len(parts)} 个月合计"
        if amount:
            yield Line(payer, payee, amount, reason, corrects)


def _place(key: tuple[str, str, str | None]) -> tuple[str, str, str]:
    payer, payee, corrects = key
    return corrects or "", payer, payee


def _summed_sections(months: Sequence[Account]) -> Iterator[SectionResult]:
    found: dict[str, list[SectionResult]] = {}
    for account in months:
        for section in account.sections:
            found.setdefault(section.section, []).append(section)
    for code, parts in sorted(found.items()):
        yield SectionResult(
            section=code,
            name=parts[0].name,
            target=parts[-1].target,
            water_class=None,
            met=None,
            means=(),
            months_tested=sum(part.months_tested for part in parts),
            months_met=sum(part.months_met for part in parts),
            used=sum(part.used for part in parts),
            excluded=sum(part.excluded for part in parts),
        )


def _said(there: Sequence[Account], open_months: Sequence[str]) -> Iterator[str]:
    if open_months:
        yield f"尚未核算:{'、'.join(open_months)}"
        return
    met = sum(account.outcome == "met" for account in there)
    yield f"全年 {len(there)} 个月核算完毕,达标 {met} 个月"


def _tested(months: Months) -> list[Account]:
    return [account for _, account in sorted(months.items()) if account.status == "tested"]


def _passed(tested: Sequence[Account], needed: int) -> Passed | None:
    """Return how a year was passed, None where it has too few months to say so."""
    if len(tested) < needed:
        return None
    sections = [section for account in tested for section in account.sections]
    return Passed(sum(one.months_met for one in sections), len(sections))


def _too_few(tested: int, needed: int) -> tuple[str, ...]:
    if tested >= needed:
        return ()
    return (f"数据充分的月份 {tested} 个,协议要求 {needed} 个",)


def _digest(months: Iterable[Account]) -> str:
    return hashlib.sha256("".join(one.digest for one in months).encode()).hexdigest()
