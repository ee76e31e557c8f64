"""The Avro type of a field once a mask has been over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lingqu.agreements.masks import MaskStep
from lingqu.agreements.names import Named, Node
from lingqu.errors import ContractError

_TIMES = {"timestamp-millis": "long", "timestamp-micros": "long", "date": "int"}
_DIGITS = {"int": range(-9, 0), "long": range(-18, 0), "float": range(-18, 16)}


def masked_type(node: Node, steps: tuple[MaskStep, ...], place: str) -> tuple[Node, bool]:
    """Return the type after the masks, and whether redaction leaves null instead of a text.

    Raises ContractError where the masks cannot hide a value of that type.
    """
    step = steps[0]
    match step.mask:
        case "pseudonym":
            return _pseudonymised(node, place), False
        case "truncate_time":
            return _checked(node, step, place), False
        case "round":
            return _checked(node, step, place), False
    if step.mask == "redact" and isinstance(node, list) and _becomes_null(node):
        return node, True
    if _is_text(node):
        return _plain_text(node), False
    masks = " and ".join(each.mask for each in steps)
    cure = (
        "give the mask pseudonym, or drop the field (which then needs a default)"
        if all(not _is_record(leaf) for leaf in _leaves(node))
        else "mask the fields inside it, or drop it (which then needs a default)"
    )
    raise ContractError(
        f"{place}: {masks} works on text, and the field is no text"
        f"{' that may be null' if step.mask == 'redact' else ''}; {cure}"
    )


def _checked(node: Node, step: MaskStep, place: str) -> Node:
    """Return the type as it is, where the mask can make all its values coarser."""
    leaves = list(_leaves(node))
    problem = _time_problem if step.mask == "truncate_time" else _number_problem
    for said in (problem(leaf, step) for leaf in leaves):
        if said is not None:
            raise ContractError(f"{place}: {said}")
    return node


def _time_problem(leaf: Node, step: MaskStep) -> str | None:
    logical = _logical(leaf)
    if _TIMES.get(logical) != _primitive(leaf):
        return (
            "truncate_time works on timestamp-millis, timestamp-micros and date; use redact or "
            "pseudonym, or drop the field (which then needs a default)"
        )
    if logical == "date" and step.to not in ("month", "year"):
        return f"truncate_time to {step.to} would leave a date whole; cut it to month or year"
    return None


def _number_problem(leaf: Node, step: MaskStep) -> str | None:
    kind = "float" if _primitive(leaf) == "double" else _primitive(leaf)
    if kind not in _DIGITS or _logical(leaf):
        return (
            "round works on int, long, float and double; use pseudonym, or drop the field"
            " (which then needs a default)"
        )
    if step.n not in _DIGITS[kind]:
        first, last = _DIGITS[kind][0], _DIGITS[kind][-1]
        return f"round with n {step.n} does not hide a {kind}; write an n from {first} to {last}"
    return None


def _pseudonymised(node: Node, place: str) -> Node:
    if isinstance(node, list):
        branches = [item if item == "null" else _pseudonymised(item, place) for item in node]
        apart = [item for index, item in enumerate(branches) if item not in branches[:index]]
        return apart if len(apart) > 1 else apart[0]
    if _part(node):
        return {**node, _part(node): _pseudonymised(node[_part(node)], place)}
    if _is_record(node):
        raise ContractError(f"{place}: a record takes no pseudonym; mask the fields inside it")
    return "string"


def _plain_text(node: Node) -> Node:
    """Take the logical type off a text: once masked it is no UUID any more."""
    if isinstance(node, list):
        return [_plain_text(item) for item in node]
    if _part(node):
        return {**node, _part(node): _plain_text(node[_part(node)])}
    return "string" if _is_text(node) else node


def _leaves(node: Node) -> Iterator[Node]:
    """Yield the types of the values inside arrays, maps and unions; null is none."""
    if isinstance(node, list):
        for branch in node:
            if branch != "null":
                yield from _leaves(branch)
    elif _part(node):
        yield from _leaves(node[_part(node)])
    else:
        yield node


def _part(node: Node) -> str:
    """Return where an array, a map or a wrapped type has its inner type; nothing elsewhere."""
    if not isinstance(node, Mapping):
        return ""
    if not isinstance(node["type"], str):
        return "type"
    return {"array": "items", "map": "values"}.get(node["type"], "")


def _primitive(leaf: Node) -> str:
    return str(leaf["type"]) if isinstance(leaf, Mapping) else str(leaf)


def _logical(leaf: Node) -> str:
    return str(leaf.get("logicalType", "")) if isinstance(leaf, Mapping) else ""


def _is_text(node: Node) -> bool:
    leaves = list(_leaves(node))
    return bool(leaves) and all(
        not isinstance(leaf, Named) and _primitive(leaf) == "string" for leaf in leaves
    )


def _becomes_null(union: list[Node]) -> bool:
    return "null" in union and any(
        item != "null" and _plain_text(item) != "string" for item in union
    )


def _is_record(leaf: Node) -> bool:
    return isinstance(leaf, Named) and leaf.definition["type"] == "record"
