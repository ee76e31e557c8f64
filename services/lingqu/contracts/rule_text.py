"""A rule as it is written: that it is CEL, and which fields it names.

What runs rules on columns is not needed for that, nor is its memory: see `rules.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import cel

from lingqu.contracts.cel.syntax import parse
from lingqu.contracts.cel.tree import Expression, NotColumnar, paths
from lingqu.errors import ContractError

MACRO_VARIABLE = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*(\w+)\s*,")


@dataclass(frozen=True, slots=True)
class RuleText:
    """A compiled rule; `tree` is None where only rows can be judged, not columns.

    `paths` are the fields it names, those of records and lists by dots; without a tree only the
    top-level fields are known.
    """

    paths: frozenset[str]
    tree: Expression | None
    program: Any


def read_rule(name: str, expression: str) -> RuleText:
    """Return the rule; raise ContractError when the expression is not CEL."""
    try:
        program = cel.compile(expression)
    except ValueError as error:
        raise ContractError(f"{name}: not a CEL expression: {_first_line(error)}") from error
    try:
        tree = parse(expression)
    except NotColumnar:
        bound = MACRO_VARIABLE.findall(expression)
        return RuleText(frozenset(program.variables()) - set(bound), None, program)
    return RuleText(paths(tree), tree, program)


def _first_line(error: ValueError) -> str:
    found = re.search(r"<input>:(\d+):(\d+): (.*)", str(error))
    return f"line {found[1]}, column {found[2]}: {found[3]}" if found else str(error)
