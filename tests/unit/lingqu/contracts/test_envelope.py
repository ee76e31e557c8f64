from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from tests.support.builders import NOON, NOON_MS

from lingqu.contracts.envelope import keyed_event_id, uuid7

KEY = b"k" * 32


def test_a_uuid7_carries_its_time_and_sorts_by_it() -> None:
    early, late = uuid7(NOON), uuid7(NOON + timedelta(milliseconds=1))
    assert uuid.UUID(early).version == 7
    assert uuid.UUID(early).variant == uuid.RFC_4122
    assert uuid.UUID(early).int >> 80 == NOON_MS
    assert early < late


def test_two_uuid7_of_one_instant_differ() -> None:
    assert len({uuid7(NOON) for _ in range(100)}) == 100


def test_the_same_row_always_gets_the_same_id() -> None:
    made = {keyed_event_id(KEY, "source", "43-A|B", NOON_MS, b"row") for _ in range(2)}
    assert len(made) == 1
    assert uuid.UUID(made.pop()).version == 8


@pytest.mark.parametrize(
    "changed",
    [
        (b"x" * 32, "source", "a", 1, b"row"),
        (KEY, "other", "a", 1, b"row"),
        (KEY, "source", "b", 1, b"row"),
        (KEY, "source", "a", 2, b"row"),
        (KEY, "source", "a", 1, b"rox"),
        (KEY, "sourc", "ea", 1, b"row"),
    ],
)
def test_an_id_depends_on_every_part(changed: tuple[bytes, str, str, int, bytes]) -> None:
    assert keyed_event_id(*changed) != keyed_event_id(KEY, "source", "a", 1, b"row")
