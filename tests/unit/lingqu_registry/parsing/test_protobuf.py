from __future__ import annotations

import pytest

from lingqu_registry.errors import RegistryError
from lingqu_registry.parsing.parsed import parse_schema

PROTO3 = """syntax = "proto3";
package water.sample;
import "google/protobuf/timestamp.proto";
option java_package = "cn.lingqu";
/* 水样 */
message Sample {
  reserved 9 to 11;
  string id = 1 [deprecated = true];
  repeated Reading readings = 2;
  map<string, int64> counts = 3;
  oneof place { string section = 4; int32 river = 5; }
  message Reading { optional double value = 1; }
  enum Grade { GRADE_UNKNOWN = 0; }
}
service Samples { rpc Last (Sample) returns (stream Sample); }
"""
PROTO2 = "message A { required string a = 1; optional int32 b = 2 [default = 5]; }"


@pytest.mark.parametrize("text", [PROTO3, PROTO2])
def test_protobuf_is_kept_as_it_was_sent(text: str) -> None:
    found = parse_schema(text, schema_type="PROTOBUF", normalize=True)

    assert (found.text, found.tree, found.schema_type) == (text, None, "PROTOBUF")


# As confluent-kafka-python's ProtobufSerializer sends it.
PLACE = "ChF3YXRlci9wbGFjZS5wcm90bxIFd2F0ZXIiFQoFUGxhY2USDAoEbmFtZRgBIAEoCWIGcHJvdG8z"
READING = (
    "ChN3YXRlci9yZWFkaW5nLnByb3RvEgV3YXRlchoRd2F0ZXIvcGxhY2UucHJvdG8aH2dvb2dsZS9wcm90b2J1Zi90aW1l"
    "c3RhbXAucHJvdG8iUQoHUmVhZGluZxIYCgJhdBgBIAEoCzIMLndhdGVyLlBsYWNlEiwKCG1lYXN1cmVkGAIgASgLMhou"
    "Z29vZ2xlLnByb3RvYnVmLlRpbWVzdGFtcGIGcHJvdG8z"
)


def test_a_descriptor_is_kept_as_it_was_sent() -> None:
    names = frozenset({"water/place.proto"})

    assert parse_schema(PLACE, schema_type="PROTOBUF").text == PLACE
    assert parse_schema(READING, schema_type="PROTOBUF", names=names).text == READING


def test_what_references_bring_may_be_imported() -> None:
    text = 'import public "a/b.proto"; message A { b.B b = 1; }'

    for more in ({"names": frozenset({"a/b.proto"})}, {"is_new": False}):
        assert parse_schema(text, schema_type="PROTOBUF", **more).text == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("message {", "at line 1, column 9: mismatched input '{'"),
        ('syntax = "proto3";\nmessage A { string a = ; }', "at line 2, column 24"),
        ("message A { string a = 1 }", "at line 1, column 26"),
        ('{"type": "object"}', "at line 1, column 1"),
        ("message A { string a = 1; \x01 }", "at line 1, column 27"),
        ('syntax = "proto3";', "it defines nothing"),
        (READING, "it imports 'water/place.proto'; send a reference"),
        (PLACE[:-4], "at line 1, column 1"),
        ("ChF3YXRlci9wbGFjZS5wcm90bw==", "it defines nothing"),
        ("aGVsbG8gd29ybGQh", "at line 1, column 1"),
        (
            'import "a/b.proto"; message A { b.B b = 1; }',
            "it imports 'a/b.proto'; send a reference",
        ),
    ],
)
def test_what_is_no_protobuf_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(RegistryError) as caught:
        parse_schema(text, schema_type="PROTOBUF")
    assert caught.value.code == 42201
    assert sentence in str(caught.value)
