"""Of decisions that overlap, the one that took effect last holds."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from lingqu_customs.enterprises.levels import level_on

DECISIONS: list[dict[str, Any]] = [
    {"valid_from": 10, "valid_until": 20, "occurred_at": 3, "level": "ended"},
    {"valid_from": 15, "valid_until": None, "occurred_at": 1, "level": "told first"},
    {"valid_from": 15, "valid_until": 30, "occurred_at": 2, "level": "told last"},
]


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (9, None),
        (10, "ended"),
        (14, "ended"),
        (15, "told last"),
        (30, "told last"),
        (31, "told first"),
    ],
)
def test_the_one_that_took_effect_last_holds(day: int, level: str | None) -> None:
    on = date(1970, 1, 1) + timedelta(days=day)

    for decisions in permutations(DECISIONS):
        found = level_on(decisions, on)
        assert (found and found["level"]) == level
