"""Why one version's readers cannot read another, in words that name fields."""

from __future__ import annotations

import json
import re
from typing import Any

from lingqu.contracts.avro.compatibility import Problem, problems

Node = Any

_TYPES = re.compile(r"reader type: (.+) not compatible with writer type: (.+)")
_NAMED = ("record", "enum", "fixed")


def reading_problems(reader: str, writer: str) -> list[str]:
    """Return a sentence for each field that keeps readers of one schema from the other's events."""
    tree = json.loads(reader)
    found: dict[str, Problem] = {}
    for problem in problems(tree, json.loads(writer)):
        path = field_at(tree, problem.path)
        if path not in found or len(problem.path) > len(found[path].path):
            found[path] = problem
    return [_sentence(path, problem) for path, problem in found.items()]


def field_at(tree: Node, pointer: str) -> str:
    """Return the field that a JSON pointer into a schema leads to, as `items.value`."""
    names: list[str] = []
    definitions = _definitions(tree, {})
    node, before = tree, ""
    for part in pointer.strip("/").split("/"):
        node = definitions.get(node, node) if isinstance(node, str) else node
        if isinstance(node, list) and part.isdecimal():
            node = node[int(part)]
            names += [node["name"]] if before == "fields" else []
        elif isinstance(node, dict) and part in node:
            node = node[part]
        else:
            break
        before = part
    return ".".join(names)


def _sentence(path: str, problem: Problem) -> str:
    return f"{path or 'the record'} {_said(problem)}"


def _said(problem: Problem) -> str:
    if problem.kind == "READER_FIELD_MISSING_DEFAULT_VALUE":
        return "is not written any more, and its readers have no default for it"
    if problem.kind == "MISSING_ENUM_SYMBOLS":
        symbols = problem.info.strip("[]")
        return f"may be {symbols}, which its readers do not know and have no default symbol for"
    if problem.kind == "MISSING_UNION_BRANCH":
        kind = problem.info.rpartition(" ")[2].lower()
        return f"may be written as {kind}, which its readers do not expect"
    if problem.info.endswith(" NULL"):
        return "may be null, which its readers do not expect"
    if types := _TYPES.fullmatch(problem.info):
        return f"is read as {types[1].lower()} and written as {types[2].lower()}"
    return f"is of a type of another name or size ({problem.info})"


def _definitions(node: Node, found: dict[str, Node]) -> dict[str, Node]:
    """Return all named types by their short and full names."""
    if isinstance(node, list):
        for each in node:
            _definitions(each, found)
    elif isinstance(node, dict):
        if node.get("type") in _NAMED:
            found.setdefault(node["name"], node)
        for part in ("items", "values", "type"):
            _definitions(node.get(part), found)
        for field in node.get("fields", ()):
            _definitions(field["type"], found)
    return found
