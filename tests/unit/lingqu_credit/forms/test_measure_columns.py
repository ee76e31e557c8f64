from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.domain_service.imports.record_rows import FieldError
from lingqu_credit.forms.measure_columns import (
    NONE,
    measure_columns,
    take_measures,
    with_measure_cells,
)
from lingqu_credit.measures.closed_list import load_closed_list

COLUMNS = measure_columns(load_closed_list())
WORDS = st.text(st.characters(codec="gb18030", categories=["Lo", "Nd"]), min_size=1, max_size=8)
DAYS = st.integers(0, 40_000)
MEASURES = st.fixed_dictionaries(
    {
        "measure_code": st.sampled_from(["1-1", "2-1", "3-2"]),
        "edition": st.just("2024"),
        "basis": WORDS,
        "list_type": WORDS,
        "decided_by": WORDS,
        "decision_no": WORDS,
        "from": DAYS,
        "until": st.none() | DAYS,
    }
)


def read_back(cells: dict[str, str]) -> dict[str, Any]:
    """Return the statement that a row with these cells makes."""
    statement = {each.field: each.reader()(cells.get(each.field, "")) for each in COLUMNS}
    take_measures(statement)
    return statement


def written(measures: list[dict[str, Any]]) -> dict[str, str]:
    told = with_measure_cells({"measures": measures})
    return {each.field: each.cell(told.get(each.field)) for each in COLUMNS}


@given(st.lists(MEASURES, min_size=1, max_size=4))
def test_measures_are_read_as_they_are_written(measures: list[dict[str, Any]]) -> None:
    assert read_back(written(measures)) == {"measures": measures}


def test_empty_cells_say_nothing_and_none_says_none() -> None:
    assert read_back({}) == {}
    assert read_back({"measures.measure_code": NONE}) == {"measures": []}


@pytest.mark.parametrize("left_out", ["edition", "basis", "list_type", "decided_by", "from"])
def test_every_term_but_the_last_day_has_to_be_there(left_out: str) -> None:
    measure: dict[str, Any] = {
        "measure_code": "2-1",
        "edition": "2024",
        "basis": "甲",
        "list_type": "乙",
    }
    measure |= {"decided_by": "丙", "decision_no": "丁", "from": 1, "until": None}
    cells = written([measure]) | {f"measures.{left_out}": ""}
    with pytest.raises(FieldError) as refused:
        read_back(cells)
    assert refused.value.field == f"measures.{left_out}"


def test_the_help_names_every_item_of_the_closed_list() -> None:
    (edition,) = load_closed_list().editions
    assert all(f"{code} {said}" in COLUMNS[0].help for code, said in edition.items.items())
