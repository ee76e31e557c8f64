"""The columnar path: pyruhvro turns many Avro bodies into Arrow columns and back in one call."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyruhvro

from lingqu.errors import PermanentError, Reason
from lingqu.wire.arrow_types import conform
from lingqu.wire.decoded import Decoded
from lingqu.wire.framing import HEADER_BYTES, header
from lingqu.wire.shape import Shape

# The five framing bytes read as two Avro fields, a boolean (the zero) and a float (any four bytes):
# cutting them off each payload in Python takes nearly as long as decoding it does.
FRAME = [{"name": "lingqu_magic", "type": "boolean"}, {"name": "lingqu_id", "type": "float"}]

_NUMBER = re.compile(r"-?\d+")


class Panicked(Exception):  # noqa: N818 - named as what happened
    """The Rust side panicked: this schema must not be tried there again."""


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """At least one of the bodies, or values, does not fit the schema."""


class ColumnCodec:
    """Decodes and encodes whole batches; `canonical` is a second opinion on a body."""

    def __init__(self, shape: Shape, canonical: Callable[[bytes], bytes | Reason]) -> None:
        self._shape = shape
        self._canonical = canonical
        self._bare = json.dumps(shape.root)
        self._framed = json.dumps({**shape.root, "fields": [*FRAME, *shape.root["fields"]]})
        self.arrow_schema: pa.Schema = _call(pyruhvro.avro_to_arrow_schema, self._bare)

    def decode(self, bodies: Sequence[bytes], *, framed: bool, trusted: bool) -> Decoded:
        text = self._framed if framed else self._bare
        whole = bodies if isinstance(bodies, list) else list(bodies)
        refused: dict[int, Reason] = {}
        try:
            batch = _decode(whole, text)
        except _Refused:
            refused = _locate(whole, text)
            whole = [body for index, body in enumerate(whole) if index not in refused]
            batch = _decode(whole, text)
        good = [i for i in range(len(bodies)) if i not in refused] if refused else None
        decoded = Decoded(batch, good, refused)
        if not trusted:
            decoded = self._check(decoded, whole, text, HEADER_BYTES if framed else 0)
        return self._without_frame(decoded) if framed else decoded

    def encode(self, columns: pa.RecordBatch) -> list[bytes]:
        exact = conform(columns, self.arrow_schema, self._shape)
        return self._serialize(exact, self._bare).to_pylist()  # type: ignore[no-any-return]

    def encode_column(self, columns: pa.RecordBatch, schema_id: int) -> pa.BinaryArray:
        exact = conform(columns, self.arrow_schema, self._shape)
        count = exact.num_rows
        ids = pa.py_buffer(header(schema_id)[1:] * count)
        frame = [pa.repeat(False, count), pa.Array.from_buffers(pa.float32(), count, [None, ids])]
        names = [part["name"] for part in FRAME] + exact.schema.names
        batch = pa.RecordBatch.from_arrays([*frame, *exact.columns], names=names)
        return self._serialize(batch, self._framed)

    def _serialize(self, batch: pa.RecordBatch, text: str) -> pa.BinaryArray:
        if any(column.offset for column in batch.columns):
            # Of a slice pyruhvro loses the place, in records inside records.
            batch = batch.take(pa.arange(0, batch.num_rows))
        try:
            encoded = _call(pyruhvro.serialize_record_batch, batch, text, 1)
        except _Refused as error:  # its message holds the value, so it is not repeated
            raise PermanentError(
                f"schema {self._shape.record}: an enum column holds a symbol that the schema lacks"
            ) from error.__cause__
        return encoded[0]

    def _check(self, decoded: Decoded, whole: list[bytes], text: str, start: int) -> Decoded:
        """Re-encode and compare: trailing bytes and hidden values show by row."""
        encoded = _call(pyruhvro.serialize_record_batch, decoded.columns, text, 1)[0]
        original = pa.array(whole, pa.binary())
        if encoded.equals(original):
            return decoded
        replaced: dict[int, bytes] = {}
        refused = dict(decoded.refused)
        places = decoded.good or range(len(whole))
        unequal = pc.indices_nonzero(pc.not_equal(encoded, original)).to_pylist()
        for row in unequal:
            ours = encoded[row].as_py()
            theirs = self._canonical(whole[row][start:])
            if isinstance(theirs, Reason):
                refused[places[row]] = theirs
            elif theirs == ours[start:]:
                replaced[places[row]] = ours
            else:
                detail = "two decoders read different values from it"
                refused[places[row]] = Reason("not_canonical", detail)
        if len(refused) == len(decoded.refused):
            return Decoded(decoded.columns, decoded.good, refused, replaced)
        kept = [row for row in range(len(whole)) if places[row] not in refused]
        columns = decoded.columns.take(pa.array(kept, pa.int64()))
        return Decoded(columns, [places[row] for row in kept], refused, replaced)

    def _without_frame(self, decoded: Decoded) -> Decoded:
        arrays = decoded.columns.columns[len(FRAME) :]
        columns = pa.RecordBatch.from_arrays(arrays, schema=self.arrow_schema)
        return Decoded(columns, decoded.good, decoded.refused, decoded.replaced)


def _locate(bodies: list[bytes], text: str) -> dict[int, Reason]:
    """Find the bad ones by halving: one bad record fails the whole array without saying which."""
    found: dict[int, Reason] = {}
    ranges = [(0, len(bodies))]
    while ranges:
        start, end = ranges.pop()
        try:
            _decode(bodies[start:end], text)
        except _Refused as error:
            if end - start == 1:
                said = _NUMBER.sub("#", str(error))  # a number there may be a value
                found[start] = Reason("undecodable", f"not this schema's Avro ({said})")
            elif end - start <= 8:
                ranges.extend((index, index + 1) for index in range(start, end))
            else:
                middle = (start + end) // 2
                ranges.extend([(start, middle), (middle, end)])
    return found


def _decode(bodies: list[bytes], text: str) -> pa.RecordBatch:
    batch = _call(pyruhvro.deserialize_array, bodies, text)
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as error:  # pyruhvro takes any bytes for text
        raise _Refused("text is not UTF-8") from error
    return batch


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call into Rust: the one seam where its errors and panics become ours."""
    try:
        return function(*arguments)
    except ValueError as error:
        raise _Refused(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it derives from BaseException alone
            raise
        raise Panicked(str(error)) from error
