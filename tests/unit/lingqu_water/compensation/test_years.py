"""The account of a year, from its months."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.lingqu_water.compensation.given import (
    WAN,
    agreement,
    judged_month,
    means,
    reading,
    round_document,
    transfer,
)

from lingqu_water.compensation.account import Account, Line
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.months import month_account
from lingqu_water.compensation.years import annual_account, summed_account
from lingqu_water.period import Month, months_of_year

GOOD, BAD = {"codmn": 2.4}, {"codmn": 12.0}
ANNUAL: dict[str, Any] = {
    "kind": "annual_class",
    "target": "Ⅲ",
    "met": [transfer("43", "50", "100")],
    "missed": [transfer("50", "43", "100")],
    "on_accident": [transfer("50", "43", "300")],
}


def yearly(**more: Any) -> Agreement:
    return agreement(round_document(clearing="year", **more))


def month(of: Agreement, number: int, values: dict[str, float], count: int = 2) -> Account:
    when = Month(2021, number)
    at = [when.from_ms, when.from_ms + 1]
    readings = [reading(0, values, sampled_at_ms=moment) for moment in at[:count]]
    terms = of.round_of(when)
    assert terms is not None
    tested = judged_month(*readings, of=of, month=when)
    return month_account(of, terms, when, [tested], accident=False)


def months(of: Agreement, *bad: int) -> dict[str, Account]:
    return {
        str(one): month(of, one.number, BAD if one.number in bad else GOOD)
        for one in months_of_year(2021)
        if of.round_of(one)
    }


def payments(found: Account | None) -> list[tuple[str, str, int | None]]:
    assert found is not None
    return [(line.payer, line.payee, line.amount_fen) for line in found.lines]


def test_a_year_adds_up_what_its_months_pay_each_way() -> None:
    of = yearly()

    found = summed_account(of, 2021, months(of, 3, 7), ())

    assert payments(found) == [("43", "50", 400 * WAN), ("50", "43", 80 * WAN)]
    assert found is not None
    assert (found.status, found.sections[0].months_met) == ("computed", 10)


def test_a_year_with_an_open_month_names_it_and_pays_nothing() -> None:
    of = yearly()
    there = months(of) | {"2021-05": month(of, 5, GOOD, count=1)}
    there.pop("2021-12")

    found = summed_account(of, 2021, there, ())

    assert found is not None
    assert (found.status, found.lines) == ("insufficient", ())
    assert found.reasons == ("尚未核算:2021-05、2021-12",)


def test_a_month_that_was_closed_without_data_counts_as_agreed() -> None:
    of = yearly()
    there = months(of) | {"2021-05": month(of, 5, GOOD, count=1)}

    found = summed_account(of, 2021, there, {"2021-05"})

    assert payments(found) == [("43", "50", 440 * WAN)]


def test_months_that_are_cleared_by_themselves_make_no_year() -> None:
    of = agreement()

    assert summed_account(of, 2021, months(of), ()) is None


def test_a_year_divided_between_rounds_has_the_cap_of_each() -> None:
    of = agreement(
        round_document(valid_until="2021-06-30", clearing="year", cap_wan="100"),
        round_document(name="第二轮", valid_from="2021-07-01", clearing="year"),
    )

    found = summed_account(of, 2021, months(of), ())

    assert payments(found) == [("43", "50", 100 * WAN), ("43", "50", 240 * WAN)]


def test_corrections_in_the_months_stay_apart_in_the_year() -> None:
    of = yearly(cap_wan="300")
    correction = Line("50", "43", 80 * WAN, "更正 2020-04", "2020-04")
    there = months(of)
    there["2021-02"] = there["2021-02"].with_corrections([correction], [])

    found = summed_account(of, 2021, there, ())

    assert payments(found) == [("43", "50", 300 * WAN), ("50", "43", 80 * WAN)]
    assert found is not None
    assert found.corrections == (correction,)


@pytest.mark.parametrize(
    ("bad", "outcome", "payment"),
    [
        ((), "met", ("43", "50", 100 * WAN)),
        ((1, 2, 3), "met", ("43", "50", 100 * WAN)),
        (range(1, 7), "missed", ("50", "43", 100 * WAN)),
    ],
)
def test_an_annual_mean_is_the_mean_of_the_monthly_means(
    bad: Any, outcome: str, payment: tuple[str, str, int]
) -> None:
    of = yearly(rule=ANNUAL)

    found = annual_account(of, of.rounds[0], 2021, months(of, *bad), means(), accident=False)

    assert (found.outcome, payments(found)) == (outcome, [payment])
    (codmn,) = [mean for mean in found.sections[0].means if mean.item == "codmn"]
    expected = (len(bad) * 12.0 + (12 - len(bad)) * 2.4) / 12
    assert codmn.value == pytest.approx(expected)
    assert found.sections[0].months_met == 12 - len(bad)


def test_a_year_with_too_few_tested_months_is_insufficient() -> None:
    of = yearly(rule=ANNUAL, min_months=12)
    there = months(of) | {"2021-05": month(of, 5, GOOD, count=1)}

    found = annual_account(of, of.rounds[0], 2021, there, means(), accident=False)

    assert (found.status, found.lines) == ("insufficient", ())
    assert found.reasons == ("数据充分的月份 11 个,协议要求 12 个",)


def test_an_accident_in_the_year_decides_it() -> None:
    of = yearly(rule=ANNUAL)

    found = annual_account(of, of.rounds[0], 2021, {}, means(), accident=True)

    assert (found.status, payments(found)) == ("computed", [("50", "43", 300 * WAN)])
