"""CEL trees evaluated on the columns of a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.contracts.cel import values
from lingqu.contracts.cel.tree import (
    Binary,
    Expression,
    In,
    Literal,
    Member,
    Name,
    NotColumnar,
    Quantified,
    Size,
    TextTest,
    Unary,
)
from lingqu.contracts.cel.values import Value, either, expect, nulls, truth


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows an expression is evaluated over: how many, and their columns by name."""

    rows: int
    column: Callable[[str], Value]


def evaluate_rule(tree: Expression, batch: pa.RecordBatch) -> pa.BooleanArray:
    """Return which rows hold, without nulls: an error or a null is False."""
    scope = Scope(batch.num_rows, lambda name: _top_column(batch, name))
    return pc.fill_null(_as_column(truth(_evaluate(tree, scope)), scope), fill_value=False)


def _top_column(batch: pa.RecordBatch, name: str) -> Value:
    if name not in batch.schema.names:
        raise NotColumnar(name)
    return Value(batch.column(name))


def _evaluate(tree: Expression, scope: Scope) -> Value:
    match tree:
        case Literal(None):
            raise NotColumnar("null")
        case Literal(value):
            return Value(pa.scalar(value))
        case Name(name):
            return scope.column(name)
        case Quantified():
            return _quantified(tree, scope)
        case Binary("==" | "!=" as op, left, right) if Literal(None) in (left, right):
            tested = right if left == Literal(None) else left
            return values.null_test(op, _evaluate(tested, scope))
        case Binary(op, left, right):
            return values.binary(op, _evaluate(left, scope), _evaluate(right, scope))
        case _:
            return _applied(tree, scope)


def _applied(tree: Member | Unary | In | Size | TextTest, scope: Scope) -> Value:
    match tree:
        case Member(record, name):
            return values.member(_evaluate(record, scope), name)
        case Unary("!", Unary("!", _)):  # to the row evaluator it is `b`, null or not
            raise NotColumnar("!!")
        case Unary(op, operand):
            return values.unary(op, _evaluate(operand, scope))
        case In(operand, choices):
            return values.among(_evaluate(operand, scope), choices)
        case Size(operand):
            return values.size(_evaluate(operand, scope))
        case TextTest(function, operand, part):
            return values.text_test(function, _evaluate(operand, scope), part)


def _as_column(data: Any, scope: Scope) -> Any:
    return pa.repeat(data, scope.rows) if isinstance(data, pa.Scalar) else data


def _quantified(tree: Quantified, scope: Scope) -> Value:
    """Evaluate the body over all items at once; the first that decides or errs settles its row."""
    items = _evaluate(tree.items, scope)
    expect(items.data, "list")
    column = _as_column(items.data, scope)
    flat, rows = pc.list_flatten(column), pc.list_parent_indices(column)
    if len(flat) != len(rows):
        raise NotColumnar("items behind a null list")
    inner = _inner_scope(tree.variable, flat, rows, scope)
    holds = _as_column(truth(_evaluate(tree.body, inner)), inner)
    goes_on = holds if tree.function == "all" else pc.invert(holds)
    stops = pc.invert(pc.fill_null(goes_on, fill_value=False))
    decided, erred = _first_stops(rows.filter(stops), goes_on.filter(stops), scope.rows)
    result = pc.invert(decided) if tree.function == "all" else decided
    return Value(result, either(items.error, nulls(items.data), erred))


def _inner_scope(variable: str, flat: Any, rows: Any, outer: Scope) -> Scope:
    def column(name: str) -> Value:
        if name == variable:
            return Value(flat)
        found = outer.column(name)
        return Value(_taken(found.data, rows), _taken(found.error, rows))

    return Scope(len(flat), column)


def _taken(data: Any, rows: Any) -> Any:
    return data.take(rows) if isinstance(data, pa.Array) else data


def _first_stops(rows: Any, outcomes: Any, count: int) -> tuple[Any, Any]:
    """Return which of `count` rows their first stopping item decided, and which it made err."""
    if len(rows) > 1:
        fresh = pc.not_equal(rows.slice(1), rows.slice(0, len(rows) - 1))
        first = pa.concat_arrays([pa.array([True]), fresh])
        rows, outcomes = rows.filter(first), outcomes.filter(first)
    every = pc.cast(pa.arange(0, count), rows.type)
    decided = pc.is_in(every, value_set=rows.filter(outcomes.is_valid()))
    return decided, pc.is_in(every, value_set=rows.filter(outcomes.is_null()))
