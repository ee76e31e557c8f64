"""Go: every method of franz-go's pkg/sr that asks the registry, its error table, its Serde."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.clients import toolchain
from tests.integration.clients.conftest import Wire
from tests.integration.clients.drivers import ClientError, Driver, base64_of, bytes_of
from tests.integration.clients.records import BREAKING, EVENT, EVENT_AS_AVRO_JSON, READING, WIDER

from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame, group_by_schema

pytestmark = pytest.mark.integration

FIRST, SECOND, BROKEN = ({"schema": text} for text in (READING, WIDER, BREAKING))
LATEST, ALL = -1, -2  # as versions, in franz-go's words
SOFT, HARD = False, True

# They ask nothing of a registry: they read back the client's own options, or take any path.
ASKING_NOTHING = {"Do", "OptValue", "OptValues", "Opts"}


@pytest.fixture(scope="module")
def go(registry: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with Driver([*toolchain.go(), registry], tmp_path_factory.mktemp("go") / "go.log") as driver:
        yield driver


def refused(name: str, code: int, go: Driver, call: str, *args: Any, **params: Any) -> None:
    """Expect a refusal that the client finds in its table under that name."""
    with pytest.raises(ClientError) as caught:
        go.call(f"franz.{call}", *args, **params)
    assert (caught.value.code, caught.value.kind) == (code, name)
    assert caught.value.status == int(str(code)[:3])


def test_every_method_that_asks_has_a_test(go: Driver) -> None:
    tested = Path(__file__).read_text("utf-8")
    methods = go.methods("franz") - ASKING_NOTHING

    assert {name for name in methods if not re.search(rf"\"(franz\.)?{name}\"", tested)} == set()


def test_schemas_are_registered_and_found(go: Driver, unique: str) -> None:
    first = go.call("franz.CreateSchema", unique, FIRST, normalize=True)
    second = go.call("franz.RegisterSchema", unique, SECOND, -1, -1)

    assert (first["subject"], first["version"], first["schema"]) == (unique, 1, READING)
    number = first["id"]
    assert go.call("franz.LookupSchema", unique, FIRST)["id"] == number
    assert go.call("franz.SchemaByID", number)["schema"] == READING
    assert go.call("franz.SchemaTextByID", number, subject=unique) == READING
    assert go.call("franz.SchemaByVersion", unique, LATEST)["id"] == second
    assert go.call("franz.SchemaTextByVersion", unique, 1) == READING
    assert go.call("franz.SubjectVersions", unique) == [1, 2]
    assert [each["version"] for each in go.call("franz.Schemas", unique)] == [1, 2]
    assert "AVRO" in go.call("franz.SupportedTypes")


def test_a_schema_is_found_by_its_guid(go: Driver, unique: str) -> None:
    number = go.call("franz.CreateSchema", unique, FIRST)["id"]
    guid = go.call("franz.LookupSchema", unique, FIRST)["guid"]

    assert go.call("franz.SchemaByGUID", guid)["schema"] == READING
    assert {"context": ".", "id": number} in go.call("franz.SchemaIDsByGUID", guid)
    nothing = "00000000-0000-0000-0000-000000000000"
    refused("SCHEMA_NOT_FOUND", 40403, go, "SchemaByGUID", nothing)


def test_uses_of_a_schema_are_found(go: Driver, unique: str) -> None:
    own = {"schema": READING.replace('"Reading"', f'"{unique}"')}
    number = go.call("franz.CreateSchema", unique, own)["id"]
    go.call("franz.CreateSchema", f"{unique}/b", own)

    assert go.call("franz.SubjectsByID", number) == [unique, f"{unique}/b"]
    assert go.call("franz.SchemaVersionsByID", number) == [
        {"subject": unique, "version": 1},
        {"subject": f"{unique}/b", "version": 1},
    ]
    uses = go.call("franz.SchemaUsagesByID", number)
    assert {each["subject"] for each in uses} == {unique, f"{unique}/b"}


def test_references_are_found_and_keep_what_they_need(go: Driver, unique: str) -> None:
    go.call("franz.CreateSchema", unique, FIRST)
    text = '{"type":"record","name":"R","fields":[{"name":"a","type":"cn.demo.Reading"}]}'
    reference = {"name": "cn.demo.Reading", "subject": unique, "version": 1}
    using = {"schema": text, "references": [reference]}
    made = go.call("franz.CreateSchema", f"{unique}-using", using)

    assert made["references"] == [reference]
    (found,) = go.call("franz.SchemaReferences", unique, LATEST)
    assert (found["subject"], found["id"]) == (f"{unique}-using", made["id"])
    refused("REFERENCE_EXISTS", 42206, go, "DeleteSchema", unique, 1, SOFT)


def test_lists_are_filtered_and_paged(go: Driver, unique: str) -> None:
    for subject in (f"{unique}-a", f"{unique}-b", f"{unique}-c"):
        go.call("franz.CreateSchema", subject, FIRST)
        go.call("franz.CreateSchema", subject, SECOND)
    go.call("franz.DeleteSubject", f"{unique}-c", SOFT)

    kept = [f"{unique}-a", f"{unique}-b"]
    assert go.call("franz.Subjects", subjectPrefix=unique) == kept
    assert go.call("franz.Subjects", subjectPrefix=unique, deletedOnly=True) == [f"{unique}-c"]
    assert go.call("franz.Subjects", subjectPrefix=unique, offset=1, limit=5) == kept[1:]
    latest = go.call("franz.AllSchemas", subjectPrefix=unique, latestOnly=True)
    assert [(each["subject"], each["version"]) for each in latest] == [(one, 2) for one in kept]
    assert len(go.call("franz.AllSchemas", subjectPrefix=unique, deleted=True)) == 6


def test_what_is_deleted_is_gone_step_by_step(go: Driver, unique: str) -> None:
    for schema in (FIRST, SECOND):
        go.call("franz.CreateSchema", unique, schema)

    refused("SCHEMA_VERSION_NOT_SOFT_DELETED", 40407, go, "DeleteSchema", unique, 1, HARD)
    go.call("franz.DeleteSchema", unique, 1, SOFT)
    refused("SCHEMA_VERSION_SOFT_DELETED", 40406, go, "DeleteSchema", unique, 1, SOFT)
    refused("VERSION_NOT_FOUND", 40402, go, "SchemaByVersion", unique, 1)
    assert go.call("franz.SchemaByVersion", unique, 1, deleted=True)["version"] == 1
    refused("SUBJECT_NOT_SOFT_DELETED", 40405, go, "DeleteSubject", unique, HARD)
    assert go.call("franz.DeleteSubject", unique, SOFT) == [2]
    refused("SUBJECT_SOFT_DELETED", 40404, go, "DeleteSubject", unique, SOFT)
    assert go.call("franz.DeleteSubject", unique, HARD) == [1, 2]
    refused("SUBJECT_NOT_FOUND", 40401, go, "SubjectVersions", unique, deleted=True)


def test_schemas_are_judged(go: Driver, unique: str) -> None:
    go.call("franz.CreateSchema", unique, FIRST)

    assert go.call("franz.CheckCompatibility", unique, LATEST, SECOND)["is_compatible"]
    judged = go.call("franz.CheckCompatibility", unique, ALL, BROKEN, verbose=True)
    assert not judged["is_compatible"]
    assert "depth" in judged["messages"][0]
    # The client's table knows 409; 40901 is Confluent's number since 8.0.4.
    refused("UNKNOWN_SCHEMA_REGISTRY_ERROR", 40901, go, "CreateSchema", unique, BROKEN)
    refused("INVALID_SCHEMA", 42201, go, "CreateSchema", unique, {"schema": "{"})
    refused("INVALID_VERSION", 42202, go, "SchemaByVersion", unique, 0)
    refused("SCHEMA_NOT_FOUND", 40403, go, "LookupSchema", unique, BROKEN)


def test_levels_are_set_and_reset(go: Driver, unique: str) -> None:
    unset = "SUBJECT_LEVEL_COMPATIBILITY_NOT_CONFIGURED"
    refused(unset, 40408, go, "Compatibility", unique)
    assert (
        go.call("franz.Compatibility", unique, defaultToGlobal=True)[0]["compatibilityLevel"]
        == "BACKWARD"
    )
    wanted = {"compatibility": "FULL", "compatibilityGroup": "major", "normalize": True}
    go.call("franz.SetCompatibility", wanted, unique)

    (found,) = go.call("franz.Compatibility", unique)
    assert (found["compatibilityLevel"], found["compatibilityGroup"]) == ("FULL", "major")
    assert found["normalize"]
    go.call("franz.ResetCompatibility", unique)
    refused(unset, 40408, go, "Compatibility", unique)
    refused("SUBJECT_NOT_FOUND", 40401, go, "ResetCompatibility", unique)


def test_modes_are_set_and_reset(go: Driver, unique: str) -> None:
    refused("SUBJECT_LEVEL_MODE_NOT_CONFIGURED", 40409, go, "Mode", unique)
    assert go.call("franz.Mode", unique, defaultToGlobal=True)[0]["Mode"] == "READWRITE"
    go.call("franz.CreateSchema", unique, FIRST)
    go.call("franz.SetMode", "READONLY", unique)

    refused("OPERATION_NOT_PERMITTED", 42205, go, "CreateSchema", unique, SECOND)
    refused("OPERATION_NOT_PERMITTED", 42205, go, "SetMode", "IMPORT", unique)
    go.call("franz.SetMode", "IMPORT", unique, force=True)
    assert go.call("franz.ResetMode", unique)[0]["Mode"] == "IMPORT"
    assert go.call("franz.RegisterSchema", unique, SECOND, -1, -1)


def test_an_import_keeps_ids_and_versions(go: Driver, unique: str) -> None:
    own = {"schema": READING.replace('"Reading"', f'"{unique}"')}
    refused("OPERATION_NOT_PERMITTED", 42205, go, "RegisterSchema", unique, own, 900_001, 7)
    go.call("franz.SetMode", "IMPORT", unique)

    made = go.call("franz.CreateSchemaWithIDAndVersion", unique, own, 900_001, 7)
    assert (made["id"], made["version"]) == (900_001, 7)
    refused("OPERATION_NOT_PERMITTED", 42205, go, "RegisterSchema", unique, FIRST, 900_001, 8)
    assert go.call("franz.SchemaTextByID", 900_001) == own["schema"]


def test_contexts_keep_their_own_subjects_and_ids(go: Driver, unique: str) -> None:
    own = {"schema": READING.replace('"Reading"', f'"{unique}"')}
    made = go.call("franz.CreateSchema", "s", own, context=f".{unique}")

    assert made["id"] == 1
    assert go.call("franz.Contexts", contextPrefix=f".{unique}") == [f".{unique}"]
    assert go.call("franz.Subjects", subjectPrefix=f":.{unique}:") == [f":.{unique}:s"]
    assert "s" not in go.call("franz.Subjects")
    refused("CONTEXT_NOT_EMPTY", 42211, go, "DeleteContext", f".{unique}")
    for how in (SOFT, HARD):
        go.call("franz.DeleteSubject", "s", how, context=f".{unique}")
    go.call("franz.DeleteContext", f".{unique}")
    assert not go.call("franz.Contexts", contextPrefix=f".{unique}")


def test_its_serde_and_ours_read_each_other_through_the_broker(go: Driver, wire: Wire) -> None:
    number = go.call("franz.CreateSchema", wire.subject, FIRST)["id"]
    (body,) = AvroCodec(READING).encode_rows([EVENT])

    by_go = bytes_of(go.call("serde.Encode", number, json.loads(EVENT_AS_AVRO_JSON)))
    received = wire.carried(by_go).value()
    assert received == frame(number, body)
    assert group_by_schema([received]).single == number
    ours = wire.carried(frame(number, body)).value()
    assert go.call("serde.Decode", base64_of(ours)) == json.loads(EVENT_AS_AVRO_JSON)
    with pytest.raises(ClientError, match="magic byte"):
        go.call("serde.Decode", base64_of(b"\x01 of another framing"))
