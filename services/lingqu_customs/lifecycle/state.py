"""The states of a declaration, common to declarations, e-commerce lists and manifests."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Literal, get_args

State = Literal[
    "draft",
    "submitted",
    "received",
    "manual_review",
    "audited",
    "inspection",
    "detained",
    "tax_due",
    "tax_paid",
    "released",
    "cleared",
    "rejected",
    "returned_for_edit",
    "deleted",
    "withdrawn",
    "re_audit",
    "return_shipment",
]

STATES: tuple[State, ...] = get_args(State)
RANK: Mapping[State, int] = MappingProxyType({state: rank for rank, state in enumerate(STATES)})

MAIN_LINE = STATES[: RANK["cleared"] + 1]
ENDED: AbstractSet[State] = frozenset({"deleted", "withdrawn"})

NAMES: Mapping[State, str] = MappingProxyType(
    {
        "draft": "草稿",
        "submitted": "已申报",
        "received": "海关已接收",
        "manual_review": "人工审核",
        "audited": "已审结",
        "inspection": "查验",
        "detained": "扣留",
        "tax_due": "待缴税",
        "tax_paid": "已缴税",
        "released": "已放行",
        "cleared": "已结关",
        "rejected": "退单",
        "returned_for_edit": "退回修改",
        "deleted": "删单",
        "withdrawn": "撤单",
        "re_audit": "重审",
        "return_shipment": "退运",
    }
)


def _line(first: State, last: State) -> tuple[State, ...]:
    return MAIN_LINE[RANK[first] : RANK[last] + 1]


def _moves() -> dict[State, AbstractSet[State]]:
    """Return where each state may lead.

    On the main line one goes forward, and over what nobody told. A branch is entered from the part
    of the line where customs can still take it; a document that came back is declared anew.
    """
    found: dict[State, set[State]] = {
        state: set(MAIN_LINE[rank + 1 :]) for rank, state in enumerate(MAIN_LINE)
    }
    anew = set(_line("draft", "received"))
    found |= {
        "rejected": anew | {"deleted"},
        "returned_for_edit": anew | {"deleted"},
        "re_audit": {*_line("manual_review", "released"), "rejected", "returned_for_edit"},
        "return_shipment": {"cleared"},
        "deleted": set(),
        "withdrawn": set(),
    }
    for state in _line("submitted", "tax_paid"):
        found[state] |= {"rejected", "returned_for_edit"}
    for state in _line("received", "released"):
        found[state] |= {"re_audit", "return_shipment"}
    for state in (*_line("draft", "released"), "re_audit"):
        found[state].add("deleted")
    for state in STATES:
        if state not in {"draft", *ENDED}:
            found[state].add("withdrawn")
    return {state: frozenset(targets) for state, targets in found.items()}


MOVES: Mapping[State, AbstractSet[State]] = MappingProxyType(_moves())
