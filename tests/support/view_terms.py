"""Random terms of a view, and what they let through: told without the code that compiles views."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GRADES = (1, 2, 3, 4, "important")
KINDS = ("personal", "sensitive_personal", "minor", "commercial")
NUMBERS = ("int", "long", "double")

Node = Any


class Types:
    """The named types of a schema, which may stand as a name."""

    def __init__(self, schema: Node) -> None:
        self._named: dict[str, Node] = {}
        self._note(schema)

    def of(self, node: Node) -> Node:
        """Return a type's definition."""
        if isinstance(node, Mapping) and isinstance(node["type"], list | Mapping):
            return self.of(node["type"])
        return self._named.get(str(node).rpartition(".")[2], node) if _is_name(node) else node

    def _note(self, node: Node) -> None:
        if isinstance(node, list):
            for each in node:
                self._note(each)
        elif isinstance(node, Mapping):
            if "name" in node and "type" in node and node["type"] in ("record", "enum", "fixed"):
                self._named[node["name"]] = node
            for part in ("type", "items", "values", "fields"):
                self._note(node.get(part))


def _is_name(node: Node) -> bool:
    return isinstance(node, str)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a field: `shown`, `withheld`, or the masks it gets."""

    path: str
    field: Mapping[str, Any]
    how: str | tuple[Mapping[str, Any], ...]


def inner_records(types: Types, node: Node) -> list[Node]:
    """Return the records inside arrays, maps and unions of a type."""
    node = types.of(node)
    if isinstance(node, list):
        return [record for each in node for record in inner_records(types, each)]
    if not isinstance(node, Mapping):
        return []
    match node["type"]:
        case "record":
            return [node]
        case "array":
            return inner_records(types, node["items"])
        case "map":
            return inner_records(types, node["values"])
    return []


def fates(schema: Node, terms: Mapping[str, Any], always: Collection[str]) -> Iterator[Fate]:
    """Yield each field that stands by itself, as the terms have it; nothing inside one that goes.

    `always` are the fields of the envelope.
    """
    types = Types(schema)

    def walk(record: Node, parent: str) -> Iterator[Fate]:
        for field in record["fields"]:
            path = f"{parent}{field['name']}"
            if path in always:
                yield Fate(path, field, "shown")
                continue
            steps = as_steps(terms["masks"].get(path))
            if steps or not _cleared(field, terms) or not _listed(path, terms["fields"]):
                dropped = not steps or steps[0]["mask"] == "drop"
                yield Fate(path, field, "withheld" if dropped else steps)
                continue
            inside = inner_records(types, field["type"])
            if not inside:
                yield Fate(path, field, "shown")
            for one in inside:
                yield from walk(one, f"{path}.")

    yield from walk(schema, "")


def as_steps(mask: Any) -> tuple[Mapping[str, Any], ...]:
    if mask is None:
        return ()
    steps = mask if isinstance(mask, list | tuple) else [mask]
    return tuple({"mask": step} if isinstance(step, str) else step for step in steps)


def _cleared(field: Mapping[str, Any], terms: Mapping[str, Any]) -> bool:
    clearance = terms["clearance"]
    if field.get("grade") not in GRADES or "kind" not in field:
        return False
    enough = GRADES.index(field["grade"]) <= GRADES.index(clearance["grade"])
    return enough and field["kind"] in ("none", *clearance["kinds"])


def _listed(path: str, listed: Any) -> bool:
    if listed == "all":
        return True
    return any(
        path == name or path.startswith(f"{name}.") or name.startswith(f"{path}.")
        for name in listed
    )


def random_terms(
    schema: Node, key: Sequence[str], always: Collection[str], dice: random.Random
) -> dict[str, Any]:
    """Return terms that hide much of a schema and, mostly, can be compiled.

    What would have to be left out and has no default is masked, or else let through.
    """
    types = Types(schema)
    paths = [path for path in _paths(types, schema, "") if path.partition(".")[0] not in always]
    terms: dict[str, Any] = {
        "clearance": {
            "grade": dice.choice(GRADES),
            "kinds": dice.sample(KINDS, dice.randint(0, len(KINDS))),
        },
        "fields": "all",
        "masks": {},
    }
    if dice.random() < 0.5 and paths:
        terms["fields"] = dice.sample(paths, dice.randint(1, len(paths)))
    for _ in range(200):  # each mending may bring a field inside another to light
        if not _mend(types, schema, terms, key, always, dice):
            break
    return terms


def _mend(
    types: Types,
    schema: Node,
    terms: dict[str, Any],
    key: Sequence[str],
    always: Collection[str],
    dice: random.Random,
) -> bool:
    """Mask one field more, or let one through; say whether there was one."""
    for fate in fates(schema, terms, always):
        if fate.path in always or fate.path in terms["masks"]:
            continue
        if fate.how == "shown" and dice.random() < 0.4:
            legal = _legal(types, fate.field, dice, is_key=fate.path in key)
            if legal:
                terms["masks"][fate.path] = dice.choice(legal)
        if fate.how == "withheld" and "default" not in fate.field:
            legal = [
                mask
                for mask in _legal(types, fate.field, dice, is_key=fate.path in key)
                if mask != "drop"
            ]
            if legal:
                terms["masks"][fate.path] = dice.choice(legal)
            else:
                _let_through(fate, terms)
            return True
    return False


def _let_through(fate: Fate, terms: dict[str, Any]) -> None:
    clearance = terms["clearance"]
    if not _listed(fate.path, terms["fields"]):
        terms["fields"].append(fate.path)
    clearance["grade"] = max(clearance["grade"], fate.field["grade"], key=GRADES.index)
    clearance["kinds"] = sorted({*clearance["kinds"], fate.field["kind"]} - {"none"})


def _paths(types: Types, record: Node, parent: str) -> Iterator[str]:
    for field in record["fields"]:
        yield f"{parent}{field['name']}"
        for one in inner_records(types, field["type"]):
            yield from _paths(types, one, f"{parent}{field['name']}.")


def _legal(
    types: Types, field: Mapping[str, Any], dice: random.Random, *, is_key: bool
) -> list[Any]:
    """Return masks that hide the values of a field of that type."""
    leaves = set(_leaves(types, field["type"]))
    drop: list[Any] = ["drop"] if "default" in field else []
    if is_key:
        return [*drop, "pseudonym"] if "record" not in leaves else drop
    node = types.of(field["type"])
    nullable = isinstance(node, list) and "null" in node
    found: list[Any] = [*drop, *(["redact"] if nullable or leaves == {"string"} else [])]
    first = {"mask": "keep_first", "n": dice.randint(1, 2)}
    last = {"mask": "keep_last", "n": dice.randint(1, 2)}
    if leaves == {"string"}:
        found += [first, last, [first, last]]
    if leaves <= {"timestamp-millis", "timestamp-micros"}:
        to = dice.choice(["minute", "hour", "day", "month", "year"])
        found.append({"mask": "truncate_time", "to": to})
    if leaves == {"date"}:
        found.append({"mask": "truncate_time", "to": dice.choice(["month", "year"])})
    if leaves <= {"int", "long"}:
        found.append({"mask": "round", "n": -dice.randint(1, 4)})
    if leaves <= {"float", "double"}:
        found.append({"mask": "round", "n": dice.randint(-2, 2)})
    return found if "record" in leaves else [*found, "pseudonym"]


def _leaves(types: Types, node: Node) -> Iterator[str]:
    node = types.of(node)
    if isinstance(node, list):
        for each in node:
            if each != "null":
                yield from _leaves(types, each)
    elif not isinstance(node, Mapping):
        yield node
    elif node["type"] in ("array", "map"):
        yield from _leaves(types, node["items" if node["type"] == "array" else "values"])
    else:
        yield node.get("logicalType", node["type"])
