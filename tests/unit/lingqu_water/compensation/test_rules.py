"""Each kind of rule, from what was tested to who pays."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.lingqu_water.compensation.given import WAN, class_rule, result, transfer

from lingqu_water.compensation.rules import (
    Passed,
    annual_class,
    monthly_class,
    monthly_limits,
    p_index,
)
from lingqu_water.compensation.terms import AnnualClass, MonthlyClass, MonthlyLimits, PIndex
from lingqu_water.compensation.verdict import Verdict


def payments(verdict: Verdict) -> list[tuple[str, str, int | None]]:
    return [(line.payer, line.payee, line.amount_fen) for line in verdict.lines]


@pytest.mark.parametrize(
    ("classes", "outcome", "payment"),
    [
        (["Ⅰ"], "met", ("43", "50", 40 * WAN)),
        (["Ⅲ"], "met", ("43", "50", 40 * WAN)),
        (["Ⅳ"], "missed", ("50", "43", 40 * WAN)),
        (["劣Ⅴ"], "missed", ("50", "43", 40 * WAN)),
        (["Ⅱ", "Ⅴ", "Ⅰ"], "missed", ("50", "43", 40 * WAN)),
    ],
)
def test_the_class_of_the_worst_section_decides_the_month(
    classes: list[str], outcome: str, payment: tuple[str, str, int]
) -> None:
    rule = MonthlyClass.model_validate(class_rule())

    verdict = monthly_class(rule, [result(one) for one in classes])

    assert (verdict.outcome, payments(verdict)) == (outcome, [payment])


def test_tiers_set_amounts_by_class_and_unread_ones_are_named() -> None:
    tiers = [
        {"classes": ["Ⅰ", "Ⅱ", "Ⅲ"], "transfers": []},
        {"classes": ["Ⅳ", "Ⅴ"], "transfers": [transfer("50", "43", "100")]},
        {"classes": ["劣Ⅴ"], "transfers": [transfer("50", "43", "200", verified=False)]},
    ]
    rule = MonthlyClass.model_validate(class_rule(tiers=tiers))

    doubled = monthly_class(rule, [result("劣Ⅴ")])

    assert payments(monthly_class(rule, [result("Ⅱ")])) == []
    assert payments(monthly_class(rule, [result("Ⅴ")])) == [("50", "43", 100 * WAN)]
    assert payments(doubled) == [("50", "43", 200 * WAN)]
    assert doubled.unverified == ("金额",)


def test_an_amount_that_nobody_loaded_leaves_the_outcome_without_money() -> None:
    tiers = [
        {
            "classes": ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"],
            "transfers": [transfer("43", "50", None)],
        }
    ]

    verdict = monthly_class(MonthlyClass.model_validate(class_rule(tiers=tiers)), [result("Ⅱ")])

    assert (verdict.outcome, verdict.missing) == ("met", ("金额",))
    assert payments(verdict) == [("43", "50", None)]


METALS: dict[str, Any] = {
    "kind": "monthly_limits",
    "limits": [{"item": "cd", "at_most": 0.005}, {"item": "tl", "at_most": 0.0001}],
    "met": [transfer("44", "43", "10")],
    "missed": [transfer("43", "44", "20")],
}


@pytest.mark.parametrize(
    ("values", "payment"),
    [
        ({"cd": 0.005, "tl": 0.0001}, ("44", "43", 10 * WAN)),
        ({"cd": 0.0051, "tl": 0.0001}, ("43", "44", 20 * WAN)),
        ({"cd": 0.001, "tl": 0.00011}, ("43", "44", 20 * WAN)),
    ],
)
def test_one_metal_beyond_its_limit_misses_the_month(
    values: dict[str, float], payment: tuple[str, str, int]
) -> None:
    rule = MonthlyLimits.model_validate(METALS)

    assert payments(monthly_limits(rule, [result(None, values=values)])) == [payment]


ANNUAL: dict[str, Any] = {
    "kind": "annual_class",
    "target": "Ⅲ",
    "pass_rates": [
        {"year": 2018, "at_least_percent": 75},
        {"year": 2019, "at_least_percent": 83},
        {"year": 2020, "at_least_percent": 100},
    ],
    "met": [transfer("44", "45", "10000")],
    "missed": [transfer("45", "44", "10000")],
}


@pytest.mark.parametrize(
    ("year", "water_class", "months", "outcome"),
    [
        (2018, "Ⅲ", (9, 12), "met"),
        (2018, "Ⅲ", (8, 12), "missed"),
        (2019, "Ⅲ", (9, 12), "missed"),
        (2019, "Ⅱ", (10, 12), "met"),
        (2020, "Ⅱ", (11, 12), "missed"),
        (2020, "Ⅲ", (12, 12), "met"),
        (2018, "Ⅳ", (12, 12), "missed"),
        (2021, "Ⅲ", (1, 12), "met"),
    ],
)
def test_a_year_needs_the_class_and_the_pass_rate_of_that_year(
    year: int, water_class: str, months: tuple[int, int], outcome: str
) -> None:
    rule = AnnualClass.model_validate(ANNUAL)

    verdict = annual_class(rule, year, [result(water_class, months=months)])

    assert verdict.outcome == outcome
    assert verdict.pass_percent == pytest.approx(100 * months[0] / months[1])


INDEX: dict[str, Any] = {
    "kind": "p_index",
    "k0": "0.85",
    "items": [
        {"item": "codmn", "weight": "0.5", "base": "2"},
        {"item": "tn", "weight": "0.5", "base": "1.25"},
    ],
    "bands": [
        {"at_most": "0.85", "outcome": "met", "transfers": [transfer("33", "34", "20000")]},
        {"at_most": "1", "outcome": "met", "transfers": [transfer("33", "34", "10000")]},
        {"at_most": None, "outcome": "missed", "transfers": [transfer("34", "33", "10000")]},
    ],
}


@pytest.mark.parametrize(
    ("values", "index", "payment"),
    [
        ({"codmn": 2.0, "tn": 1.25}, 0.85, ("33", "34", 20_000 * WAN)),
        ({"codmn": 2.0, "tn": 1.26}, 0.8534, ("33", "34", 10_000 * WAN)),
        ({"codmn": 4.0, "tn": 1.25}, 1.275, ("34", "33", 10_000 * WAN)),
    ],
)
def test_the_index_counts_nitrogen_and_pays_by_its_band(
    values: dict[str, float], index: float, payment: tuple[str, str, int]
) -> None:
    verdict = p_index(PIndex.model_validate(INDEX), [result(None, values=values)])

    assert verdict.index == pytest.approx(index)
    assert payments(verdict) == [payment]


def test_an_index_without_its_base_is_not_computed() -> None:
    items = [{"item": "codmn", "weight": 1, "base": None}]
    rule = PIndex.model_validate({**INDEX, "items": items})

    verdict = p_index(rule, [result(None, values={"codmn": 2.0})])

    assert (verdict.outcome, verdict.index, verdict.missing) == (None, None, ("基准值",))
    assert "基准值未录入" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("before", "months", "outcome", "said"),
    [
        (Passed(9, 12), (9, 12), "met", "上年月达标 9/12,本年未下降"),
        (Passed(9, 12), (8, 12), "missed", "上年月达标 9/12,本年下降"),
        (Passed(9, 12), (9, 11), "met", "上年月达标 9/12,本年未下降"),
        (None, (1, 12), "met", "上年数据不足,逐年改善的要求未计"),
    ],
)
def test_a_pass_rate_below_that_of_the_year_before_misses(
    before: Passed | None, months: tuple[int, int], outcome: str, said: str
) -> None:
    document = {**ANNUAL, "pass_rates": [], "improving": {"verified": False}}
    rule = AnnualClass.model_validate(document)
    verdict = annual_class(rule, 2020, [result("Ⅲ", months=months)], before)
    assert verdict.outcome == outcome
    assert verdict.reasons[0].endswith(said)
    assert verdict.unverified == ("规则",)
