"""A common sum of three provinces, contributed 1:5:4 and allotted 3:4:3."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_water.compensation.given import WAN, result

from lingqu_water.compensation.account import SectionResult, statements
from lingqu_water.compensation.pool import pool_split
from lingqu_water.compensation.terms import PoolSplit

UPPER, LOWER = "52-清水铺", "52-鲢鱼溪"
PARTIES = ("53", "52", "51")
DOCUMENT: dict[str, Any] = {
    "kind": "pool_split",
    "target": "Ⅱ",
    "total_wan": 20_000,
    "contributed": {"53": 1, "52": 5, "51": 4},
    "allotted": {"53": 3, "52": 4, "51": 3},
    "on_miss": [
        {"section": UPPER, "loses": "53", "to": {"52": 1, "51": 1}},
        {"section": LOWER, "loses": "52", "to": {"51": 1}},
    ],
    "partial": [{"months_met_at_least_percent": 50, "costs_percent": 50}],
}
MET = (True, (12, 12))
PARTLY = (False, (6, 12))
MISSED = (False, (5, 12))


def section(code: str, met: bool, months: tuple[int, int]) -> SectionResult:
    water_class = "Ⅱ" if met else "Ⅲ"
    return result(water_class, target="Ⅱ", met=met, months=months, section=code)


@pytest.mark.parametrize(
    ("upper", "lower", "outcome", "nets"),
    [
        (MET, MET, "met", {"53": 4000, "52": -2000, "51": -2000}),
        (MISSED, MET, "partly_met", {"53": -2000, "52": 1000, "51": 1000}),
        (PARTLY, MET, "partly_met", {"53": 1000, "52": -500, "51": -500}),
        (MET, MISSED, "partly_met", {"53": 4000, "52": -10_000, "51": 6000}),
        (MISSED, MISSED, "missed", {"53": -2000, "52": -7000, "51": 9000}),
    ],
)
def test_what_a_miss_costs_is_passed_on(
    upper: tuple[bool, tuple[int, int]],
    lower: tuple[bool, tuple[int, int]],
    outcome: str,
    nets: dict[str, int],
) -> None:
    sections = [section(UPPER, *upper), section(LOWER, *lower)]

    verdict = pool_split(PoolSplit.model_validate(DOCUMENT), sections)

    sides = {one.party: one.net_fen for one in statements(verdict.lines, PARTIES)}
    assert verdict.outcome == outcome
    assert sides == {party: net * WAN for party, net in nets.items()}


def test_the_order_of_the_sections_means_nothing() -> None:
    rule = PoolSplit.model_validate(DOCUMENT)
    sections = [section(UPPER, *MISSED), section(LOWER, *PARTLY)]

    assert pool_split(rule, sections[::-1]).lines == pool_split(rule, sections).lines


def test_a_sum_that_nobody_loaded_leaves_the_outcome_without_money() -> None:
    rule = PoolSplit.model_validate({**DOCUMENT, "total_wan": None})

    verdict = pool_split(rule, [section(UPPER, *MET), section(LOWER, *MET)])

    assert (verdict.outcome, verdict.lines, verdict.missing) == ("met", (), ("金额",))


@given(
    st.integers(0, 10**9),
    st.dictionaries(st.sampled_from(PARTIES), st.integers(1, 9), min_size=1),
    st.dictionaries(st.sampled_from(PARTIES), st.integers(1, 9), min_size=1),
    st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=2, max_size=2),
)
def test_all_that_is_contributed_is_allotted_and_the_sides_make_zero(
    fen: int,
    contributed: dict[str, int],
    allotted: dict[str, int],
    outcomes: list[tuple[bool, int]],
) -> None:
    changes = {"total_wan": f"{fen}E-6", "contributed": contributed, "allotted": allotted}
    rule = PoolSplit.model_validate({**DOCUMENT, **changes})
    sections = [
        section(code, met, (12 if met else months, 12))
        for code, (met, months) in zip((UPPER, LOWER), outcomes, strict=True)
    ]

    verdict = pool_split(rule, sections)

    assert sum(one.contributed_fen for one in verdict.shares) == fen
    assert sum(one.allotted_fen for one in verdict.shares) == fen
    sides = {one.party: one.net_fen for one in statements(verdict.lines, PARTIES)}
    for share in verdict.shares:
        assert sides[share.party] == share.allotted_fen - share.contributed_fen
