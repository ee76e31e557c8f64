"""An agreement's document is closed, whole, and names nobody it does not know."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from tests.unit.lingqu_water.compensation.given import (
    agreement,
    class_rule,
    document,
    round_document,
    transfer,
)

from lingqu_water.compensation.agreement import Agreement
from lingqu_water.period import Month

ANNUAL = {"kind": "annual_class", "target": "Ⅲ", "met": [transfer("43", "50")]}
POOL = {
    "kind": "pool_split",
    "target": "Ⅱ",
    "total_wan": 100,
    "contributed": {"43": 1},
    "allotted": {"50": 1},
}
INDEX = {
    "kind": "p_index",
    "k0": "0.9",
    "items": [{"item": "tn", "weight": 1, "base": 1}],
    "bands": [{"at_most": None, "outcome": "met"}],
}
TWO_OF_A_KIND = {"classes": ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ", "Ⅰ"]}


def measuring(**more: Any) -> dict[str, Any]:
    return {"method": "auto", "items": ["tp"], **more}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "blue"}, "Extra inputs"),
        ({"valid_from": "2021-01-02"}, "first day"),
        ({"valid_until": "2021-12-30"}, "first day"),
        ({"valid_until": "2020-12-31"}, "before valid_from"),
        ({"rule": ANNUAL, "clearing": "year", "valid_from": "2021-02-01"}, "whole years"),
        ({"rule": ANNUAL}, "clearing: year"),
        ({"rule": class_rule(tiers=[TWO_OF_A_KIND])}, "exactly once"),
        ({"rule": class_rule(on_accident=[transfer("43", "43")])}, "would pay itself"),
        ({"rule": class_rule(on_accident=[transfer("43", "44")])}, "44 would pay or be paid"),
        ({"rule": {**POOL, "contributed": {"44": 1}}, "clearing": "year"}, "44 would pay"),
        (
            {
                "rule": {**POOL, "on_miss": [{"section": "x", "loses": "43", "to": {"50": 1}}]},
                "clearing": "year",
            },
            "no section of it",
        ),
        ({"rule": INDEX, "clearing": "year"}, "tn is tested, but no"),
        ({"rule": {**INDEX, "bands": []}, "clearing": "year"}, "at least 1 item"),
        (
            {
                "rule": {**INDEX, "bands": [{"at_most": 1, "outcome": "met"}]},
                "clearing": "year",
            },
            "at_most: null",
        ),
        ({"measuring": [measuring()]}, "give min_readings"),
        ({"measuring": [measuring(per_day=6)]}, "belong together"),
        ({"measuring": [measuring(min_readings=1), measuring(min_readings=1)]}, "named twice"),
        ({"sections": []}, "at least 1 item"),
        ({"sources": []}, "at least 1 item"),
    ],
)
def test_a_round_that_does_not_hold_together_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        agreement(round_document(**changes))


def test_rounds_do_not_overlap() -> None:
    later = round_document(name="第二轮", valid_from="2021-12-01", valid_until=None)
    with pytest.raises(ValidationError, match="overlap"):
        agreement(round_document(), later)


def test_a_party_is_named_once() -> None:
    party = {"region": "43", "name": "湖南省", "role": "upstream"}
    with pytest.raises(ValidationError, match="named twice"):
        agreement(parties=[party, party])


def test_an_amount_finer_than_a_fen_is_refused() -> None:
    with pytest.raises(ValidationError, match="decimal places"):
        agreement(round_document(rule=class_rule(on_accident=[transfer("43", "50", "0.0000001")])))


def test_a_month_is_judged_by_the_round_that_covers_it() -> None:
    later = round_document(name="第二轮", valid_from="2022-03-01", valid_until=None)
    found = agreement(round_document(), later)

    names = {month: found.round_of(month) for month in (Month(2021, 12), Month(2030, 1))}
    assert [one.name for one in names.values() if one] == ["第一轮", "第二轮"]
    assert found.round_of(Month(2022, 2)) is None
    assert found.round_of(Month(2020, 12)) is None


@pytest.mark.parametrize(
    ("threshold", "needed"),
    [
        ({"min_readings": 3}, 3),
        ({"per_day": 6, "min_percent": "60"}, 108),
        ({"per_day": 6, "min_percent": "60.01"}, 109),
        ({"per_day": 1, "min_percent": "10", "min_readings": 5}, 5),
    ],
)
def test_the_threshold_counts_the_days_of_the_month(threshold: dict[str, Any], needed: int) -> None:
    terms = agreement(
        round_document(measuring=[{"method": "auto", "items": ["tp"], **threshold}])
    ).rounds[0]

    assert terms.measuring[0].needed(Month(2021, 4)) == needed


def test_the_digest_tells_terms_apart_and_survives_a_round_trip() -> None:
    one = agreement()

    assert Agreement.model_validate_json(one.model_dump_json()).digest == one.digest
    assert agreement(round_document(min_months=11)).digest != one.digest
    assert Agreement.model_validate(document()).digest == one.digest
