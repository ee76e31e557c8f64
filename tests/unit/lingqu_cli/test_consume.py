from __future__ import annotations

import io
import json
from typing import Any, cast

import fastavro
import orjson
import pytest

from lingqu.client import HubAddresses
from lingqu.errors import ConfigurationError, PermanentError, Reason
from lingqu.wire.framing import frame
from lingqu.wire.registry import RegistryClient
from lingqu_cli.listening import Received, kafka_settings
from lingqu_cli.showing import Reader, as_json_line, as_line

SCHEMA = {
    "type": "record",
    "name": "Parcel",
    "fields": [
        {"name": "event_id", "type": "string"},
        {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "origin", "type": "string"},
        {"name": "change", "type": "string"},
        {"name": "seal", "type": "bytes"},
    ],
}
EVENT = {
    "event_id": "1",
    "occurred_at": 1_617_220_800_000,
    "origin": "43",
    "change": "first",
    "seal": b"\xff",
}


class OneSchema:
    """A registry that knows schema 1."""

    def schema(self, schema_id: int) -> str:
        if schema_id != 1:
            raise PermanentError(f"no schema {schema_id}")
        return json.dumps(SCHEMA)


def body() -> bytes:
    target = io.BytesIO()
    fastavro.schemaless_writer(target, SCHEMA, EVENT)
    return target.getvalue()


def read(value: bytes | None) -> dict[str, Any] | Reason:
    return Reader(cast("RegistryClient", OneSchema())).read(value)


def received(key: bytes | None = b"P1") -> Received:
    return Received(2, 15, key, b"")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "null_payload"),
        (b"plain text", "bad_framing"),
        (b'{"id": "cut sho', "undecodable"),
        (frame(9, body()), "unknown_schema"),
        (frame(1, body()[:-1]), "undecodable"),
        (frame(1, body() + b"!"), "undecodable"),
    ],
)
def test_a_record_that_cannot_be_decoded_is_shown_as_such(value: bytes | None, code: str) -> None:
    reason = read(value)
    assert isinstance(reason, Reason)
    assert reason.code == code
    shown = orjson.loads(as_json_line(received(), reason))["undecodable"]
    assert (shown["code"], shown["partition"], shown["offset"]) == (code, 2, 15)
    assert "! undecodable" in as_line(received(None), reason)


def test_a_json_line_is_the_event_as_publish_reads_it() -> None:
    shown = orjson.loads(as_json_line(received(), read(frame(1, body()))))
    assert shown == EVENT | {"occurred_at": "2021-03-31T20:00:00Z", "seal": "\xff"}


def test_a_record_of_the_hubs_own_topics_is_shown_as_the_json_it_is() -> None:
    letter = {"id": "feed|topic|0|7|1", "reason": {"code": "rejected"}}
    assert orjson.loads(as_json_line(received(), read(orjson.dumps(letter)))) == letter


def test_a_line_for_people_shows_place_key_local_time_and_content() -> None:
    line = as_line(received(), read(frame(1, body())))
    assert line.split()[:6] == ["2/15", "P1", "2021-04-01", "04:00:00", "43", "first"]
    assert line.endswith('{"seal":"\xff"}')


ADDRESSES = HubAddresses("c", "g", "r", kafka="hub:9092")


def test_the_running_hubs_kafka_is_read_with_the_settings_of_the_environment() -> None:
    settings = kafka_settings({"LINGQU_KAFKA__SECURITY_PROTOCOL": "SSL"}, ADDRESSES)
    assert (settings.bootstrap_servers, settings.security_protocol) == ("hub:9092", "SSL")


def test_a_wrong_kafka_setting_is_named() -> None:
    with pytest.raises(ConfigurationError, match="LINGQU_KAFKA__SECURITY_PROTOCOL is wrong"):
        kafka_settings({"LINGQU_KAFKA__SECURITY_PROTOCOL": "TELNET"}, ADDRESSES)
