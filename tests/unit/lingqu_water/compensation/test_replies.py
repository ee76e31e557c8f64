"""Claims, answers and settlements between the parties."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lingqu_water.compensation.books import Booking, booking, months
from tests.unit.lingqu_water.compensation.given import agreement, round_document

from lingqu.errors import ConflictError, InputError, NotFoundError


def said(state: str, refers_to: str | None = None, **more: Any) -> dict[str, Any]:
    """Return what 重庆市 says of April, as it arrives on the topic."""
    return {
        "event_id": f"{state}-of-50",
        "occurred_at": 1_900_000_000_000,
        "origin": "50",
        "change": "first",
        "agreement_id": "shili",
        "period": "2021-04",
        "state": state,
        "refers_to": refers_to,
        "statements": [
            {"party": "50", "net_fen": 40_000_000},
            {"party": "43", "net_fen": -40_000_000},
        ],
        **more,
    }


def claimed(books: Booking) -> str:
    """Close April and return the event that claims it."""
    books.take(*months(4))
    event_id = books.close("2021-04").event_id
    assert event_id is not None
    return event_id


def test_a_claim_is_confirmed_by_the_other_side_and_then_settled() -> None:
    with booking() as books:
        claim = claimed(books)
        books.receive(said("confirmed", claim))
        assert books.kept("2021-04").state == "confirmed"

        assert books.settle("2021-04").state == "settled"
        paid = books.published()[-1]
    assert (paid["state"], paid["refers_to"]) == ("settled", claim)
    assert (paid["voucher_no"], paid["change"]) == ("国库拨字第1号", "first")


def test_a_disputed_claim_is_settled_only_after_it_is_confirmed() -> None:
    with booking() as books:
        claim = claimed(books)
        books.receive(said("disputed", claim))
        assert books.kept("2021-04").state == "disputed"
        with pytest.raises(ConflictError, match="only a confirmed one"):
            books.settle("2021-04")

        books.receive(said("confirmed", claim, occurred_at=1_900_000_000_001))

        assert books.settle("2021-04").state == "settled"


def test_a_claim_of_the_other_side_is_confirmed_here_and_closes_the_period() -> None:
    with booking() as books:
        books.take(*months(4))
        books.receive(said("claimed"))
        assert books.kept("2021-04").state == "claimed"

        kept = books.answer("2021-04", "confirmed", "claimed-of-50")

        answer = books.published()[-1]
    assert (kept.state, kept.closed) == ("confirmed", True)
    assert (answer["state"], answer["refers_to"]) == ("confirmed", "claimed-of-50")


def test_a_claim_of_other_amounts_is_confirmed_with_a_reason_only() -> None:
    other = [{"party": "50", "net_fen": 1}, {"party": "43", "net_fen": -1}]
    with booking() as books:
        books.take(*months(4))
        books.receive(said("claimed", statements=other))
        with pytest.raises(ConflictError, match=r"the claim says 43 -0\.000001万元, 50"):
            books.answer("2021-04", "confirmed", "claimed-of-50")

        assert books.answer("2021-04", "confirmed", "claimed-of-50", "双方会商").state == (
            "confirmed"
        )


def test_a_dispute_needs_a_reason_and_leaves_the_period_open() -> None:
    with booking() as books:
        books.take(*months(4))
        books.receive(said("claimed"))
        with pytest.raises(InputError, match="needs a reason"):
            books.answer("2021-04", "disputed", "claimed-of-50")

        kept = books.answer("2021-04", "disputed", "claimed-of-50", "13 个数据存疑")

        assert (kept.state, kept.closed) == ("disputed", False)
        assert "13 个数据存疑" in books.published()[-1]["reason"]


def test_only_a_claim_of_another_party_can_be_answered() -> None:
    with booking() as books:
        claim = claimed(books)

        with pytest.raises(NotFoundError, match="none has come yet"):
            books.answer("2021-04", "confirmed", claim)


def test_a_month_that_is_cleared_with_its_year_is_not_settled() -> None:
    with booking(agreement(round_document(clearing="year"))) as books:
        claim = claimed(books)
        books.receive(said("confirmed", claim))

        with pytest.raises(ConflictError, match="settle 2021"):
            books.settle("2021-04")


@pytest.mark.parametrize(
    "event",
    [
        said("confirmed", "claim", origin="44"),
        said("confirmed", "claim", origin="43"),
        said("confirmed", "claim", agreement_id="another"),
        said("claimed", change="withdrawal"),
    ],
)
def test_what_is_not_the_other_partys_word_changes_nothing(event: dict[str, Any]) -> None:
    with booking() as books:
        books.take(*months(4))

        books.receive(event)

        assert books.kept("2021-04").state == "computed"


def test_an_answer_that_arrives_before_the_account_counts_once_it_is_there() -> None:
    with booking() as books:
        books.receive(said("claimed"))
        books.take(*months(4))

        assert books.kept("2021-04").state == "claimed"


@settings(max_examples=25)
@given(st.permutations(["disputed", "confirmed", "computed"]), st.randoms(use_true_random=False))
def test_the_order_of_the_other_sides_messages_means_nothing(
    states: list[str], random: Random
) -> None:
    with booking() as books:
        claim = claimed(books)
        events = [
            said(state, claim, event_id=f"e{at}", occurred_at=1_900_000_000_000 + at)
            for at, state in enumerate(states)
        ]
        for event in random.sample(events, len(events)):
            books.receive(event)

        last = [state for state in states if state != "computed"][-1]
        assert books.kept("2021-04").state == last
