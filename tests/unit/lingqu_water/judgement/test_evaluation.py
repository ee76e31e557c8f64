"""Kinds of evaluation are data."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.lingqu_water.judgement.given import DAY, GOOD, items

from lingqu.errors import NotFoundError
from lingqu_water.judgement.classify import load_judge
from lingqu_water.judgement.evaluation import load_evaluation

ROUNDED = """
source: s
evaluations:
  - name: reading
    title_zh: 修约
    expected: [tp]
    decimals: {tp: 2}
    below_detection: 0.5
    ph_mean: arithmetic
"""


def test_readings_are_compared_as_they_are() -> None:
    assert load_evaluation("reading").decimals == {}


def test_an_operator_may_have_values_rounded_first(tmp_path: Path) -> None:
    (tmp_path / "evaluations.yaml").write_text(ROUNDED, "utf-8")
    water = items({**GOOD, "tp": 0.104})
    assert load_judge("reading").classify(water, "river", DAY).water_class == "Ⅲ"
    assert load_judge("reading", tmp_path).classify(water, "river", DAY).water_class == "Ⅱ"


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'month'"):
        load_evaluation("monht")
