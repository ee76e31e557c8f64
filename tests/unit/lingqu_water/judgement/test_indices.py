"""Indices beside the class."""

from __future__ import annotations

import pytest
from tests.unit.lingqu_water.judgement.given import code

from lingqu_water.judgement.indices import Indices
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.standard import load_standards

INDICES = Indices(shipped_items())
STANDARD = load_standards(shipped_items())[0]
LAKE = {
    code("chla"): 0.01,
    code("tp"): 0.05,
    code("tn"): 1.0,
    code("transparency"): 0.5,
    code("codmn"): 4.0,
}


def test_every_item_at_its_limit_adds_one() -> None:
    values = {code("codmn"): 6.0, code("nh3n"): 1.0, code("do"): 5.0, code("ph"): 9.0}
    found = INDICES.limit_sum(values, STANDARD, "river")
    assert found is not None
    assert (found.value, found.items, found.of) == (4.0, 4, 21)


@pytest.mark.parametrize(("ph", "part"), [(7.0, 0.0), (6.5, 0.5), (8.0, 0.5), (6.0, 1.0)])
def test_ph_counts_by_its_distance_from_seven(ph: float, part: float) -> None:
    found = INDICES.limit_sum({code("ph"): ph}, STANDARD, "river")
    assert found is not None
    assert found.value == pytest.approx(part)


def test_without_a_figure_there_is_no_index() -> None:
    assert INDICES.limit_sum({code("do"): 0.0}, STANDARD, "river") is None
    assert INDICES.limit_sum({code("tn"): 3.0}, STANDARD, "lake") is None


def test_a_lake_has_a_trophic_level() -> None:
    found = INDICES.trophic_level(LAKE)
    assert found is not None
    # 10(2.5+1.086 ln 10)·0.2663 + 10(9.436+1.624 ln 0.05)·0.1879 + 10·5.453·0.1790
    # + 10(5.118−1.94 ln 0.5)·0.1834 + 10(0.109+2.661 ln 4)·0.1834
    assert found.value == pytest.approx(50.49, abs=0.01)
    assert found.state == "轻度富营养"


def test_a_trophic_level_needs_every_term() -> None:
    assert INDICES.trophic_level({**LAKE, code("tn"): 0.0}) is None
