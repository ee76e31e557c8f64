from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.builders import contract_folder, field, schema

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import CatalogueEntry, Contract, Sla
from lingqu.quality.score import Score, percent
from lingqu.quality.yardstick import Yardstick, deadline_s


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, None), (0, 3, 0.0), (1, 3, 33.33), (3, 3, 100.0), (99_999, 100_000, 99.99)],
)
def test_only_all_of_it_is_a_hundred_percent(part: int, whole: int, expected: float | None) -> None:
    assert percent(part, whole) == expected


def test_shares_are_of_what_there_is_and_repeats_are_none_of_it() -> None:
    score = Score(
        accepted=8,
        repeats=100,
        timed=4,
        on_time=3,
        refused=Counter(rule=1, wrong_region=1),
        filled=Counter(a=8, b=2),
        asked=Counter(a=8, b=8),
    )
    assert score.validity_percent == 80.0
    assert score.timeliness_percent == 75.0
    assert score.completeness_percent == 62.5
    assert Score().completeness_percent is None
    assert Score.of(score.members()) == score


def test_scores_add_up() -> None:
    one = Score(1, 2, 3, 2, Counter(a=1), Counter(first=1), Counter(x=0), Counter(x=1))
    one.add(one)
    assert one == Score(2, 4, 6, 4, Counter(a=2), Counter(first=2), Counter(x=0), Counter(x=2))


@pytest.mark.parametrize(
    ("latency_s", "cycle", "expected"),
    [
        (600, "每月", 600),
        (None, "每4小时", 14_400),
        (None, "每10分钟", 600),
        (None, "每日", 86_400),
        (None, "每3个月", 93 * 86_400),
        (None, "实时", None),
        (None, "", None),
    ],
)
def test_an_event_is_due_as_the_sla_says_else_the_update_cycle(
    contract: Contract, latency_s: int | None, cycle: str, expected: int | None
) -> None:
    entry = CatalogueEntry(update_cycle=cycle)
    assert deadline_s(replace(contract, sla=Sla(latency_s), entry=entry)) == expected


def test_fields_that_must_be_filled_are_not_asked_for(tmp_path: Path) -> None:
    fields = [
        field("station", "string"),
        field("count", "long", default=0),
        field("tags", {"type": "map", "values": "string"}, default={}),
        field("either", ["null", "long"], default=None),
        field("note", ["null", "string"], default=None),
    ]
    text = schema("demo.tagged", fields)
    made = load_catalogue(
        contract_folder(tmp_path, "demo.tagged", versions={"1.0": text}, rules=[])
    )
    yardstick = Yardstick(made.contract("demo.tagged"), 1)
    assert (yardstick.sized, yardstick.nullable) == (("tags", "note"), ("either",))
