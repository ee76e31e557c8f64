"""Whether a schema may follow the versions of its subject, under each of the seven levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from lingqu.contracts.avro.compatibility import Problem, differences
from lingqu.errors import ContractError
from lingqu_registry.errors import invalid_schema
from lingqu_registry.levels import Level
from lingqu_registry.parsing.parsed import ParsedSchema

# Remembered by reader and writer for as long as both of them are.
_verdicts: WeakKeyDictionary[ParsedSchema, WeakKeyDictionary[ParsedSchema, list[Problem]]] = (
    WeakKeyDictionary()
)


def judge(
    level: Level, new: ParsedSchema, versions: Sequence[tuple[int, ParsedSchema]]
) -> list[str]:
    """Return why the new schema may not follow the versions (ascending); empty where it may.

    Stops at the newest version that fails. Raises RegistryError 42201 for schemas that cannot be
    compared here.
    """
    if level == "NONE":
        return []
    against = versions if level.endswith("_TRANSITIVE") else versions[-1:]
    for number, old in reversed(against):
        if found := list(_messages(level, new, old)):
            return [
                *found,
                f"{{oldSchemaVersion: {number}}}",
                f"{{oldSchema: '{old.text}'}}",
                f"{{validateFields: 'false', compatibility: '{level}'}}",
            ]
    return []


def _messages(level: Level, new: ParsedSchema, old: ParsedSchema) -> Iterator[str]:
    """Yield what keeps the new schema from standing beside one old one under that level."""
    if new.schema_type != old.schema_type:
        yield "Incompatible because of different schema type"
        return
    if level.startswith(("FORWARD", "FULL")):
        yield from (_message(each, "old", "new") for each in _problems(old, new))
    if level.startswith(("BACKWARD", "FULL")):
        yield from (_message(each, "new", "old") for each in _problems(new, old))


def _problems(reader: ParsedSchema, writer: ParsedSchema) -> list[Problem]:
    known = _verdicts.setdefault(reader, WeakKeyDictionary())
    if (found := known.get(writer)) is None:
        found = known[writer] = _compared(reader, writer)
    return found


def _compared(reader: ParsedSchema, writer: ParsedSchema) -> list[Problem]:
    if reader.tree is None or writer.tree is None:
        raise invalid_schema(
            f"versions of a {reader.schema_type} schema cannot be compared here;"
            " set the compatibility of this subject to NONE"
        )
    try:
        return differences(reader.tree, writer.tree)
    except ContractError as error:
        raise invalid_schema(str(error)) from error


def _message(problem: Problem, reader: str, writer: str) -> str:
    """Return one problem as Confluent writes it; it looks like JSON, and is not."""
    said = problem.said(reader, writer)
    return f"{{errorType:'{problem.kind}', description:'{said}', additionalInfo:'{problem.info}'}}"
