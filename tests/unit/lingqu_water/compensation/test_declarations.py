"""An accident is declared by a person, for an open period whose rule asks for it."""

from __future__ import annotations

import pytest
from tests.unit.lingqu_water.compensation.books import OFFICE, Booking, booking, months
from tests.unit.lingqu_water.compensation.given import (
    agreement,
    class_rule,
    round_document,
    transfer,
)

from lingqu.errors import ConflictError, InputError
from lingqu_water.compensation.acts import Signer
from lingqu_water.compensation.declarations import declare_accident

ACCIDENT = agreement(round_document(rule=class_rule(on_accident=[transfer("50", "43", "80")])))
FOUND = Signer(OFFICE.org, OFFICE.person, "上游尾矿库泄漏,联合调查组认定")


def declare(books: Booking, period: str, *, happened: bool = True, signer: Signer = FOUND) -> None:
    with books.sessions.begin() as session:
        declare_accident(books.book, session, "shili", period, signer, happened=happened)


def test_a_declared_accident_turns_the_account_until_it_is_taken_back() -> None:
    with booking(ACCIDENT) as books:
        books.take(*months(4))
        declare(books, "2021-04")
        declare(books, "2021-04")
        assert books.account("2021-04").outcome == "accident"
        assert books.payments("2021-04") == [("50", "43", 80.0, None)]

        declare(books, "2021-04", happened=False)

        assert books.account("2021-04").outcome == "met"
        assert [one["version"] for one in books.published()] == [1, 2, 3]


def test_an_accident_makes_an_account_without_any_reading() -> None:
    with booking(ACCIDENT) as books:
        declare(books, "2021-06")

        assert books.account("2021-06").status == "computed"


@pytest.mark.parametrize("period", ["2021", "2022-01"])
def test_a_period_whose_rule_knows_no_accident_is_refused(period: str) -> None:
    with booking(ACCIDENT) as books, pytest.raises(InputError, match="says nothing of accidents"):
        declare(books, period)


def test_an_accident_needs_a_reason_and_an_open_period() -> None:
    with booking(ACCIDENT) as books:
        books.take(*months(4))
        with pytest.raises(InputError, match="needs a reason"):
            declare(books, "2021-04", signer=OFFICE)
        books.close("2021-04")
        with pytest.raises(ConflictError, match="is closed"):
            declare(books, "2021-04")
