"""The Avro type of a field once a mask has been over it."""

from __future__ import annotations

from collections.abc import Mapping

from lingqu.agreements.masks import MaskName
from lingqu.agreements.names import Named, Node
from lingqu.errors import ContractError


def masked_type(node: Node, masks: tuple[MaskName, ...], place: str) -> tuple[Node, bool]:
    """Return the type after the masks, and whether redaction leaves null instead of a text.

    Raises ContractError where the masks cannot hide a value of that type.
    """
    if masks == ("pseudonym",):
        return _pseudonymised(node, place), False
    if masks == ("redact",) and isinstance(node, list) and _becomes_null(node):
        return node, True
    if _is_text(node):
        return _plain_text(node), False
    cure = (
        "give the mask pseudonym, or drop the field (which then needs a default)"
        if _is_scalar(node)
        else "mask the fields inside it, or drop it (which then needs a default)"
    )
    raise ContractError(
        f"{place}: {' and '.join(masks)} works on text, and the field is no text"
        f"{' that may be null' if masks == ('redact',) else ''}; {cure}"
    )


def _pseudonymised(node: Node, place: str) -> Node:
    if isinstance(node, list):
        branches = [item if item == "null" else _pseudonymised(item, place) for item in node]
        return [item for index, item in enumerate(branches) if item not in branches[:index]]
    if isinstance(node, Mapping) and node["type"] in ("array", "map"):
        part = "items" if node["type"] == "array" else "values"
        return {**node, part: _pseudonymised(node[part], place)}
    if not _is_scalar(node):
        raise ContractError(f"{place}: a record takes no pseudonym; mask the fields inside it")
    return "string"


def _plain_text(node: Node) -> Node:
    """Take the logical type off a text: once masked it is no UUID any more."""
    if isinstance(node, list):
        return [_plain_text(item) for item in node]
    if isinstance(node, Mapping) and node["type"] in ("array", "map"):
        part = "items" if node["type"] == "array" else "values"
        return {**node, part: _plain_text(node[part])}
    return "string" if _is_text(node) else node


def _is_text(node: Node) -> bool:
    if isinstance(node, list):
        return any(item != "null" for item in node) and all(
            item == "null" or _is_text(item) for item in node
        )
    if isinstance(node, Mapping):
        part = {"array": "items", "map": "values"}.get(str(node["type"]), "type")
        return _is_text(node[part])
    return bool(node == "string")


def _becomes_null(union: list[Node]) -> bool:
    return "null" in union and any(
        item != "null" and _plain_text(item) != "string" for item in union
    )


def _is_scalar(node: Node) -> bool:
    if isinstance(node, Named):
        return bool(node.definition["type"] != "record")
    if isinstance(node, list):
        return all(_is_scalar(item) for item in node)
    return not (isinstance(node, Mapping) and node["type"] in ("array", "map", "record"))
