"""Renames told by a newer schema's aliases, also to those who read by an older one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Node = Any


def named_as_written(reader: str, writer: str) -> str:
    """Return the reader's schema, in which fields that the writer has renamed have an alias.

    Avro takes aliases from the reader alone, so that who reads by the older version would find a
    renamed field missing, and take its default for the truth. Here the writer's aliases count too.
    """
    read, written = json.loads(reader), json.loads(writer)
    records = _records(written, {})
    aliased = _Walk(records).type(read)
    return reader if aliased == read else json.dumps(aliased, ensure_ascii=False)


class _Walk:
    """One walk through the reader's schema, beside the writer's records of the same names."""

    def __init__(self, records: Mapping[str, Node]) -> None:
        self._records = records

    def type(self, node: Node) -> Node:
        if isinstance(node, list):
            return [self.type(each) for each in node]
        if not isinstance(node, dict):
            return node
        found = {
            part: self.type(value) if part in ("items", "values", "type") else value
            for part, value in node.items()
        }
        if node.get("type") == "record":
            found["fields"] = self._fields(node)
        return found

    def _fields(self, record: Node) -> list[Node]:
        beside = self._records.get(_short(record), {"fields": []})
        left = {field["name"]: field for field in beside["fields"]}
        for field in record["fields"]:
            for name in (field["name"], *field.get("aliases", ())):
                if left.pop(name, None) is not None:
                    break
        return [self._field(field, beside, left) for field in record["fields"]]

    def _field(self, field: Node, beside: Node, left: Mapping[str, Node]) -> Node:
        inner = {**field, "type": self.type(field["type"])}
        there = {each["name"] for each in beside["fields"]}
        aliases = list(field.get("aliases", ()))
        if there.intersection((field["name"], *aliases)):
            return inner
        name = next(
            (n for n, each in left.items() if field["name"] in each.get("aliases", ())), None
        )
        return inner if name is None else {**inner, "aliases": [*aliases, name]}


def _records(node: Node, found: dict[str, Node]) -> dict[str, Node]:
    """Return the records of a schema by their names without namespace."""
    if isinstance(node, list):
        for each in node:
            _records(each, found)
    elif isinstance(node, dict):
        if node.get("type") == "record":
            found.setdefault(_short(node), node)
        for part in ("items", "values", "type"):
            _records(node.get(part), found)
        for field in node.get("fields", ()):
            _records(field["type"], found)
    return found


def _short(record: Node) -> str:
    return str(record["name"]).rpartition(".")[2]
