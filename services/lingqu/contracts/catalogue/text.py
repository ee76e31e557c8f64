"""Settings of `contract.yaml` rewritten in its text: comments, order and all else stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import yaml

from lingqu.contracts.contract_file import ContractFile
from lingqu.contracts.lines import line_end
from lingqu.contracts.yaml_file import parse_yaml
from lingqu.errors import ContractError

Value = str | Sequence[str]

_SECTION = "catalogue"


def with_catalogue(text: str, title_zh: str | None, entry: Mapping[str, Value], place: str) -> str:
    """Return the text with these settings; those not named stay as they are.

    `place` begins the sentence of an error. Raises ContractError where the text is no contract, or
    would be none any more.
    """
    parse_yaml(text, ContractFile, place)
    if title_zh is not None:
        text = _with(text, _root(text), "title_zh", title_zh)
    if entry and _value(_root(text), _SECTION) is None:
        end = line_end(text)
        text = f"{text.rstrip()}{end}{end}{_SECTION}: {{}}{end}"
    for name, value in entry.items():
        section = _value(_root(text), _SECTION)
        assert section is not None  # noqa: S101 - it was just made
        text = _with(text, section, name, value)
    parse_yaml(text, ContractFile, place)
    return text


def _root(text: str) -> yaml.MappingNode:
    node = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - it was parsed as a contract
    return node


def _value(mapping: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((value for key, value in mapping.value if key.value == name), None)


def _with(text: str, section: yaml.Node, name: str, value: Value) -> str:
    written, newline = _written(value), line_end(text)
    assert isinstance(section, yaml.MappingNode)  # noqa: S101 - it was parsed as a contract
    if not section.value:  # empty braces
        start, end = section.start_mark.index, section.end_mark.index
        return f"{text[:start].rstrip(' ')}{newline}  {name}: {written}{text[end:]}"
    there = _value(section, name)
    if there is not None:
        return _replaced(text, there, written)
    if section.flow_style:
        raise ContractError(f"{_SECTION} stands in braces; write one `name: value` a line instead")
    key, last = section.value[-1]
    indent = " " * key.start_mark.column
    end = _end(text, last)
    place = text.find(newline, end)
    end = len(text) if place < 0 else place
    return f"{text[:end]}{newline}{indent}{name}: {written}{text[end:]}"


def _replaced(text: str, node: yaml.Node, written: str) -> str:
    return f"{text[: node.start_mark.index]}{written}{text[_end(text, node) :]}"


def _end(text: str, node: yaml.Node) -> int:
    """Return where a value ends; that of a block of text counts the lines below it in."""
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(text[start:end].rstrip())


def _written(value: Value) -> str:
    """Return a value on one line, quoted where YAML would take it for something else."""
    if not isinstance(value, str):
        dumped = yaml.safe_dump(list(value), default_flow_style=True, allow_unicode=True)
        return str(dumped).strip()
    if "\n" in value:
        return json.dumps(value, ensure_ascii=False)
    dumped = yaml.safe_dump({"": value}, allow_unicode=True, width=10**6)
    return str(dumped).partition(": ")[2].rstrip("\n")
