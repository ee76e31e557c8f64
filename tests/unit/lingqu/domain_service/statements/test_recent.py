"""Ids that are remembered, and forgotten in time."""

from __future__ import annotations

from lingqu.domain_service.statements.recent import RecentIds


def test_what_was_added_last_is_remembered_and_what_is_old_is_not() -> None:
    recent = RecentIds(at_least=10)
    for first in range(0, 40, 5):
        recent.add(f"e{number}" for number in range(first, first + 5))
    assert recent.among([f"e{number}" for number in range(30, 45)]) == {
        f"e{number}" for number in range(30, 40)
    }
    assert recent.among(["e0", "e9", "unknown"]) == set()
