"""The account of a month."""

from __future__ import annotations

from typing import Any

from tests.unit.lingqu_water.compensation.given import (
    APRIL,
    WAN,
    agreement,
    class_rule,
    judged_month,
    reading,
    round_document,
    transfer,
)

from lingqu_water.compensation.account import Account
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.months import month_account
from lingqu_water.readings.follow import StoredReading

ACCIDENT = class_rule(on_accident=[transfer("50", "43", "80")])


def account(
    *readings: StoredReading, of: Agreement | None = None, accident: bool = False
) -> Account:
    of = of or agreement()
    tested = judged_month(*readings, of=of)
    return month_account(of, of.rounds[0], APRIL, [tested], accident=accident)


def payments(found: Account) -> list[tuple[str, str, int | None]]:
    return [(line.payer, line.payee, line.amount_fen) for line in found.lines]


def test_enough_data_within_the_target_pays_upstream() -> None:
    found = account(reading(0), reading(1))

    assert (found.status, found.outcome, found.water_class) == ("computed", "met", "Ⅱ")
    assert payments(found) == [("43", "50", 40 * WAN)]
    assert found.clears
    assert found.readings == 2


def test_too_little_data_is_said_and_pays_nothing() -> None:
    found = account(reading(0), reading(1, data_level="raw"))

    assert (found.status, found.lines, found.water_class) == ("insufficient", (), None)
    assert len(found.reasons) == 5
    assert "协议要求 2 个" in found.reasons[0]


def test_an_item_without_a_class_leaves_the_month_without_one() -> None:
    measuring = [{"method": "auto", "items": ["tn"], "min_readings": 1}]
    found = account(reading(0, {"tn": 1.0}), of=agreement(round_document(measuring=measuring)))

    assert found.status == "insufficient"
    assert "得不出类别" in found.reasons[0]


def test_a_declared_accident_decides_whatever_was_measured() -> None:
    of = agreement(round_document(rule=ACCIDENT))

    for readings in ([], [reading(0), reading(1)]):
        found = account(*readings, of=of, accident=True)
        assert (found.status, found.outcome) == ("computed", "accident")
        assert payments(found) == [("50", "43", 80 * WAN)]


def test_an_accident_that_the_agreement_does_not_know_changes_nothing() -> None:
    readings = reading(0), reading(1)

    assert account(*readings, accident=True) == account(*readings)


def test_a_cap_cuts_what_is_paid_and_says_so() -> None:
    found = account(reading(0), reading(1), of=agreement(round_document(cap_wan="30")))

    assert payments(found) == [("43", "50", 30 * WAN)]
    assert "按上限30万元封顶" in found.lines[0].reason


def test_unread_terms_are_named() -> None:
    measuring: list[dict[str, Any]] = round_document()["measuring"]
    terms = round_document(
        rule=class_rule(verified=False),
        measuring=[{**measuring[0], "verified": False}],
        verified=False,
    )

    found = account(reading(0), reading(1), of=agreement(terms))

    assert found.unverified == ("期限", "数据量门槛", "规则")


def test_an_amount_that_is_not_loaded_is_said_in_words() -> None:
    tiers = [
        {
            "classes": ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"],
            "transfers": [transfer("43", "50", None)],
        }
    ]
    of = agreement(round_document(rule=class_rule(tiers=tiers)))

    found = account(reading(0), reading(1), of=of)

    assert (found.status, found.outcome) == ("amount_missing", "met")
    assert payments(found) == [("43", "50", None)]
    assert "金额未录入" in found.reasons[-1]


def test_money_of_others_is_shown_and_is_no_payment() -> None:
    extra = [{"giver": "中央财政", "payees": {"50": 1, "43": 2}, "amount_wan": 3, "when": "met"}]
    of = agreement(round_document(extra=extra))

    found = account(reading(0), reading(1), of=of)

    assert [(one.payee, one.amount_fen) for one in found.extra] == [("43", 2 * WAN), ("50", WAN)]
    assert payments(found) == [("43", "50", 40 * WAN)]
    worse = account(reading(0, {"tp": 9.0}), reading(1, {"tp": 9.0}), of=of)
    assert (worse.outcome, worse.extra) == ("missed", ())


def test_under_an_annual_rule_a_month_is_a_result_without_money() -> None:
    rule = {"kind": "annual_class", "target": "Ⅲ", "met": [transfer("43", "50")]}
    of = agreement(round_document(rule=rule, clearing="year"))

    found = account(reading(0), reading(1), of=of)

    assert (found.status, found.lines, found.clears) == ("tested", (), False)
    assert (found.sections[0].months_tested, found.sections[0].months_met) == (1, 1)
