"""Agreements and accounts made into what the endpoints answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lingqu_water.compensation.account import Account, Line, statements
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.answers import (
    AccountAnswer,
    AccountDetail,
    AgreementAnswer,
    MessageAnswer,
    PaymentAnswer,
    SectionReadings,
    StatementAnswer,
)
from lingqu_water.compensation.library import Loaded
from lingqu_water.compensation.lifecycle import Message
from lingqu_water.compensation.money import shown
from lingqu_water.compensation.store import Kept
from lingqu_water.compensation.terms import PIndex, PoolSplit
from lingqu_water.compensation.tested import Trace, Traces


def agreement_answer(loaded: Loaded, *, ours: bool) -> AgreementAnswer:
    one = loaded.agreement
    return AgreementAnswer(
        id=one.id,
        title=one.title,
        river=one.river,
        example=one.example,
        origin=loaded.origin,
        ours=ours,
        parties=one.parties,
        sections=sorted(one.section_codes),
        missing=list(dict.fromkeys(_missing(one))),
        unverified=[f"{terms.name}:期限未经核实" for terms in one.rounds if not terms.verified],
        digest=one.digest,
    )


def account_answer(agreement: Agreement, kept: Kept) -> AccountAnswer:
    account = kept.account
    return AccountAnswer(
        agreement=agreement.id,
        agreement_title=agreement.title,
        example=agreement.example,
        period=account.period,
        kind=account.kind,
        round=account.round,
        clears=account.clears,
        status=account.status,
        state=kept.state,
        closed=kept.closed,
        outcome=account.outcome,
        tested_class=account.water_class,
        target_class=account.target,
        index_value=account.index,
        pass_percent=account.pass_percent,
        payments=[_payment(line) for line in account.lines],
        statements=list(statement_answers(agreement, kept)),
        reasons=account.reasons,
        unverified=account.unverified,
        version=kept.version,
        event_id=kept.event_id,
        changed_at=_moment(kept.changed_at_ms),
        closed_at=None if kept.closed_at_ms is None else _moment(kept.closed_at_ms),
    )


def account_detail(
    agreement: Agreement,
    kept: Kept,
    traces: Traces,
    messages: Sequence[Message],
    documents: Mapping[str, dict[str, Any]],
) -> AccountDetail:
    account = kept.account
    today = kept.today
    return AccountDetail(
        account=account_answer(agreement, kept),
        sections=account.sections,
        pool_shares=account.shares,
        extra_money=account.extra,
        readings=list(_readings(traces)),
        messages=[_message(agreement, account, one, documents[one.event_id]) for one in messages],
        would_be_today=None if today is None else [_payment(line) for line in today.own_lines],
    )


def statement_answers(agreement: Agreement, kept: Kept) -> Iterator[StatementAnswer]:
    """Return each party's side; the nets of one account make zero."""
    for one in statements(kept.account.lines, agreement.regions):
        yield StatementAnswer(
            agreement=agreement.id,
            agreement_title=agreement.title,
            example=agreement.example,
            period=kept.account.period,
            party=one.party,
            party_name=agreement.name_of(one.party),
            pays_fen=one.pays_fen,
            receives_fen=one.receives_fen,
            net_fen=one.net_fen,
            net=shown(one.net_fen),
            status=kept.account.status,
            state=kept.state,
        )


def _missing(agreement: Agreement) -> Iterator[str]:
    for terms in agreement.rounds:
        rule = terms.rule
        amounts = [transfer.amount_wan for transfer in rule.transfers()]
        if isinstance(rule, PoolSplit):
            amounts.append(rule.total_wan)
        if None in amounts:
            yield f"{terms.name}:金额未录入"
        if isinstance(rule, PIndex) and any(entry.base is None for entry in rule.items):
            yield f"{terms.name}:基准值未录入"


def _payment(line: Line) -> PaymentAnswer:
    amount = "金额未录入" if line.amount_fen is None else shown(line.amount_fen)
    return PaymentAnswer(
        line.payer, line.payee, line.amount_fen, amount, line.reason, line.corrects
    )


def _readings(traces: Traces) -> Iterator[SectionReadings]:
    for month, sections in sorted(traces.items()):
        for section, trace in sorted(sections.items()):
            yield SectionReadings(month, section, _used(trace), _excluded(trace))


def _used(trace: Trace) -> list[dict[str, Any]]:
    return [
        {
            "event_id": one.event_id,
            "sampled_at": _moment(one.sampled_at_ms),
            "method": one.method,
            "values": one.values,
        }
        for one in trace.used
    ]


def _excluded(trace: Trace) -> list[dict[str, Any]]:
    return [
        {
            "event_id": one.event_id,
            "sampled_at": _moment(one.sampled_at_ms),
            "method": one.method,
            "final": one.official,
            "reason": one.reason,
        }
        for one in trace.excluded
    ]


def _message(
    agreement: Agreement, account: Account, message: Message, document: dict[str, Any]
) -> MessageAnswer:
    ours = {one.party: one.net_fen for one in statements(account.lines, agreement.regions)}
    theirs = {one["party"]: one["net_fen"] for one in document.get("statements", [])}
    return MessageAnswer(
        event_id=message.event_id,
        origin=message.origin,
        state=message.state,
        refers_to=message.refers_to,
        said_at=_moment(message.said_at_ms),
        by=document.get("stated_by_org"),
        reason=document.get("reason"),
        agrees=theirs == ours if theirs else None,
    )


def _moment(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
