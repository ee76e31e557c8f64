"""Accounts and what is said of them, as events of `water.compensation`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from lingqu_water.compensation.account import Account, Line, SectionResult, statements
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.period import days_of

COMPENSATION_TOPIC = "water.compensation.v1"


def content_of(agreement: Agreement, account: Account) -> dict[str, Any]:
    """Return what an account's event says, but for who says it, when and in answer to what."""
    first, last = days_of(account.period)
    return {
        "agreement_id": agreement.id,
        "agreement_title": agreement.title,
        "terms_digest": agreement.digest,
        "round": account.round,
        "period": account.period,
        "period_from": first.isoformat(),
        "period_until": last.isoformat(),
        "kind": account.kind,
        "clears": account.clears,
        "status": account.status,
        "outcome": account.outcome,
        "tested_class": account.water_class,
        "target_class": account.target,
        "index_value": account.index,
        "pass_percent": account.pass_percent,
        "sections": [_section(section) for section in account.sections],
        "payments": [_payment(line) for line in account.lines],
        "statements": [
            {
                "party": one.party,
                "pays_fen": one.pays_fen,
                "receives_fen": one.receives_fen,
                "net_fen": one.net_fen,
            }
            for one in statements(account.lines, agreement.regions)
        ],
        "pool_shares": [
            {
                "party": share.party,
                "contributed_fen": share.contributed_fen,
                "allotted_fen": share.allotted_fen,
            }
            for share in account.shares
        ],
        "extra_money": [
            {
                "giver": extra.giver,
                "payee": extra.payee,
                "amount_fen": extra.amount_fen,
                "note": extra.note,
            }
            for extra in account.extra
        ],
        "reason": ";".join(account.reasons) or None,
        "unverified": list(account.unverified),
        "readings_digest": account.digest,
        "readings_used": account.readings,
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """Return what tells a content from any other."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _section(section: SectionResult) -> dict[str, Any]:
    return {
        "section_code": section.section,
        "section_name": section.name,
        "target_class": section.target,
        "tested_class": section.water_class,
        "met": section.met,
        "months_tested": section.months_tested,
        "months_met": section.months_met,
        "readings_used": section.used,
        "readings_excluded": section.excluded,
        "means": [
            {
                "code": mean.code,
                "value": mean.value,
                "unit": mean.unit,
                "count": mean.count,
                "needed": mean.needed,
            }
            for mean in section.means
        ],
    }


def _payment(line: Line) -> dict[str, Any]:
    return {
        "payer": line.payer,
        "payee": line.payee,
        "amount_fen": line.amount_fen,
        "corrects_period": line.corrects,
        "reason": line.reason,
    }
