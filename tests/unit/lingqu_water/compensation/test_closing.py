"""Closed periods never change: what changes later is made good in the next open one."""

from __future__ import annotations

import pytest
from tests.unit.lingqu_water.compensation.books import booking, corrected, measured, months
from tests.unit.lingqu_water.compensation.given import agreement, round_document, transfer

from lingqu.errors import ConflictError, InputError, NotFoundError

UPSTREAM_PAID = ("43", "50", 40.0, None)
TURNED = ("50", "43", 80.0, "2021-04")
BACK = ("43", "50", 80.0, "2021-04")


def test_closing_claims_the_account_from_the_other_party() -> None:
    with booking() as books:
        books.take(*months(4))
        kept = books.close("2021-04")

        first, claim = books.published()
    assert (kept.state, kept.closed) == ("claimed", True)
    assert (claim["state"], claim["change"]) == ("claimed", "revision")
    assert (claim["supersedes"], claim["version"]) == (first["event_id"], 2)
    assert (claim["stated_by_org"], claim["stated_by"]) == ("湖南省财政厅", "张三")


def test_a_change_after_closing_enters_the_next_open_period() -> None:
    with booking() as books:
        books.take(*months(4, 5))
        books.close("2021-04")
        frozen = books.kept("2021-04").account

        books.take(corrected(measured(4, 0), 40.0))

        assert books.kept("2021-04").account == frozen
        assert books.payments("2021-05") == [UPSTREAM_PAID, TURNED]
        assert books.published()[-1]["payments"][1]["corrects_period"] == "2021-04"


def test_a_change_that_is_taken_back_leaves_no_correction() -> None:
    with booking() as books:
        books.take(*months(4, 5))
        books.close("2021-04")
        books.take(corrected(measured(4, 0), 40.0))
        books.take(corrected(measured(4, 0), 2.4, as_of_ms=2_000_000_000_000))

        assert books.payments("2021-05") == [UPSTREAM_PAID]


def test_the_correction_waits_in_a_period_that_has_no_readings_yet() -> None:
    with booking() as books:
        books.take(*months(4))
        books.close("2021-04")
        books.take(corrected(measured(4, 0), 40.0))

        assert books.payments("2021-05") == [TURNED]
        assert books.account("2021-05").status == "insufficient"
        books.take(*months(5))
        assert books.payments("2021-05") == [UPSTREAM_PAID, TURNED]


def test_a_correction_that_was_closed_is_booked_and_can_itself_be_made_good() -> None:
    with booking() as books:
        books.take(*months(4, 5, 6))
        books.close("2021-04")
        books.take(corrected(measured(4, 0), 40.0))
        books.close("2021-05")
        assert books.payments("2021-06") == [UPSTREAM_PAID]

        books.take(corrected(measured(4, 0), 2.4, as_of_ms=2_000_000_000_000))

        assert books.payments("2021-05") == [UPSTREAM_PAID, TURNED]
        assert books.payments("2021-06") == [UPSTREAM_PAID, BACK]


def test_after_the_term_corrections_have_an_account_of_their_own() -> None:
    with booking(agreement(round_document(valid_until="2021-04-30"))) as books:
        books.take(*months(4))
        books.close("2021-04")
        books.take(corrected(measured(4, 0), 40.0))

        found = books.account("2021-05")
        assert (found.kind, found.status) == ("correction", "computed")
        assert books.payments("2021-05") == [TURNED]
        assert books.close("2021-05").state == "claimed"


def test_a_closed_month_that_lost_its_data_is_left_to_people() -> None:
    gone = {"validity": "invalid", "validity_reason": "仪器故障"}
    with booking() as books:
        books.take(*months(4, 5))
        books.close("2021-04")
        books.take(corrected(measured(4, 0), 2.4, **gone))

        assert books.payments("2021-05") == [UPSTREAM_PAID]
        assert "2021-04 已结账" in books.account("2021-05").reasons[-1]


def test_a_year_is_closed_after_its_months_and_corrected_through_them() -> None:
    with booking(agreement(round_document(clearing="year", valid_until=None))) as books:
        books.take(*months(*range(1, 13)))
        with pytest.raises(ConflictError, match="close its months first"):
            books.close("2021")
        for number in range(1, 13):
            books.close(f"2021-{number:02d}")
        books.close("2021")

        books.take(corrected(measured(4, 0), 40.0))

        assert books.payments("2021") == [("43", "50", 480.0, None)]
        assert books.payments("2022-01") == [TURNED]


def test_a_closed_year_under_an_annual_rule_is_corrected_in_the_next() -> None:
    rule = {
        "kind": "annual_class",
        "target": "Ⅲ",
        "met": [transfer("43", "50")],
        "missed": [transfer("50", "43")],
    }
    terms = round_document(rule=rule, clearing="year", valid_until=None)
    with booking(agreement(terms)) as books:
        books.take(*months(*range(1, 13)))
        with pytest.raises(ConflictError, match="close the year 2021"):
            books.close("2021-04")
        books.close("2021")

        books.take(corrected(measured(7, 0), 190.0))

        assert books.payments("2021") == [UPSTREAM_PAID]
        assert books.payments("2022") == [("50", "43", 80.0, "2021")]


def test_what_cannot_be_closed_says_why() -> None:
    with booking() as books:
        books.take(*months(4), measured(5))
        with pytest.raises(InputError, match="is insufficient"):
            books.close("2021-05")
        assert books.close("2021-05", "双方会商,本月不结算").closed
        books.close("2021-04")
        with pytest.raises(ConflictError, match="next open period"):
            books.close("2021-04")
        with pytest.raises(NotFoundError, match="no account for 2021-06"):
            books.close("2021-06")
        with pytest.raises(InputError, match="is no period"):
            books.close("April")


def test_a_period_that_is_not_over_cannot_be_closed() -> None:
    with booking() as books:
        books.take(*months(4))
        books.clock.advance(-(365 * 4 + 251) * 86_400)

        with pytest.raises(ConflictError, match="can be closed from 2021-05-01 on"):
            books.close("2021-04")


def test_an_example_cannot_be_closed() -> None:
    with booking(agreement(example=True)) as books:
        books.take(*months(4))

        with pytest.raises(ConflictError, match="示例"):
            books.close("2021-04")
