"""What is judged readable is read: fastavro reads the writer's data with the reader's schema.

The pairs drawn meet none of the cases of avro_cases.yaml in which fastavro errs: no two types have
one short name, and bytes are text.
"""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.support.random_avro import data, pairs

from lingqu_registry.compatibility import judge
from lingqu_registry.parsing.parsed import ParsedSchema, parse_schema


@given(pairs(depth=2), st.data())
def test_what_is_judged_backward_compatible_is_read(pair: Any, drawn: st.DataObject) -> None:
    writer, reader = (parse_schema(json.dumps(each)) for each in pair)
    assume(not judge("BACKWARD", reader, [(1, writer)]))

    names: dict[str, Any] = {}
    written = fastavro.parse_schema(json.loads(writer.text), named_schemas=names)
    value = drawn.draw(data(written, names))

    _read(_written(value, written), written, reader)


def _written(value: Any, schema: Any) -> io.BytesIO:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, schema, value)
    stream.seek(0)
    return stream


def _read(stream: io.BytesIO, written: Any, reader: ParsedSchema) -> None:
    fastavro.schemaless_reader(stream, written, fastavro.parse_schema(json.loads(reader.text)))
    assert stream.read() == b""
