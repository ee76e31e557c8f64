"""How far an account has come, whatever the order in which the messages arrive."""

from __future__ import annotations

from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_water.compensation.lifecycle import Message, claim_states, state_of

TWO, THREE = ("43", "50"), ("51", "52", "53")


def said(*messages: tuple[str, str, str | None]) -> list[Message]:
    """Return messages of (origin, state, claim referred to by its place), in order of time."""
    places = count()
    return [
        Message(f"e{place}", "shili", "2021-04", origin, state, refers_to, place)
        for place, (origin, state, refers_to) in zip(places, messages, strict=False)
    ]


CLAIM = ("43", "claimed", None)


@pytest.mark.parametrize(
    ("messages", "parties", "state"),
    [
        ([], TWO, "computed"),
        ([("50", "computed", None)], TWO, "computed"),
        ([CLAIM], TWO, "claimed"),
        ([CLAIM, ("50", "confirmed", "e0")], TWO, "confirmed"),
        ([CLAIM, ("50", "disputed", "e0")], TWO, "disputed"),
        ([CLAIM, ("50", "disputed", "e0"), ("50", "confirmed", "e0")], TWO, "confirmed"),
        ([CLAIM, ("50", "confirmed", "another")], TWO, "claimed"),
        ([CLAIM, ("43", "confirmed", "e0")], TWO, "claimed"),
        ([CLAIM, ("50", "confirmed", "e0"), ("43", "settled", "e0")], TWO, "settled"),
        ([CLAIM, ("43", "settled", "e0")], TWO, "claimed"),
        ([CLAIM, ("50", "claimed", None), ("43", "confirmed", "e1")], TWO, "confirmed"),
        ([("52", "claimed", None), ("51", "confirmed", "e0")], THREE, "claimed"),
        (
            [("52", "claimed", None), ("51", "confirmed", "e0"), ("53", "disputed", "e0")],
            THREE,
            "disputed",
        ),
        (
            [("52", "claimed", None), ("51", "confirmed", "e0"), ("53", "confirmed", "e0")],
            THREE,
            "confirmed",
        ),
    ],
)
def test_claims_and_answers_make_the_state(
    messages: list[tuple[str, str, str | None]], parties: tuple[str, ...], state: str
) -> None:
    assert state_of(said(*messages), parties) == state


MESSAGES = st.lists(
    st.tuples(
        st.sampled_from(THREE),
        st.sampled_from(["claimed", "confirmed", "disputed", "settled", "computed"]),
        st.sampled_from([None, "e0", "e1", "e2"]),
    ),
    max_size=8,
)


@given(MESSAGES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_means_nothing(
    messages: list[tuple[str, str, str | None]], random: Random
) -> None:
    there = said(*messages)
    shuffled = random.sample(there, len(there))

    assert state_of(shuffled, THREE) == state_of(there, THREE)
    assert claim_states(shuffled, THREE) == claim_states(there, THREE)
