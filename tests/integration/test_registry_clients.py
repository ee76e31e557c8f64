"""Existing clients work unchanged, ids are unique under many writers, contracts are there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fastavro
import httpx2
import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.support.http import http
from tests.support.ports import free_port
from tests.support.registry import running_registry

from lingqu.errors import ConflictError, ContractError, UnavailableError
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, frame, group_by_schema
from lingqu.wire.registry import RegistryClient, UnknownSchema

pytestmark = pytest.mark.integration

SUBJECT = "demo.reading.v1-value"
CONTEXT = SerializationContext("demo.reading.v1", MessageField.VALUE)


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> Iterator[str]:
    with running_registry(database_url, contract_folder(tmp_path)) as address:
        yield address


@pytest.fixture
def confluent(url: str) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": url}) as client:
        yield client


def test_contracts_are_registered_at_start(url: str, confluent: SchemaRegistryClient) -> None:
    registered = confluent.get_latest_version(SUBJECT)

    assert registered.version == 1
    assert json.loads(registered.schema.schema_str)["fields"][-1]["kind"] == "none"
    assert http.get(f"{url}/readyz").status_code == 200
    assert confluent.get_compatibility(SUBJECT) == "FULL_TRANSITIVE"


def test_confluents_serializer_and_our_codec_read_each_other(
    url: str, confluent: SchemaRegistryClient
) -> None:
    serializer = AvroSerializer(confluent, schema(), conf={"auto.register.schemas": True})
    payload: bytes = serializer(event(), CONTEXT)
    with RegistryClient(url) as registry:
        schema_id = confluent.get_latest_version(SUBJECT).schema_id
        assert group_by_schema([payload]).single == schema_id
        codec = AvroCodec(registry.schema(schema_id))

    columns = codec.decode_framed([payload]).columns
    back = AvroDeserializer(confluent)(codec.encode_framed(columns, schema_id)[0], CONTEXT)

    assert columns.column("station").to_pylist() == ["43-A1"]
    assert back["parts"] == [{"code": "p1", "amount": 1.5}]


def test_plain_fastavro_reads_what_we_wrote(url: str) -> None:
    with RegistryClient(url) as registry:
        schema_id = registry.register(SUBJECT, schema())
    (body,) = AvroCodec(schema()).encode_rows([event()])
    payload = frame(schema_id, body)

    number = int.from_bytes(payload[1:5], "big")
    text = http.get(f"{url}/schemas/ids/{number}").json()["schema"]
    read: Any = fastavro.schemaless_reader(
        io.BytesIO(payload[HEADER_BYTES:]), fastavro.parse_schema(json.loads(text))
    )

    assert read["station"] == "43-A1"


def test_confluents_client_finds_its_way_through(confluent: SchemaRegistryClient) -> None:
    first = Schema(json.dumps({"type": "record", "name": "R", "fields": []}), "AVRO")
    breaking = Schema(
        json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}),
        "AVRO",
    )

    schema_id = confluent.register_schema("s", first, normalize_schemas=False)

    assert confluent.lookup_schema("s", first).schema_id == schema_id
    assert confluent.get_version("s", 1).schema_id == schema_id
    assert confluent.get_versions("s") == [1]
    assert "s" in confluent.get_subjects()
    assert confluent.test_compatibility("s", first)
    assert not confluent.test_compatibility("s", breaking)
    confluent.set_compatibility("s", "NONE")
    assert confluent.get_compatibility("s") == "NONE"
    assert confluent.test_compatibility("s", breaking)
    assert confluent.delete_subject("s") == [1]
    with pytest.raises(SchemaRegistryError) as caught:
        confluent.get_latest_version("s")
    assert caught.value.error_code == 40401


def test_our_client_tells_what_is_missing_from_what_is_wrong(url: str) -> None:
    with RegistryClient(url) as registry:
        text = '{"type": "record", "name": "R", "fields": []}'
        assert registry.lookup("s", text) is None
        assert registry.latest("s") is None
        schema_id = registry.register("s", text)
        assert registry.lookup("s", text) == schema_id

        latest = registry.latest("s")
        assert latest is not None
        assert (latest.id, latest.version) == (schema_id, 1)
        with pytest.raises(UnknownSchema, match="no schema 99"):
            registry.schema(99)
        with pytest.raises(ConflictError, match="incompatible"):
            registry.register(
                "s", '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
            )
        with pytest.raises(ContractError, match="Invalid schema"):
            registry.register("s", "{")


def test_a_schema_once_found_needs_no_registry_any_more(sqlite_url: str, tmp_path: Path) -> None:
    with running_registry(sqlite_url, contract_folder(tmp_path)) as address:
        registry = RegistryClient(address)
        text = registry.schema(1)

    assert registry.schema(1) == text
    with pytest.raises(UnavailableError, match="is it running"):
        registry.schema(2)
    registry.close()


def test_a_registry_that_is_not_there_is_unavailable() -> None:
    with (
        RegistryClient(f"http://127.0.0.1:{free_port()}") as registry,
        pytest.raises(UnavailableError, match="does not answer"),
    ):
        registry.register("s", '"string"')


def test_ids_and_versions_stay_unique_under_many_writers(url: str) -> None:
    def write(number: int) -> tuple[int, int]:
        text = json.dumps({"type": "enum", "name": "E", "symbols": [f"s{number % 20}"]})
        http.put("/config/many", json={"compatibility": "NONE"})
        shared = http.post("/subjects/many/versions", json={"schema": text})
        alone = http.post(f"/subjects/own-{number % 5}/versions", json={"schema": '"string"'})
        return shared.json()["id"], alone.json()["id"]

    with httpx2.Client(base_url=url, timeout=30) as http, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(write, range(80)))
        versions = http.get("/subjects/many/versions").json()

    assert versions == list(range(1, 21))
    ids = [shared for shared, _ in answers]
    assert ids == ids[:20] * 4
    assert len(set(ids)) == 20
    assert len({alone for _, alone in answers}) == 1


def test_what_was_answered_is_there_after_a_restart(database_url: str, tmp_path: Path) -> None:
    folder = contract_folder(tmp_path)
    with running_registry(database_url, folder) as first, RegistryClient(first) as registry:
        schema_id = registry.register("s", '"string"')

    with running_registry(database_url, folder) as second, RegistryClient(second) as registry:
        assert registry.schema(schema_id) == '"string"'
        latest = registry.latest(SUBJECT)
        assert latest is not None
        assert latest.version == 1


def test_versions_of_a_contract_are_registered_in_order(sqlite_url: str, tmp_path: Path) -> None:
    added = [*reading_fields(), field("colour", ["null", "string"], default=None)]
    texts = {"1.0": schema(), "1.1": schema(fields=added)}
    folder = contract_folder(tmp_path, versions=texts)

    with running_registry(sqlite_url, folder) as address:
        versions = http.get(f"{address}/subjects/{SUBJECT}/versions").json()
        latest = http.get(f"{address}/subjects/{SUBJECT}/versions/latest/schema").json()

    assert versions == [1, 2]
    assert latest["fields"][-1]["name"] == "colour"


def test_a_contract_that_clashes_is_told_and_the_registry_goes_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    broken = [*reading_fields(), field("colour", "string")]
    texts = {"1.0": schema(), "1.1": schema(fields=broken)}
    folder = contract_folder(tmp_path, versions=texts)

    with running_registry(sqlite_url, folder) as address:
        ready = http.get(f"{address}/readyz")
        versions = http.get(f"{address}/subjects/{SUBJECT}/versions").json()

    assert ready.status_code == 503
    assert "contract demo.reading v1.1" in ready.json()["detail"]
    assert versions == [1]


def test_contracts_that_cannot_be_read_are_told(sqlite_url: str, tmp_path: Path) -> None:
    with running_registry(sqlite_url, tmp_path / "missing") as address:
        ready = http.get(f"{address}/readyz")

    assert ready.status_code == 503
    assert "no such folder" in ready.json()["detail"]


def test_a_database_that_is_away_is_told_in_ready_and_answers(tmp_path: Path) -> None:
    away = f"postgresql://nobody@127.0.0.1:{free_port()}/none"

    with running_registry(away, contract_folder(tmp_path)) as address:
        ready = http.get(f"{address}/readyz")
        answer = http.get(f"{address}/subjects")

    assert ready.status_code == 503
    assert (answer.status_code, answer.json()["error_code"]) == (500, 50001)
