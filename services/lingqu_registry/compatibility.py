"""Whether one Avro schema reads what another wrote, by the specification's resolution rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lingqu_registry.levels import Level
from lingqu_registry.parsed import ParsedSchema

Node = Any

PROMOTIONS = {
    "long": {"int"},
    "float": {"int", "long"},
    "double": {"int", "long", "float"},
    "bytes": {"string"},
    "string": {"bytes"},
}


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One reason why the reader cannot read the writer, at a path of the reader's schema."""

    kind: str
    path: str
    what: str

    def sentence(self, reader: str, writer: str) -> str:
        said = _SAID[self.kind].format(path=self.path, reader=reader, writer=writer, what=self.what)
        return f"{{errorType:'{self.kind}', description:'{said}', additionalInfo:'{self.what}'}}"


_SAID: Mapping[str, str] = {
    "NAME_MISMATCH": "The name of the schema has changed (path {path!r})",
    "FIXED_SIZE_MISMATCH": "The size of FIXED type field at path {path!r} in the {reader} schema"
    " does not match with the {writer} schema",
    "MISSING_ENUM_SYMBOLS": "The {reader} schema is missing enum symbols {what!r} at path {path!r}"
    " of the {writer} schema",
    "READER_FIELD_MISSING_DEFAULT_VALUE": "The field {what!r} at path {path!r} in the {reader}"
    " schema has no default value and is missing in the {writer} schema",
    "TYPE_MISMATCH": "The type (path {path!r}) of a field in the {reader} schema does not match"
    " with the {writer} schema",
    "MISSING_UNION_BRANCH": "The {reader} schema is missing a type inside a union field at path"
    " {path!r} of the {writer} schema",
}


def incompatibilities(reader: ParsedSchema, writer: ParsedSchema) -> list[Incompatibility]:
    """Return why the reader cannot read all that the writer may write; empty where it can."""
    return list(_Check(reader.names, writer.names).compare(reader.root, writer.root, ""))


def messages(level: Level, new: ParsedSchema, old: ParsedSchema) -> list[str]:
    """Return what keeps the new schema from standing beside one old one under that level."""
    found: list[str] = []
    if level.startswith(("BACKWARD", "FULL")):
        found += [each.sentence("new", "old") for each in incompatibilities(new, old)]
    if level.startswith(("FORWARD", "FULL")):
        found += [each.sentence("old", "new") for each in incompatibilities(old, new)]
    return found


def judge(
    level: Level, new: ParsedSchema, versions: Sequence[tuple[int, ParsedSchema]]
) -> list[str]:
    """Return why the new schema may not follow the versions (ascending); empty where it may.

    Stops at the newest version that fails.
    """
    if level == "NONE":
        return []
    against = versions if level.endswith("_TRANSITIVE") else versions[-1:]
    for number, old in reversed(against):
        if found := messages(level, new, old):
            return [
                *found,
                f"{{oldSchemaVersion: {number}}}",
                f"{{oldSchema: '{old.text}'}}",
                f"{{validateFields: 'false', compatibility: '{level}'}}",
            ]
    return []


