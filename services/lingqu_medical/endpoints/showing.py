"""Events as people and programs read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingqu.instants import day_at, moment_at

_DAYS = (
    "stmt_begndate",
    "stmt_enddate",
    "due_on",
    "paid_on",
    "received_on",
    "asked_on",
    "answer_by",
)


def shown(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event with its instant (UTC) and its days in ISO 8601."""
    told = dict(event)
    told["occurred_at"] = moment_at(told["occurred_at"]).isoformat()
    for name in _DAYS:
        if told.get(name) is not None:
            told[name] = day_at(told[name]).isoformat()
    return told
