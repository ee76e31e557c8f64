"""Both ways of running a rule give the same answers: property tests over expressions and rows."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from lingqu.contracts.rules import FEW_ROWS, Rule, compile_rule
from lingqu.errors import ContractError

ITEM = pa.struct([("n", pa.int64()), ("f", pa.float64()), ("s", pa.string())])
SCHEMA = pa.schema(
    [
        ("i", pa.int64()),
        ("j", pa.int32()),
        ("f", pa.float64()),
        ("g", pa.float64()),
        ("s", pa.string()),
        ("t", pa.string()),
        ("b", pa.bool_()),
        ("at", pa.timestamp("ms", "UTC")),
        ("day", pa.date32()),
        ("r", ITEM),
        ("l", pa.list_(ITEM)),
        ("w", pa.list_(pa.string())),
    ]
)
INTS = st.sampled_from([None, 0, 1, -1, 2, 7, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)])
SHORTS = st.sampled_from([None, 0, 1, -1, 7, 2**31 - 1])
FLOATS = st.sampled_from(
    [None, 0.0, -0.0, 1.0, 0.5, -7.5, 2.0**53, 1e308, *map(float, ("nan", "inf"))]
)
TEXTS = st.sampled_from([None, "", "a", "ab", "水质", "Ⅲ", "𠀀"])
ITEMS = st.none() | st.fixed_dictionaries({"n": INTS, "f": FLOATS, "s": TEXTS})
ROW = st.fixed_dictionaries(
    {
        "i": INTS,
        "j": SHORTS,
        "f": FLOATS,
        "g": FLOATS,
        "s": TEXTS,
        "t": TEXTS,
        "b": st.sampled_from([None, True, False]),
        "at": st.sampled_from([None, 0, 1, 7, 1617224400000]),
        "day": st.sampled_from([None, 0, 1, 7]),
        "r": ITEMS,
        "l": st.none() | st.lists(ITEMS, max_size=3),
        "w": st.none() | st.lists(TEXTS, max_size=3),
    }
)

NUMBERS = st.sampled_from(
    [
        "i",
        "j",
        "f",
        "g",
        "at",
        "day",
        "r.n",
        "r.f",
        "s",
        "b",
        "null",
        "0",
        "1",
        "-1",
        "7",
        "0.5",
        "1.0",
        "2e0",
        "size(s)",
        "size(l)",
        "w.size()",
        "9223372036854775807",
        "9007199254740993",
    ]
)
STRINGS = st.sampled_from(["s", "t", "r.s", "'a'", '"水质"', "''", "null", "i"])


def _joined(left: str, op: str, right: str) -> str:
    return f"({left}) {op} ({right})"


def _bare(left: str, op: str, right: str) -> str:
    """Leave it to precedence what belongs together."""
    return f"{left} {op} {right}"


JOINED = st.sampled_from([_joined, _bare])


def _both(
    left: st.SearchStrategy[str], op: st.SearchStrategy[str], right: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    return st.builds(lambda join, *parts: join(*parts), JOINED, left, op, right)


def _prefixed(below: st.SearchStrategy[str], op: str) -> st.SearchStrategy[str]:
    return st.builds(
        lambda text, bare: f"{op}{text}" if bare else f"{op}({text})", below, st.booleans()
    )


ARITHMETIC = st.recursive(
    NUMBERS,
    lambda below: _both(below, st.sampled_from("+-*/"), below) | _prefixed(below, "-"),
    max_leaves=3,
)
RELATION = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
LIST = st.sampled_from(["[1, 7]", "[0.5, 1]", "['a', '水质']", "[]", "[-1]", "['']", "[1.0]"])
CONDITION = st.one_of(
    _both(ARITHMETIC, RELATION, ARITHMETIC),
    _both(STRINGS, RELATION, STRINGS),
    st.builds(lambda one, many: f"{one} in {many}", NUMBERS | STRINGS, LIST),
    st.builds(lambda one, op: f"{one} {op} null", NUMBERS | STRINGS, st.sampled_from(["==", "!="])),
    st.builds(
        lambda one, call, part: f"{one}.{call}('{part}')",
        st.sampled_from(["s", "t", "r.s"]),
        st.sampled_from(["startsWith", "endsWith", "contains"]),
        st.sampled_from(["", "a", "水"]),
    ),
    st.builds(
        lambda one, pattern: f"{one}.matches('{pattern}')",
        st.sampled_from(["s", "t", "r.s"]),
        st.sampled_from(["", "a", "水", "^[a-c]*$", "^.{2}$", "^(a|[^水])+$", "[[]", "("]),
    ),
    st.sampled_from(["b", "!b", "true", "false", "b == b", "r == null", "l != null"]),
)


def _all_or_exists(lists: str, body: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["all", "exists"]).map(lambda call: f"{lists}.{call}(x, {body})")


ITEM_CONDITION = st.one_of(
    _both(
        st.sampled_from(["x.n", "x.f", "x.n + 1", "1 / x.n", "i", "x.f * 2.0"]),
        RELATION,
        st.sampled_from(["0", "0.5", "i", "x.n", "f", "null"]),
    ),
    _both(st.just("x.s"), RELATION, st.sampled_from(["'a'", "s", "null"])),
    st.sampled_from(["x == null", "x.s in ['a', '']", "size(x.s) > 1", "b", "w.all(y, y != x.s)"]),
)


def _boolean(leaves: st.SearchStrategy[str], leaf_count: int) -> st.SearchStrategy[str]:
    return st.recursive(
        leaves,
        lambda below: (
            _both(below, st.sampled_from(["&&", "||", "==", "!="]), below) | _prefixed(below, "!")
        ),
        max_leaves=leaf_count,
    )


QUANTIFIED = _boolean(ITEM_CONDITION, 3).flatmap(lambda body: _all_or_exists("l", body)) | (
    st.sampled_from(
        ["x == null", "x == s", "size(x) > 1", "x < 'b'", "x in ['a', '水质']"]
    ).flatmap(lambda body: _all_or_exists("w", body))
)
EXPRESSION = _boolean(CONDITION | QUANTIFIED, 4)


def _compiled(expression: str) -> Rule:
    try:
        return compile_rule("rule", expression)
    except ContractError:  # CEL has no `!-x`
        reject()


@settings(max_examples=400)
@given(expression=EXPRESSION, rows=st.lists(ROW, min_size=FEW_ROWS + 1, max_size=8))
def test_columns_and_rows_give_the_same_answers(
    expression: str, rows: list[dict[str, object]]
) -> None:
    batch = pa.RecordBatch.from_pylist(rows, SCHEMA)
    rule = _compiled(expression)
    assert rule.passes(batch).to_pylist() == rule.passes_by_rows(batch).to_pylist()


@settings(max_examples=100)
@given(expression=EXPRESSION, rows=st.lists(ROW, min_size=3, max_size=6))
def test_a_slice_answers_like_the_whole(expression: str, rows: list[dict[str, object]]) -> None:
    batch = pa.RecordBatch.from_pylist(rows, SCHEMA)
    rule = _compiled(expression)
    assert rule.passes(batch.slice(1)).to_pylist() == rule.passes(batch).to_pylist()[1:]