class _Check:
    def __init__(self, read: Mapping[str, Node], written: Mapping[str, Node]) -> None:
        self._read = read
        self._written = written
        self._open: set[tuple[int, int]] = set()

    def compare(self, reader: Node, writer: Node, path: str) -> Iterator[Incompatibility]:
        reader, writer = _plain(reader, self._read), _plain(writer, self._written)
        pair = (id(reader), id(writer))
        if isinstance(reader, dict) and pair in self._open:
            return  # inside itself: what is being compared already is not compared again
        self._open.add(pair)
        yield from self._compare(reader, writer, path)
        self._open.discard(pair)

    def _compare(self, reader: Node, writer: Node, path: str) -> Iterator[Incompatibility]:
        if isinstance(writer, list):
            yield from self._from_union(reader, writer, path)
        elif isinstance(reader, list):
            if not any(self._reads(branch, writer) for branch in reader):
                what = f"reader union lacking writer type: {_kind(writer).upper()}"
                yield Incompatibility("MISSING_UNION_BRANCH", path or "/", what)
        elif _kind(reader) == _kind(writer):
            yield from self._same_kind(reader, writer, path)
        elif _kind(writer) not in PROMOTIONS.get(_kind(reader), ()):
            kinds = f"{_kind(reader).upper()} not compatible with writer type: "
            what = f"reader type: {kinds}{_kind(writer).upper()}"
            yield Incompatibility("TYPE_MISMATCH", path or "/", what)

    def _from_union(self, reader: Node, writer: list[Node], path: str) -> Iterator[Incompatibility]:
        for place, branch in enumerate(writer):
            if not isinstance(reader, list):
                yield from self.compare(reader, branch, path)
            elif not self._reads(reader, branch):
                kind = _kind(_plain(branch, self._written)).upper()
                what = f"reader union lacking writer type: {kind}"
                yield Incompatibility("MISSING_UNION_BRANCH", f"{path}/{place}", what)

    def _reads(self, reader: Node, writer: Node) -> bool:
        return not list(self.compare(reader, writer, ""))

    def _same_kind(self, reader: Node, writer: Node, path: str) -> Iterator[Incompatibility]:
        kind = _kind(reader)
        if kind in {"array", "map"}:
            part = "items" if kind == "array" else "values"
            yield from self.compare(reader[part], writer[part], f"{path}/{part}")
            return
        if kind in {"record", "error", "enum", "fixed"}:
            yield from _names(reader, writer, path)
        if kind in {"record", "error"}:
            yield from self._fields(reader, writer, path)
        elif kind == "enum":
            yield from _symbols(reader, writer, path)
        elif kind == "fixed" and reader["size"] != writer["size"]:
            what = f"expected: {writer['size']}, found: {reader['size']}"
            yield Incompatibility("FIXED_SIZE_MISMATCH", f"{path}/size", what)

    def _fields(self, reader: Node, writer: Node, path: str) -> Iterator[Incompatibility]:
        written = {field["name"]: field for field in writer["fields"]}
        for place, field in enumerate(reader["fields"]):
            here = f"{path}/fields/{place}"
            names = [field["name"], *field.get("aliases", ())]
            match = next((written[name] for name in names if name in written), None)
            if match is not None:
                yield from self.compare(field["type"], match["type"], f"{here}/type")
            elif "default" not in field:
                missing = field["name"]
                yield Incompatibility("READER_FIELD_MISSING_DEFAULT_VALUE", here, missing)


def _names(reader: Node, writer: Node, path: str) -> Iterator[Incompatibility]:
    """Compare names without their namespaces, as Avro Java does; a full alias also matches."""
    short = [node["name"].rpartition(".")[2] for node in (reader, writer)]
    if short[0] != short[1] and writer["name"] not in _aliases(reader):
        what = f"expected: {writer['name']}"
        yield Incompatibility("NAME_MISMATCH", f"{path}/name", what)


def _aliases(node: Node) -> set[str]:
    space = node["name"].rpartition(".")[0]
    aliases = node.get("aliases", ())
    return {alias if "." in alias or not space else f"{space}.{alias}" for alias in aliases}


def _symbols(reader: Node, writer: Node, path: str) -> Iterator[Incompatibility]:
    missing = [symbol for symbol in writer["symbols"] if symbol not in reader["symbols"]]
    if missing and "default" not in reader:
        what = f"[{', '.join(missing)}]"
        yield Incompatibility("MISSING_ENUM_SYMBOLS", f"{path}/symbols", what)


def _plain(node: Node, names: Mapping[str, Node]) -> Node:
    """Return a definition for a name, and a primitive for an object that says no more."""
    if isinstance(node, str):
        return names.get(node, node)
    return node


def _kind(node: Node) -> str:
    if isinstance(node, list):
        return "union"
    return node if isinstance(node, str) else str(node["type"])
