"""Whether an Avro schema may stand beside others, in the directions that a level asks for."""

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
    """Return why the new schema may not follow all these versions (ascending), all of them AVRO.

    Stops at the newest version that fails. Raises RegistryError 42201 for schemas that are too
    deep to compare.
    """
    for number, old in reversed(versions):
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
    assert reader.tree is not None and writer.tree is not None  # noqa: S101, PT018 - both AVRO
    try:
        return differences(reader.tree, writer.tree)
    except ContractError as error:
        raise invalid_schema(str(error)) from error


def _message(problem: Problem, reader: str, writer: str) -> str:
    """Return one problem as Confluent writes it; it looks like JSON, and is not."""
    said = problem.said(reader, writer)
    return f"{{errorType:'{problem.kind}', description:'{said}', additionalInfo:'{problem.info}'}}"
