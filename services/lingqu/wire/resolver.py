"""A writer's events under another version of their schema, by Avro's resolution rules."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import fastavro
import pyarrow as pa

from lingqu.errors import ContractError, PermanentError, Reason
from lingqu.wire.aliases import named_as_written
from lingqu.wire.codec import AvroCodec
from lingqu.wire.decoded import Decoded
from lingqu.wire.records import MALFORMED
from lingqu.wire.resolution import plan_record
from lingqu.wire.shape import without_logical_types

SchemaResolutionError = fastavro.read.SchemaResolutionError


class Resolver:
    """Turns the writer's columns into the reader's: defaults, promotions, aliases, enum defaults.

    Aliases count whichever of the two schemas tells them: a newer writer's name its older readers.
    Compiled once per pair. `columnar` says that whole columns are rearranged, which cannot fail;
    otherwise each event is read by fastavro and may be refused.
    """

    def __init__(self, writer: str, reader: str) -> None:
        """Compile. Raises ContractError where a field has neither value nor default."""
        reader = named_as_written(reader, writer)
        self.writer, self.reader = AvroCodec(writer), AvroCodec(reader)
        self._written, self._read = _parsed(writer), _parsed(reader)
        _refuse_missing(self._written, self._read)
        self._plan = None
        if self.writer.columnar and self.reader.columnar:
            self._plan = plan_record(json.loads(writer), json.loads(reader))

    @property
    def columnar(self) -> bool:
        return self._plan is not None

    def decode_framed(self, payloads: Sequence[bytes], *, trusted: bool = False) -> Decoded:
        """Decode the writer's whole payloads and resolve them; places are those of the payloads."""
        decoded = self.writer.decode_framed(payloads, trusted=trusted)
        resolved = self.resolve(decoded.columns)
        if decoded.good is None:
            return Decoded(resolved.columns, resolved.good, {**decoded.refused, **resolved.refused})
        good = decoded.good
        late = {good[row]: reason for row, reason in resolved.refused.items()}
        kept = good if resolved.good is None else [good[row] for row in resolved.good]
        return Decoded(resolved.columns, kept, {**decoded.refused, **late})

    def columns(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the writer's columns as the reader's; all rows survive."""
        resolved = self.resolve(batch)
        if resolved.refused:
            reason = next(iter(resolved.refused.values()))
            raise PermanentError(f"schema {self.reader.record}: {reason.detail}")
        return resolved.columns

    def resolve(self, batch: pa.RecordBatch) -> Decoded:
        """Return the writer's columns as the reader's, and the rows that cannot be resolved."""
        if self._plan is None:
            return self._by_rows(batch)
        struct = pa.StructArray.from_arrays(batch.columns, fields=list(batch.schema))
        found = self._plan(struct)
        schema = self.reader.arrow_schema
        arrays = [
            array if array.type == field.type else array.cast(field.type)
            for array, field in zip(found.flatten(), schema, strict=True)
        ]
        return Decoded(pa.RecordBatch.from_arrays(arrays, schema=schema))

    def _by_rows(self, batch: pa.RecordBatch) -> Decoded:
        rows: dict[int, Mapping[str, Any]] = {}
        refused: dict[int, Reason] = {}
        for index, body in enumerate(self.writer.encode(batch)):
            try:
                source = io.BytesIO(body)
                rows[index] = fastavro.schemaless_reader(source, self._written, self._read)
            except (SchemaResolutionError, *MALFORMED) as error:
                detail = f"not readable as {self.reader.record} ({type(error).__name__})"
                refused[index] = Reason("not_resolvable", detail)
        bodies = self.reader.encode_rows(list(rows.values()))
        columns = self.reader.decode(bodies, trusted=True).columns
        return Decoded(columns, list(rows) if refused else None, refused)


def _parsed(schema: str) -> Any:
    return fastavro.parse_schema(without_logical_types(json.loads(schema)))


def _refuse_missing(written: Mapping[str, Any], read: Mapping[str, Any]) -> None:
    names = {field["name"] for field in written["fields"]}
    for field in read["fields"]:
        known = {field["name"], *field.get("aliases", ())}
        if "default" not in field and not known & names:
            raise ContractError(
                f"schema {read['name']}, field {field['name']!r}: the writer's schema lacks it"
                " and it has no default; give it one"
            )
