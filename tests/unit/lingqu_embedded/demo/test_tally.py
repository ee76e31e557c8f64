from __future__ import annotations

import pytest

from lingqu_embedded.demo.holdings import Held
from lingqu_embedded.demo.tally import in_order

# Three events of key a and one of key b, in the order of publication.
KEYS = {"a1": "a", "b1": "b", "a2": "a", "a3": "a"}


def held(*events: tuple[str, int, int]) -> list[Held]:
    return [Held(event_id, lane, number, frozenset()) for event_id, lane, number in events]


@pytest.mark.parametrize(
    ("partner_holds", "kept"),
    [
        ([], True),
        ([("a1", 0, 1), ("b1", 0, 2), ("a2", 0, 3), ("a3", 0, 5)], True),
        ([("b1", 0, 1), ("a1", 0, 2), ("a2", 0, 3)], True),
        ([("a1", 0, 4), ("b1", 1, 1), ("a2", 0, 5)], True),
        ([("a1", 0, 1), ("a2", 0, 1)], False),
        ([("a1", 0, 2), ("b1", 0, 1)], False),
        ([("a2", 0, 1), ("a1", 0, 2)], False),
        ([("a1", 0, 1), ("a1", 0, 2)], False),
    ],
    ids=[
        "nothing", "a gap where one was withheld", "keys may overtake each other",
        "lanes number apart", "a number twice", "a number falls", "a key's events swapped",
        "an event twice",
    ],
)  # fmt: skip
def test_order_is_kept_when_numbers_and_each_keys_events_only_rise(
    partner_holds: list[tuple[str, int, int]], kept: bool
) -> None:
    assert in_order(held(*partner_holds), KEYS) is kept
