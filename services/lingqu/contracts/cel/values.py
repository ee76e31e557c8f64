"""Columns with their errors, and CEL's operators on them, with the row evaluator's answers.

CEL's null is a null outside the error mask. Booleans that an operator made have a null where they
erred, so that Kleene logic is CEL's. Kernels that overflow raise ArrowInvalid for the whole batch:
the caller then narrows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.contracts.cel.tree import Literal, NotColumnar

COMPARE = {
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
CHECKED = {"+": pc.add_checked, "-": pc.subtract_checked, "*": pc.multiply_checked}
FLOATING = {"+": pc.add, "-": pc.subtract, "*": pc.multiply, "/": pc.divide}
TEXT_TESTS = {
    "startsWith": pc.starts_with,
    "endsWith": pc.ends_with,
    "contains": pc.match_substring,
    "matches": pc.match_substring_regex,
}


@dataclass(frozen=True, slots=True)
class Value:
    """A column (or scalar) and where computing it erred."""

    data: Any
    error: Any = None


def _kind(data: Any) -> str:
    kinds = {
        "int": pa.types.is_int64,
        "float": pa.types.is_float64,
        "bool": pa.types.is_boolean,
        "text": pa.types.is_string,
        "record": pa.types.is_struct,
        "list": pa.types.is_list,
    }
    for kind, holds in kinds.items():
        if holds(data.type):
            return kind
    raise NotColumnar(str(data.type))


def expect(data: Any, *kinds: str) -> str:
    kind = _kind(data)
    if kind not in kinds:
        raise NotColumnar(kind)
    return kind


def nulls(data: Any) -> Any:
    if isinstance(data, pa.Scalar):
        return pa.scalar(value=True) if not data.is_valid else None
    return data.is_null() if data.null_count else None


def either(*masks: Any) -> Any:
    given = [mask for mask in masks if mask is not None]
    return reduce(pc.or_, given) if given else None


def truth(value: Value) -> Any:
    expect(value.data, "bool")
    if value.error is None:
        return value.data
    return pc.if_else(value.error, pa.scalar(None, pa.bool_()), value.data)


def _from_truth(data: Any) -> Value:
    return Value(data, nulls(data))


def member(record: Value, name: str) -> Value:
    expect(record.data, "record")
    if record.data.type.get_field_index(name) < 0:
        raise NotColumnar(name)
    return Value(pc.struct_field(record.data, name), either(record.error, nulls(record.data)))


def unary(op: str, operand: Value) -> Value:
    if op == "!":
        return _from_truth(pc.invert(truth(operand)))
    expect(operand.data, "int", "float")
    return Value(pc.negate(operand.data), either(operand.error, nulls(operand.data)))


def null_test(op: str, operand: Value) -> Value:
    _kind(operand.data)
    test = pc.is_valid if op == "!=" else pc.is_null
    return Value(test(operand.data), operand.error)


def binary(op: str, left: Value, right: Value) -> Value:
    match op:
        case "&&":
            return _from_truth(pc.and_kleene(truth(left), truth(right)))
        case "||":
            return _from_truth(pc.or_kleene(truth(left), truth(right)))
        case "==" | "!=":
            return _equality(op, left, right)
        case _ if op in COMPARE:
            return _comparison(op, left, right)
        case _:
            return _arithmetic(op, left, right)


def _alike(left: Any, right: Any) -> tuple[Any, Any, str]:
    """Return two operands under one type; numbers meet as double, as in the row evaluator."""
    kinds = _kind(left), _kind(right)
    if kinds in (("int", "float"), ("float", "int")):
        double = pa.float64()
        return pc.cast(left, double, safe=False), pc.cast(right, double, safe=False), "float"
    if kinds[0] != kinds[1] or kinds[0] in ("record", "list"):
        raise NotColumnar(" and ".join(kinds))
    return left, right, kinds[0]


def _equality(op: str, left: Value, right: Value) -> Value:
    one, other, _ = _alike(left.data, right.data)
    same = pc.equal(one, other)
    if nulls(one) is not None or nulls(other) is not None:
        same = pc.coalesce(same, pc.and_(pc.is_null(one), pc.is_null(other)))
    return Value(pc.invert(same) if op == "!=" else same, either(left.error, right.error))


def _comparison(op: str, left: Value, right: Value) -> Value:
    one, other, kind = _alike(left.data, right.data)
    if kind == "bool":
        raise NotColumnar(kind)
    masks = [left.error, right.error, nulls(one), nulls(other)]
    if kind == "float":
        masks += [_not_numbers(one), _not_numbers(other)]
    return Value(COMPARE[op](one, other), either(*masks))


def _not_numbers(data: Any) -> Any:
    """Return where there is a NaN: ordering one is an error to the row evaluator."""
    mask = pc.fill_null(pc.is_nan(data), fill_value=False)
    if isinstance(mask, pa.Scalar):
        return mask if mask.as_py() else None
    return mask if pc.any(mask).as_py() else None


def _arithmetic(op: str, left: Value, right: Value) -> Value:
    kinds = expect(left.data, "int", "float"), expect(right.data, "int", "float")
    if kinds[0] != kinds[1]:
        raise NotColumnar("int and double do not mix in CEL arithmetic")
    error = either(left.error, right.error, nulls(left.data), nulls(right.data))
    if kinds[0] == "float":
        return Value(FLOATING[op](left.data, right.data), error)
    if op != "/":
        return Value(CHECKED[op](left.data, right.data), error)
    zero = pc.fill_null(pc.equal(right.data, 0), fill_value=False)
    divisor = pc.if_else(zero, pa.scalar(1, pa.int64()), right.data)
    return Value(pc.divide_checked(left.data, divisor), either(error, zero))


def among(operand: Value, choices: tuple[Literal, ...]) -> Value:
    kind = expect(operand.data, "int", "float", "text")
    wanted = (str,) if kind == "text" else (int, float)
    for choice in choices:
        if isinstance(choice.value, bool) or not isinstance(choice.value, wanted):
            raise NotColumnar(str(choice.value))
    data, values = operand.data, [choice.value for choice in choices]
    if any(isinstance(value, float) for value in values) or kind == "float":
        data, values = pc.cast(data, pa.float64(), safe=False), [float(str(v)) for v in values]
    return Value(pc.is_in(data, value_set=pa.array(values, data.type)), operand.error)


def size(operand: Value) -> Value:
    length = {"text": pc.binary_length, "list": pc.list_value_length}
    count = length[expect(operand.data, *length)](operand.data)
    return Value(pc.cast(count, pa.int64()), either(operand.error, nulls(operand.data)))


def text_test(function: str, operand: Value, part: str) -> Value:
    expect(operand.data, "text")
    found = TEXT_TESTS[function](operand.data, part)
    return Value(found, either(operand.error, nulls(operand.data)))
