"""A reversal made ready to be stated, from the settlement it undoes: pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from lingqu.domain_service.statements.noun import Document
from lingqu.errors import Reason
from lingqu_medical.period import first_open, is_of_our_time, period_at
from lingqu_medical.refusing import refused
from lingqu_medical.reversals.lifecycle import NEGATED, negative_record

_GIVEN = (
    "kind",
    "infno",
    "setl_id",
    "original_msgid",
    "original_infno",
    "reversed_at",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Original:
    """What is known of our settlement that is undone: its event, and by whom it was undone."""

    settlement: Mapping[str, Any] | None
    reversed_by: str | None
    stated: Container[str]


def new_reversal(given: Mapping[str, Any], original: Original, region: str) -> Document | Reason:
    """Return the reversal as it is stated first: cancelled at once, or waiting for its proof."""
    if given["kind"] == "rectify":
        return _rectification(given, original, region)
    reason = why_not_cancelled(given, original)
    if reason is not None or original.settlement is None:
        return reason or _unknown()
    return {**_base(given), "state": "proved", **taken_back(original, given["reversed_at"])}


def taken_back(original: Original, at_ms: int) -> Document:
    """Return the negative record of a settlement in the period in which it is taken back.

    Nothing where no settlement is known, or it was taken back before.
    """
    settlement = original.settlement
    if settlement is None or original.reversed_by is not None:
        return {}
    month = period_at(at_ms)
    period = first_open(max(month, settlement["period"]), original.stated)
    record = negative_record(settlement)
    same = record["original_period"] == period
    return {**record, "period": period} | ({"original_period": None} if same else {})


def why_not_cancelled(given: Mapping[str, Any], original: Original) -> Reason | None:
    settlement = original.settlement
    if settlement is None:
        return _unknown()
    if original.reversed_by is not None:
        return refused(
            "setl_id",
            f"该结算已由 {original.reversed_by} 冲销",
            f"Reversal {original.reversed_by!r} took it back already",
        )
    at = given["reversed_at"]
    if at < settlement["setl_time"] or not is_of_our_time(at):
        return refused(
            "reversed_at",
            "冲销时间早于结算时间或年份有误,请改正",
            "It is before the settlement, or of no year of ours; correct the time",
        )
    return None


def restated(given: Mapping[str, Any], stands: Mapping[str, Any]) -> Document | Reason:
    """Return a known reversal as it is stated again: only its reason may be another."""
    for name in ("kind", "setl_id", "original_msgid", "reversed_at"):
        if given.get(name) is not None and given[name] != stands.get(name):
            return refused(
                name,
                "与该编号已报冲销不同,请另用编号",
                "Differs from what was stated under this id; use another id",
            )
    return {**stands, "reason": given.get("reason") or stands.get("reason")}


def _rectification(given: Mapping[str, Any], original: Original, region: str) -> Document | Reason:
    settlement = original.settlement
    insured = settlement["insured_region"] if settlement else given.get("insured_region")
    insutype = settlement["insutype"] if settlement else given.get("insutype") or ""
    if not insured:
        return refused(
            "insured_region",
            "没有该报文的结算,请填写参保省",
            "No settlement of that message is known; name the place",
        )
    return {
        **_base(given),
        "state": "pending_reconciliation",
        "insured_region": insured,
        "treatment_region": region,
        "insutype": insutype,
        "fixmedins_code": given.get("fixmedins_code") or "",
        "setl_id": settlement["setl_id"] if settlement else given.get("setl_id"),
        "settled_at": settlement["setl_time"] if settlement else given.get("settled_at"),
        "period": None,
        "original_period": None,
        "held": False,
        **dict.fromkeys(NEGATED, 0),
    }


def _base(given: Mapping[str, Any]) -> Document:
    return {"reversal_id": given["reversal_id"]} | {name: given.get(name) for name in _GIVEN}


def _unknown() -> Reason:
    return refused(
        "setl_id",
        "没有该编号的结算,请先报送结算",
        "No settlement of that id is known here; settle it first",
    )
