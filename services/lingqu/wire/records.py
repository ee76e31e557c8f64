"""One event as a dict, by fastavro: for HTTP and files, and as a second opinion on bytes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any

import fastavro

from lingqu.errors import PermanentError, Reason
from lingqu.wire.shape import Shape, without_logical_types

MALFORMED = (EOFError, IndexError, ValueError, OverflowError, KeyError, TypeError, RecursionError)
# What fastavro says of names; all else begins with the value, which may hold these words too.
_NAMES_ONLY = ("Field ", "no value and no default for ", "record contains more fields ")
UNFIT = (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError)


class RecordCodec:
    """Reads instants and days as whole numbers; writes them from numbers, datetimes or dates."""

    def __init__(self, schema: str, shape: Shape) -> None:
        self._record = shape.record
        self._plain = fastavro.parse_schema(without_logical_types(shape.root))
        self._logical = fastavro.parse_schema(json.loads(schema))

    def read(self, body: bytes) -> dict[str, Any]:
        try:
            found: dict[str, Any] = fastavro.schemaless_reader(io.BytesIO(body), self._plain)
        except MALFORMED as error:
            raise PermanentError(f"not an event of schema {self._record}") from error
        return found

    def write(self, row: Mapping[str, Any]) -> bytes:
        target = io.BytesIO()
        try:
            fastavro.schemaless_writer(target, self._logical, row, strict_allow_default=True)
        except UNFIT as error:
            raise PermanentError(unfit(self._record, error)) from error
        return target.getvalue()

    def canonical(self, body: bytes) -> bytes | Reason:
        """Return the one canonical encoding of a body, or why it is no whole event."""
        source, target = io.BytesIO(body), io.BytesIO()
        try:
            fastavro.schemaless_writer(
                target, self._plain, fastavro.schemaless_reader(source, self._plain)
            )
        except MALFORMED as error:
            return malformed(error)
        return left_over(len(body) - source.tell()) or target.getvalue()


def malformed(error: BaseException) -> Reason:
    return Reason("undecodable", f"not this schema's Avro ({type(error).__name__})")


def left_over(count: int) -> Reason | None:
    return Reason("undecodable", f"{count} bytes are left after the event") if count else None


def unfit(record: str, error: BaseException) -> str:
    """Say which field does not fit without repeating the value, as fastavro does."""
    named = re.search(r" on field (\w+)", str(error))
    place = f", field {named[1]}" if named else ""
    if str(error).startswith(_NAMES_ONLY):
        return f"not an event of schema {record}: {error}"
    return f"not an event of schema {record}{place}: a value does not fit its type"
