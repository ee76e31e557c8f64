"""What does not fit a schema is refused by field, and never with its value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu.errors import PermanentError
from lingqu.wire.codec import AvroCodec

MAP = {"type": "map", "values": "int"}


@pytest.mark.parametrize("value", ["missing 138001", "fields of 138001", "no 138001"])
@pytest.mark.parametrize("kind", ["double", "long", ["null", "long"], MAP])
def test_what_does_not_fit_is_named_without_its_value(kind: Any, value: str) -> None:
    schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}]}
    codec = AvroCodec(json.dumps(schema))
    with pytest.raises(PermanentError, match="not an event of schema R") as caught:
        codec.encode_rows([{"a": {"x": value} if kind is MAP else value}])
    assert "138001" not in str(caught.value)


def test_a_missing_field_is_named() -> None:
    schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}
    with pytest.raises(PermanentError, match="Field a is specified in the schema but missing"):
        AvroCodec(json.dumps(schema)).encode_rows([{}])


def test_numbers_in_bytes_that_cannot_be_read_are_not_repeated() -> None:
    """Read under another schema, a value stands where a length or a branch should be."""
    symbols = {"type": "enum", "name": "E", "symbols": ["x"]}
    schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": symbols}]}
    number = AvroCodec(json.dumps({**schema, "fields": [{"name": "a", "type": "long"}]}))
    body = number.encode_rows([{"a": 13800138000}])[0]
    reason = AvroCodec(json.dumps(schema)).decode([body]).refused[0]
    assert "138001" not in reason.detail
    assert "enum index # out of range" in reason.detail
