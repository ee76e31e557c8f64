"""From a rule's verdict to the account: status, payments within the cap, other people's money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lingqu_water.compensation.account import Account, Extra, Line, Status
from lingqu_water.compensation.money import divide, fen, shown
from lingqu_water.compensation.round import ExtraMoney, Round
from lingqu_water.compensation.terms import MonthlyLimits, PIndex, Rule
from lingqu_water.compensation.verdict import Verdict, paid


def settled(account: Account, terms: Round, verdict: Verdict) -> Account:
    """Return the account with what the round's rule says of it."""
    unloaded = [f"协议{what}未录入,只算结果,不算金额;请录入协议文本" for what in verdict.missing]
    return replace(
        account,
        status=_status(verdict),
        outcome=verdict.outcome,
        index=verdict.index,
        pass_percent=verdict.pass_percent,
        lines=capped(verdict.lines, terms) if account.clears else verdict.lines,
        shares=verdict.shares,
        extra=tuple(_extra(terms, verdict.outcome)) if account.clears else (),
        reasons=(*verdict.reasons, *unloaded),
        unverified=tuple(dict.fromkeys((*account.unverified, *verdict.unverified))),
    )


def accident_verdict(rule: Rule) -> Verdict:
    """Return what is paid when a person has declared an accident, whatever was measured."""
    reason = "本期发生有责污染事故(人工申报),按事故条款计"
    return paid("accident", rule.on_accident, reason, unverified=() if rule.verified else ("规则",))


def doubts(terms: Round) -> tuple[str, ...]:
    """Name the round's own terms that nobody has read in the signed text."""
    found = [] if terms.verified else ["期限"]
    if not all(entry.verified for entry in terms.measuring):
        found.append("数据量门槛")
    return tuple(found)


def target_of(rule: Rule) -> str | None:
    return None if isinstance(rule, MonthlyLimits | PIndex) else rule.target


def capped(lines: Sequence[Line], terms: Round) -> tuple[Line, ...]:
    """Return the payments of one cleared period, none paying more than the cap in all.

    What a payer owes beyond it is cut in proportion, to the fen as any division is.
    """
    if terms.cap_wan is None:
        return tuple(lines)
    cap = fen(terms.cap_wan)
    by_payer: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_payer[line.payer].append(line)
    return tuple(line for owed in by_payer.values() for line in _within(owed, cap))


def _within(owed: Sequence[Line], cap: int) -> Iterator[Line]:
    amounts = {str(place): line.amount_fen or 0 for place, line in enumerate(owed)}
    if sum(amounts.values()) <= cap:
        yield from owed
        return
    parts = divide(cap, amounts)
    for place, line in enumerate(owed):
        reason = f"{line.reason}(按上限{shown(cap)}封顶)"
        yield replace(line, amount_fen=parts[str(place)], reason=reason)


def _status(verdict: Verdict) -> Status:
    if not verdict.missing:
        return "computed"
    return "base_missing" if "基准值" in verdict.missing else "amount_missing"


def _extra(terms: Round, outcome: str | None) -> Iterator[Extra]:
    for entry in terms.extra:
        if entry.when == "always" or (entry.when == "met") == (outcome == "met"):
            yield from _divided(entry)


def _divided(entry: ExtraMoney) -> Iterator[Extra]:
    note = entry.note if entry.verified else f"{entry.note}(未经核实)"
    if entry.amount_wan is None:
        for payee in sorted(entry.payees):
            yield Extra(entry.giver, payee, None, note)
        return
    for payee, part in sorted(divide(fen(entry.amount_wan), entry.payees).items()):
        yield Extra(entry.giver, payee, part, note)
