from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_medical.given import at

from lingqu.instants import days
from lingqu_medical.filings.benefit import load_benefits
from lingqu_medical.filings.lifecycle import covers, is_over, may_become

BENEFITS = load_benefits()


def filing(first: str, **changed: Any) -> dict[str, Any]:
    return {
        "filing_type": "long_term",
        "state": "valid",
        "filed_at": at("2026-09-01T09:00:00"),
        "effective_from": number(first),
        "effective_until": None,
        "ended_on": None,
        **changed,
    }


def number(text: str) -> int:
    return days(date.fromisoformat(text))


@given(st.integers(-500, 500), st.integers(0, 300), st.one_of(st.none(), st.integers(0, 300)))
def test_a_filing_covers_exactly_the_days_from_its_first_to_its_last(
    day: int, lasts: int, ended_after: int | None
) -> None:
    first = number("2026-06-01")
    one = filing("2026-06-01", effective_until=first + lasts)
    one["ended_on"] = None if ended_after is None else first + ended_after
    last = lasts if ended_after is None else min(lasts, ended_after - 1)
    assert covers(one, first + day) == (0 <= day <= last)


def test_the_filing_in_force_on_the_beijing_day_decides_the_ratio() -> None:
    filings = [
        filing("2026-09-01"),
        filing("2026-10-07", filing_type="referral", effective_until=number("2026-10-20")),
    ]
    days = {"2026-08-31": "unfiled", "2026-10-06": "long_term", "2026-10-20": "referred"}
    assert {day: BENEFITS.type_on(filings, date.fromisoformat(day)) for day in days} == days
    # 23:30 UTC of the 6th is the 7th in Beijing
    assert BENEFITS.type_at(filings, at("2026-10-07T07:30:00")) == "referred"
    assert BENEFITS.type_at(filings, at("2026-10-06T23:59:59")) == "long_term"


def test_a_filing_made_afterwards_covers_what_came_before_it() -> None:
    late = filing("2026-10-07", filing_type="emergency", retroactive=True)
    assert BENEFITS.type_on([late], date(2026, 10, 8)) == "emergency"


def test_the_ratio_is_that_of_the_insured_place_and_unknown_where_nobody_loaded_one() -> None:
    assert BENEFITS.ratio("441900", "referred", date(2026, 10, 1)) == Decimal("0.90")
    assert BENEFITS.ratio("441900", "unfiled", date(2022, 12, 31)) is None
    assert BENEFITS.ratio("430100", "referred", date(2026, 10, 1)) is None
    assert not BENEFITS.verified


@pytest.mark.parametrize("state", ["changed", "cancelled", "expired"])
def test_an_ended_filing_stays_as_it_is(state: str) -> None:
    assert may_become("valid", state)
    assert not may_become(state, "valid")
    assert not may_become(state, state)


def test_only_a_valid_filing_whose_last_day_has_passed_expires() -> None:
    one = filing("2026-06-01", effective_until=number("2026-06-30"))
    assert not is_over(one, number("2026-06-30"))
    assert is_over(one, number("2026-07-01"))
    assert not is_over(one | {"state": "cancelled"}, number("2026-07-01"))
    assert not is_over(filing("2026-06-01"), number("2030-01-01"))
