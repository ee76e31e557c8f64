"""Events as people and programs read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

_DAYS = (
    "stmt_begndate",
    "stmt_enddate",
    "due_on",
    "paid_on",
    "received_on",
    "asked_on",
    "answer_by",
)
_DAY_ZERO = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def shown(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event with its instant (UTC) and its days in ISO 8601."""
    told = dict(event)
    told["occurred_at"] = (_EPOCH + timedelta(milliseconds=told["occurred_at"])).isoformat()
    for name in _DAYS:
        if told.get(name) is not None:
            told[name] = (_DAY_ZERO + timedelta(days=told[name])).isoformat()
    return told
