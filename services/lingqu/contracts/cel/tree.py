"""CEL expressions as trees: the part of the language that runs on columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class NotColumnar(Exception):  # noqa: N818 - a way to go, not an error
    """The expression, or this batch of it, is for the row evaluator."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A column, or the variable of an `all` or `exists`."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a record."""

    record: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`!` or `-`."""

    op: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """A comparison, arithmetic, `&&` or `||`."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class In:
    """Whether a value is one of some literals."""

    operand: Expression
    choices: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How many bytes a text or items a list has."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class TextTest:
    """`startsWith`, `endsWith`, `contains` or `matches` (RE2) with a literal."""

    function: str
    operand: Expression
    part: str


@dataclass(frozen=True, slots=True)
class Quantified:
    """`all` or `exists` over the items of a list."""

    function: str
    items: Expression
    variable: str
    body: Expression


Expression = Literal | Name | Member | Unary | Binary | In | Size | TextTest | Quantified


def paths(tree: Expression, bound: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the fields an expression reads, by dots; `bound` maps a variable to its list."""
    bound = bound or {}
    match tree:
        case Literal():
            return frozenset()
        case Name(name):
            return frozenset({bound.get(name, name)} - {""})
        case Member(record):
            path = _path(tree, bound)
            return frozenset({path}) if path else paths(record, bound)
        case Unary(_, inner) | In(inner) | Size(inner) | TextTest(_, inner):
            return paths(inner, bound)
        case Binary(_, left, right):
            return paths(left, bound) | paths(right, bound)
        case Quantified(_, items, variable, body):
            over = {**bound, variable: _path(items, bound) or ""}
            return paths(items, bound) | paths(body, over)


def _path(tree: Expression, bound: Mapping[str, str]) -> str:
    match tree:
        case Name(name):
            return bound.get(name, name)
        case Member(record, name) if base := _path(record, bound):
            return f"{base}.{name}"
        case _:
            return ""
