from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from lingqu.contracts.rules import compile_rule
from lingqu.errors import ContractError

READINGS = pa.RecordBatch.from_pylist(
    [
        {"value": 1.5, "count": 2, "name": "水", "parts": [{"n": 1}, {"n": -1}]},
        {"value": None, "count": 0, "name": None, "parts": []},
        {"value": -3.0, "count": None, "name": "b", "parts": None},
    ],
    pa.schema(
        [
            ("value", pa.float64()),
            ("count", pa.int64()),
            ("name", pa.string()),
            ("parts", pa.list_(pa.struct([("n", pa.int64())]))),
        ]
    ),
)


@pytest.mark.parametrize(
    ("expression", "passing"),
    [
        ("value >= 0", [True, False, False]),
        ("value == null || value >= 0.0", [True, True, False]),
        ("value >= 0.0 || value == null", [True, True, False]),
        ("value != null && count > 1", [True, False, False]),
        ("!(value < 0.0)", [True, False, False]),
        ("10 / count == 5", [True, False, False]),
        ("count == 0 || 10 / count == 5", [True, True, False]),
        ("name in ['水', 'a']", [True, False, False]),
        ("name.startsWith('b')", [False, False, True]),
        ("name.matches('^[a-z]$')", [False, False, True]),
        ("size(name) == 3", [True, False, False]),
        ("parts.all(p, p.n > 0)", [False, True, False]),
        ("parts.exists(p, p.n > 0)", [True, False, False]),
        ("parts.all(p, p.n < count)", [True, True, False]),
        ("(value + 0.5) * 2.0 == 4.0", [True, False, False]),
        ("true", [True, True, True]),
        ("count", [False, False, False]),
    ],
)
def test_a_row_passes_only_where_the_rule_is_true(expression: str, passing: list[bool]) -> None:
    rule = compile_rule("rule", expression)
    assert rule.passes(READINGS).to_pylist() == passing
    assert rule.passes_by_rows(READINGS).to_pylist() == passing


@pytest.mark.parametrize(
    ("expression", "passing"),
    [
        ("count % 2 == 0", [True, True, False]),
        ("name == null ? true : size(name) > 1", [True, True, False]),
        ("parts.map(p, p.n) == [1, -1]", [True, False, False]),
        ("nowhere == null || true", [True, True, True]),
        ("nowhere == null", [False, False, False]),
    ],
)
def test_what_columns_cannot_do_runs_by_rows(expression: str, passing: list[bool]) -> None:
    rule = compile_rule("rule", expression)
    assert not rule.runs_on_arrow(READINGS.schema)
    assert rule.passes(READINGS).to_pylist() == passing


def test_one_row_that_overflows_is_refused_and_no_other() -> None:
    counts = [*range(1000), 2**63 - 1, *range(1000)]
    batch = pa.RecordBatch.from_pydict({"count": counts})
    passing = compile_rule("rule", "count + 1 > 0").passes(batch)
    assert [place for place, passes in enumerate(passing.to_pylist()) if not passes] == [1000]


def test_an_overflow_behind_a_short_cut_does_not_refuse() -> None:
    batch = pa.RecordBatch.from_pydict({"count": [1, 2**63 - 1]})
    rule = compile_rule("rule", "count > 5 || count + 1 > 0")
    assert rule.passes(batch).to_pylist() == [True, True]


def test_instants_are_milliseconds_and_days_are_days() -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "at": pa.array([datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)], pa.timestamp("ms", "UTC")),
            "day": pa.array([date(1970, 1, 3)], pa.date32()),
        }
    )
    rule = compile_rule("rule", "at == 1000 && day == 2")
    assert rule.runs_on_arrow(batch.schema)
    assert rule.passes(batch).to_pylist() == [True]


def test_an_empty_batch_has_no_answers() -> None:
    assert len(compile_rule("rule", "parts.all(p, p.n > 0)").passes(READINGS.slice(0, 0))) == 0


def test_items_behind_a_null_list_are_not_looked_at() -> None:
    lists = pa.ListArray.from_arrays(
        pa.array([0, 1, 2]), pa.array([1, -1]), mask=pa.array([False, True])
    )
    batch = pa.RecordBatch.from_arrays([lists], ["parts"])
    assert compile_rule("rule", "parts.all(p, p > 0)").passes(batch).to_pylist() == [True, False]


def test_a_rule_knows_the_fields_it_names() -> None:
    rule = compile_rule("rule", "parts.all(p, p.n > limit.low) && name != null")
    assert rule.paths == {"parts", "parts.n", "limit.low", "name"}
    assert rule.fields == {"parts", "limit", "name"}


def test_a_rule_by_rows_knows_its_columns_but_not_its_variables() -> None:
    assert compile_rule("rule", "parts.filter(p, p.n > 1) == others").fields == {"parts", "others"}


@pytest.mark.parametrize("expression", ["", "value >", "value = 1", "((value)", "namespace == 1"])
def test_what_is_not_cel_is_refused_with_its_place(expression: str) -> None:
    with pytest.raises(ContractError, match=r"^rule: not a CEL expression: line 1, column \d+: "):
        compile_rule("rule", expression)


def test_deep_nesting_does_not_break_the_parser() -> None:
    rule = compile_rule("rule", "!" * 2 + "(" * 60 + "count == 2" + ")" * 60)
    assert rule.passes(READINGS).to_pylist() == [True, False, False]
