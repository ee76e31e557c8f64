"""On which line of a YAML or JSON file something stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import yaml

_TYPES = ("type", "items", "values")


def setting_line(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line of the setting at that path, or of the nearest one above it."""
    node = _tree(text)
    line = None
    for part in path:
        found = _below(node, part)
        if found is None:
            return line
        line, node = found
    return line


def field_line(text: str, path: str) -> int | None:
    """Return the line of a schema's field, `items.value`; JSON is read as the YAML it is."""
    record, line = _tree(text), None
    for name in path.split("."):
        field = next((each for each in _fields(record) if _name(each) == name), None)
        if field is None:
            return line
        line, below = field.start_mark.line + 1, _below(field, "type")
        record = below[1] if below else None
    return line


def line_end(text: str) -> str:
    """Return what ends a line that is added to the text: CRLF where others end so."""
    return "\r\n" if "\r\n" in text else "\n"


@lru_cache(maxsize=4)
def _tree(text: str) -> yaml.Node | None:
    # A file has many findings, and one text is asked for the line of each.
    try:
        return yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return None


def _below(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None


def _fields(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Yield the fields of the record that a type is, or holds in a union, a list or a map."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _fields(each)
        return
    if found := _below(node, "fields"):
        yield from found[1].value
        return
    for part in _TYPES:
        if inner := _below(node, part):
            yield from _fields(inner[1])


def _name(field: yaml.Node) -> str | None:
    found = _below(field, "name")
    return found[1].value if found else None
