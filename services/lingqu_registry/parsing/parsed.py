"""A registered schema as a value: valid, with the text that its identity is made of."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

from lingqu.contracts.avro.parser import Definitions, parse
from lingqu.contracts.avro.types import Enum, Fixed, Record, Type
from lingqu.errors import ContractError
from lingqu_registry.errors import invalid_schema
from lingqu_registry.parsing.canonical import canonical_text
from lingqu_registry.parsing.json_schema import json_schema_text
from lingqu_registry.parsing.json_text import read
from lingqu_registry.parsing.protobuf import check_protobuf
from lingqu_registry.parsing.remembered import Remembered

REMEMBERED = 1_000_000  # letters of text; their types take some twenty times that in bytes


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ParsedSchema:
    """A valid schema: its canonical text and, of an Avro schema, its types.

    Two are the same only if they are one object, which makes them cheap to remember by.
    """

    text: str
    tree: Type | None
    schema_type: str = "AVRO"


_parsed = Remembered[tuple[Hashable, ...], ParsedSchema](REMEMBERED)


def parse_schema(
    text: str,
    *,
    schema_type: str = "AVRO",
    normalize: bool = False,
    uses: tuple[str, ...] = (),
    names: frozenset[str] = frozenset(),
    is_new: bool = True,
) -> ParsedSchema:
    """Parse a text that may use the names of others; lately parsed ones are remembered.

    `uses` are the texts that its references lead to, `names` what JSON Schema and Protobuf know
    them by. What is registered already, here or where it is imported from, is not new: its defaults
    and what it uses are taken as they are. Raises RegistryError 42201.
    """
    key = (text, schema_type, normalize, uses, names, is_new)
    weight = len(text) + sum(map(len, uses))
    return _parsed.get(key, weight, partial(_parse, *key))


def _parse(
    text: str,
    schema_type: str,
    normalize: bool,
    uses: tuple[str, ...],
    names: frozenset[str],
    is_new: bool,
) -> ParsedSchema:
    if not text.strip():
        raise invalid_schema("Empty schema")
    judged = names if is_new else None
    try:
        match schema_type:
            case "AVRO":
                return _avro(text, normalize, uses, is_new)
            case "JSON":
                kept = json_schema_text(text, normalize=normalize, names=judged)
                return ParsedSchema(kept, None, "JSON")
            case "PROTOBUF":
                check_protobuf(text, judged)
                return ParsedSchema(text, None, "PROTOBUF")
    except (ContractError, ValueError, ArithmeticError) as error:
        raise invalid_schema(f"it is no {schema_type} schema: {error}") from error
    except RecursionError as error:
        raise invalid_schema("it is nested too deep; flatten it") from error
    raise invalid_schema(f"Invalid schema type {schema_type}; use AVRO, JSON or PROTOBUF")


def _avro(text: str, normalize: bool, uses: tuple[str, ...], is_new: bool) -> ParsedSchema:
    names: Definitions = {}
    used = [parse(read(each), names, is_new=False) for each in uses]
    known = {each.name for each in used if isinstance(each, Record | Enum | Fixed)}
    tree = parse(read(text), names, is_new=is_new)
    return ParsedSchema(canonical_text(tree, normalize=normalize, known=known), tree)
