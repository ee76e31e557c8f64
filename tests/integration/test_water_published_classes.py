"""Computed classes beside the published ones of real files."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tests.support.published_classes import HOURLY, OTHERS, SHARED, compare, explained, kinds

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not SHARED.exists(), reason="the shared data files are not here"),
]


def agreement(files: Iterable[str]) -> tuple[int, int]:
    """Return how many rows have a published class, and how many of them the computed one."""
    rows = [row for file in files for row in compare(file)]
    return len(rows), sum(row.agrees for row in rows)


def test_the_three_hourly_files_agree() -> None:
    rows, agreeing = agreement(HOURLY)
    assert rows == 6_236
    assert agreeing / rows >= 0.988


def test_the_other_files_agree() -> None:
    rows, agreeing = agreement(OTHERS)
    assert rows == 2_869
    assert agreeing / rows >= 0.99


def test_the_snapshot_of_2026_agrees_by_itself() -> None:
    rows, agreeing = agreement(OTHERS[-1:])
    assert rows == 1_145
    assert agreeing / rows >= 0.99


def test_the_named_lakes_of_the_three_provinces_are_in_the_table() -> None:
    lakes = {code for code, kind in kinds(doubtful=False).items() if kind == "lake"}
    named = {
        "43": "岳阳楼 东洞庭湖 南嘴 小河嘴 万子湖 鹿角 蒋家嘴 大通湖",
        "36": "都昌 康山 蛤蟆石 南矶山 湖心岛",
        "44": "新丰江水库 良德水库",
    }
    assert lakes == {
        f"{region}-{name}" for region, names in named.items() for name in names.split()
    }


def test_every_disagreeing_row_has_a_cause() -> None:
    rows = explained(row for file in (*HOURLY, *OTHERS) for row in compare(file))
    assert rows
    assert all(row.cause for row in rows)
