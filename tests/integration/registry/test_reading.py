"""Registering, looking up and reading, as Confluent's clients do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.support.avro_schemas import BREAKING, CODE, INLINED, USING, V1, V2
from tests.support.registry import Api, calling, running_registry, sent

from lingqu_registry.endpoints.requests import CONTENT_TYPE

pytestmark = pytest.mark.integration

TEXT = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
S = "/subjects/~s/versions"
JSON_SCHEMA = '{"type":"object","properties":{"a":{"type":"string"}}}'
PROTOBUF = 'syntax = "proto3"; message R { string a = 1; }'


def test_a_schema_is_registered_once_and_found_again_however_it_is_written(api: Api) -> None:
    first = api.register("~s", V1)
    other = json.dumps({"fields": [{"type": {"type": "int"}, "name": "a"}], **V1}, indent=2)

    second = api.ok("POST", S, sent(other, metadata=None, future={"member": 1}))
    found = api.ok("POST", "/subjects/~s?normalize=False&deleted=True", sent(other))

    assert second == {name: found[name] for name in ("id", "version", "guid")}
    assert found | {"ts": 0} == {
        "subject": "~s",
        "version": 1,
        "id": first,
        "guid": "e4d94c3f-c345-bad6-d759-ac6f42ea94f7",
        "schemaType": "AVRO",
        "schema": TEXT,
        "ts": 0,
    }


def test_ids_count_from_one_in_each_context_and_are_the_same_in_its_subjects(api: Api) -> None:
    names = [f":.~:{name}" for name in "abc"]
    ids = [api.register(name, V1) for name in names] + [api.register(names[0], V2)]

    assert ids == [1, 1, 1, 2]
    api.play(
        [
            ("GET", "/schemas/ids/1/subjects?subject=:.~:", names),
            ("GET", "/schemas/ids/1/subjects?subject=:.~:&offset=1&limit=1", names[1:2]),
            ("GET", "/contexts/.~/schemas/ids/1/subjects", names),
            ("GET", "/contexts/~/schemas/ids/2/versions", [{"subject": names[0], "version": 2}]),
            ("GET", "/schemas/ids/1?fetchMaxId=True&subject=:.~:", {"maxId": 2}),
        ]
    )


def test_a_schema_is_read_by_id_and_by_guid_in_its_forms(api: Api) -> None:
    code = api.register(":.~:code", CODE)
    reference = {"name": "a.Code", "subject": "code", "version": -1}
    schema_id = api.register(":.~:s", USING, references=[reference])
    pinned = [reference | {"version": 1}]
    inlined = json.dumps(INLINED, separators=(",", ":"))
    path = f"/schemas/ids/{schema_id}"

    found = api.ok("GET", f"{path}?subject=:.~:s")
    guid = found["guid"]

    assert (code, schema_id) == (1, 2)
    assert found["references"] == pinned
    assert None not in found.values()
    api.play(
        [
            ("GET", f"{path}?subject=:.~:nothing", {"subject": ":.~:s", "version": 1}),
            ("GET", f"{path}?subject=:.~:&format=resolved", {"references": pinned}),
            ("GET", f"{path}/schema?subject=:.~:", USING),
            ("GET", f"{path}/schema?subject=:.~:&format=resolved&referenceFormat=x", INLINED),
            (
                "GET",
                f"/schemas/guids/{guid}",
                {"guid": found["guid"], "references": pinned},
            ),
            ("GET", f"/schemas/guids/{found['guid'].upper()}", {"guid": found["guid"]}),
            ("POST", "/subjects/:.~:s", sent(inlined), {"version": 1, "id": schema_id}),
            ("POST", "/subjects/:.~:s/versions", sent(inlined), {"id": schema_id}),
        ]
    )
    assert {"context": ".~", "id": 2} in api.ok("GET", f"/schemas/guids/{guid}/ids")
    assert "subject" not in api.ok("GET", f"/schemas/guids/{guid}")


def test_versions_are_read_by_number_and_as_the_latest(api: Api) -> None:
    api.register("~s", V1)
    api.register("~s", V2)

    api.play(
        [
            ("GET", S, [1, 2]),
            ("GET", f"{S}?offset=1&limit=5", [2]),
            ("GET", f"{S}/1", {"version": 1, "schema": TEXT}),
            *[("GET", f"{S}/{token}", {"version": 2}) for token in ("latest", "LATEST", "-1", "2")],
            ("GET", f"{S}/2/schema", V2),
        ]
    )


def test_subjects_and_schemas_are_listed_by_prefix_and_in_pages(api: Api) -> None:
    for name in ("~b-value", "~a-value", "~a-key", ":.~:~a-value"):
        api.register(name, V1)
    api.register("~a-value", V2)
    own = ["~a-key", "~a-value", "~b-value"]

    def listed(query: str) -> list[tuple[str, int]]:
        found = api.ok("GET", f"/schemas?{query}")
        return [(each["subject"], each["version"]) for each in found]

    api.play(
        [
            ("GET", "/subjects?subjectPrefix=~", own),
            ("GET", "/subjects?subjectPrefix=~&offset=1&limit=1", own[1:2]),
            ("GET", "/subjects?subjectPrefix=~&limit=0", own),
            ("GET", "/subjects?subjectPrefix=:*:~a-v", [":.~:~a-value", "~a-value"]),
            ("GET", "/subjects?subjectPrefix=:.~:", [":.~:~a-value"]),
            ("GET", "/contexts/.~/subjects", [":.~:~a-value"]),
        ]
    )
    assert {":.~:~a-value", *own} <= set(api.ok("GET", "/subjects"))
    assert listed("subjectPrefix=~a-value") == [("~a-value", 1), ("~a-value", 2)]
    assert listed("subjectPrefix=~a-value&latestOnly=true") == [("~a-value", 2)]
    assert listed("subjectPrefix=~&offset=1&limit=2") == [("~a-value", 1), ("~a-value", 2)]
    assert listed("subjectPrefix=:*:~a-v&latestOnly=True")[0] == (":.~:~a-value", 1)
    assert listed("subjectPrefix=~&ruleType=CEL") == []


def test_an_alias_leads_to_its_subject(api: Api) -> None:
    schema_id = api.register("~s", V1)
    api.play(
        [
            ("PUT", "/config/~alias", {"alias": "~s"}, {"alias": "~s"}),
            ("GET", "/subjects/~alias/versions", [1]),
            ("GET", "/subjects/~alias/versions/latest", {"subject": "~s"}),
            ("POST", "/subjects/~alias", sent(V1), {"id": schema_id}),
            ("POST", "/subjects/~alias/versions", sent(V2), {}),
            ("GET", S, [1, 2]),
        ]
    )
    found = api.ok("GET", "/schemas?subjectPrefix=~alias&aliases=true")
    assert [(each["subject"], each["aliases"]) for each in found] == [("~s", ["~alias"])] * 2


def test_other_types_are_kept_where_nothing_is_to_be_judged(api: Api) -> None:
    other = sent(JSON_SCHEMA, schemaType="JSON")
    api.play(
        [
            ("POST", S, other, (422, 42203)),
            ("PUT", "/config/~s", {"compatibility": "NONE"}, {}),
            ("POST", S, other, {}),
            ("POST", S, other, {}),
            ("POST", S, sent(PROTOBUF, schemaType="PROTOBUF"), {}),
            ("POST", S, sent(V1), {}),
            ("GET", S, [1, 2, 3]),
            ("GET", f"{S}/1", {"schemaType": "JSON", "schema": JSON_SCHEMA}),
            ("GET", f"{S}/2", {"schemaType": "PROTOBUF"}),
            ("POST", "/subjects/~s", other, {"version": 1}),
            ("POST", f"/compatibility{S}/latest", other, {"is_compatible": True}),
        ]
    )


@pytest.mark.parametrize("query", ["", "?verbose=True", "?verbose=true&normalize=False"])
@pytest.mark.parametrize("version", ["latest", "1", ""])
def test_compatibility_is_told_with_and_without_messages(
    sqlite_api: Api, version: str, query: str
) -> None:
    sqlite_api.register("~s", V1)
    path = f"/compatibility{S}/{version}{query}"

    told = sqlite_api.ok("POST", path, sent(BREAKING))
    fitting = sqlite_api.ok("POST", path, sent(V2))

    assert told["is_compatible"] is False
    assert fitting == ({"is_compatible": True} | ({"messages": []} if query else {}))
    assert ("messages" in told) is bool(query)
    if query:
        assert "READER_FIELD_MISSING_DEFAULT_VALUE" in told["messages"][0]
        assert told["messages"][1] == "{oldSchemaVersion: 1}"


def test_compatibility_with_what_is_missing(sqlite_api: Api) -> None:
    base = "/compatibility/subjects/~no/versions"
    sqlite_api.play(
        [
            ("POST", f"{base}/latest", sent(V1), {"is_compatible": True}),
            ("POST", base, sent(V1), {"is_compatible": True}),
            ("POST", f"{base}/1", sent(V1), (404, 40402)),
            ("POST", f"{base}/0", sent(V1), (422, 42202)),
            ("POST", f"{base}/latest", {"schema": "{"}, (422, 42201)),
            ("POST", f"{base}/latest?verbose=true", {"schema": "{"}, {"is_compatible": False}),
        ]
    )


def test_one_version_is_asked_alone_even_where_the_level_is_transitive(sqlite_api: Api) -> None:
    sqlite_api.register("~s", V1)
    sqlite_api.register("~s", V2)
    sqlite_api.play(
        [
            ("PUT", "/config/~s", {"compatibility": "BACKWARD_TRANSITIVE"}, {}),
            ("POST", f"/compatibility{S}/2", sent(BREAKING), {"is_compatible": True}),
            ("POST", f"/compatibility{S}/", sent(BREAKING), {"is_compatible": False}),
        ]
    )


@pytest.mark.parametrize("subject", ["a/b", "水:x y", "a%b", "a?b#c", "versions", "é/versions/1"])
def test_subject_names_may_hold_anything_that_prints(sqlite_api: Api, subject: str) -> None:
    path = f"~{quote(subject, safe='')}"
    sqlite_api.register(path, V1)
    sqlite_api.play(
        [
            ("GET", f"/subjects/{path}/versions/1", {"subject": f"~{subject}"}),
            ("GET", f"/subjects/{path}/versions", [1]),
            ("POST", f"/subjects/{path}", sent(V1), {"version": 1}),
            ("GET", f"/contexts/:.:/subjects/{path}/versions", [1]),
            ("DELETE", f"/subjects/{path}", [1]),
        ]
    )


def test_a_body_may_come_as_any_accepted_type(sqlite_api: Api) -> None:
    body = json.dumps(sent(V1))

    def status(kind: str) -> int:
        answer = sqlite_api.http.post(
            "/subjects/kinds/versions", content=body, headers={"Content-Type": kind}
        )
        return int(answer.status_code)

    vendor = "application/vnd.schemaregistry+json"
    accepted = [vendor, "application/json", "application/octet-stream", f"{CONTENT_TYPE}; q=1"]
    assert [status(kind) for kind in accepted] == [200] * 4
    assert status("text/plain") == 415


def test_small_answers(sqlite_api: Api) -> None:
    sqlite_api.play(
        [
            ("GET", "/", {}),
            ("POST", "/", {}),
            ("GET", "/schemas/types", ["JSON", "PROTOBUF", "AVRO"]),
            ("GET", "/mode", {"mode": "READWRITE"}),
            ("GET", "/v1/metadata/id", {"id": "lingqu-43"}),
            ("GET", "/v1/metadata/version", {"commitId": "unknown"}),
            ("GET", "/v1/metadata/deployment", {}),
            ("GET", "/apis/ccompat/v7/schemas/types", ["JSON", "PROTOBUF", "AVRO"]),
            ("GET", "/apis/ccompat/v7/contexts/:.:/mode", {"mode": "READWRITE"}),
        ]
    )
    assert sqlite_api.http.patch("/subjects").headers["allow"] == "GET"


REFUSALS: list[tuple[str, str, Any, tuple[int, int]]] = [
    ("GET", "/subjects/~no/versions", None, (404, 40401)),
    ("GET", "/subjects/~no/versions/1", None, (404, 40401)),
    ("GET", "/subjects/~no%00/versions/1", None, (404, 40401)),
    ("GET", f"{S}/9", None, (404, 40402)),
    ("GET", f"{S}/0", None, (422, 42202)),
    ("GET", f"{S}/abc", None, (422, 42202)),
    ("GET", f"{S}/-2", None, (422, 42202)),
    ("GET", f"{S}/2147483648", None, (422, 42202)),
    ("GET", "/schemas/ids/99999", None, (404, 40403)),
    ("GET", "/schemas/ids/99999999999", None, (404, 40403)),
    ("GET", "/schemas/ids/-99999999999999999999", None, (404, 40403)),
    ("GET", "/schemas/ids/99999/schema", None, (404, 40403)),
    ("GET", "/schemas/ids/99999/versions", None, (404, 40403)),
    ("GET", "/schemas/ids/abc", None, (404, 404)),
    ("GET", "/schemas/guids/abc", None, (404, 40403)),
    ("GET", "/schemas/guids/00000000-0000-0000-0000-000000000000/ids", None, (404, 40403)),
    ("GET", f"{S}?offset=x", None, (400, 400)),
    ("POST", "/subjects/~no", sent(V1), (404, 40401)),
    ("POST", "/subjects/~s", sent(V2), (404, 40403)),
    ("POST", "/subjects/~s", {"schema": "{"}, (422, 42201)),
    ("POST", S, {"schema": "{"}, (422, 42201)),
    ("POST", "/subjects/~no/versions", {}, (422, 42201)),
    ("POST", S, {"schema": 5}, (422, 42201)),
    ("POST", S, {"schema": '"\\ud800"'}, (422, 42201)),
    ("POST", S, sent(V2, schemaType="XML"), (422, 42201)),
    ("POST", S, sent(V2, references=5), (422, 42201)),
    ("POST", S, sent(V2, references=[{"name": "x", "subject": "~no"}]), (422, 42201)),
    ("POST", S, sent(V2, version=7), (422, 42201)),
    ("POST", S, sent(V2, version=2**40), (422, 42201)),
    ("POST", S, sent(V2, id=7), (422, 42205)),
    ("POST", S, sent(V2, metadata={"tags": 5}), (422, 42201)),
    ("POST", S, sent(V2, ruleSet={"domainRules": [{"name": "a"}]}), (422, 42210)),
    ("POST", S, sent(BREAKING), (409, 40901)),
    ("POST", S, ["not an object"], (400, 400)),
    ("POST", "/subjects/%20/versions", sent(V1), (422, 42208)),
    ("POST", "/subjects/a%0Ab/versions", sent(V1), (422, 42208)),
    ("POST", "/subjects/a%00/versions", sent(V1), (422, 42208)),
    ("POST", "/subjects/:.__GLOBAL:a/versions", sent(V1), (422, 42208)),
    ("POST", "/subjects/__EMPTY/versions", sent(V1), (422, 42208)),
    ("POST", f"/subjects/{'x' * 1001}/versions", sent(V1), (422, 42208)),
    ("POST", "/contexts/a:b/subjects/x/versions", sent(V1), (422, 42208)),
    ("GET", "/nowhere", None, (404, 404)),
    ("GET", "/exporters", None, (404, 404)),
    ("GET", "/associations/subjects/a", None, (404, 404)),
    ("GET", "/dek-registry/v1/keks", None, (404, 404)),
    ("PATCH", "/subjects", None, (405, 405)),
]


def test_refusals_carry_confluents_codes(api: Api) -> None:
    api.register("~s", V1)

    api.play(REFUSALS)


def test_an_incompatible_schema_may_be_told_as_before_confluent_8(
    sqlite_url: str, no_contracts: Path
) -> None:
    with (
        running_registry(sqlite_url, no_contracts, incompatible_error_code=409) as address,
        calling(address) as http,
    ):
        registry = Api(http)
        registry.register("s", V1)
        assert registry.code("POST", "/subjects/s/versions", sent(BREAKING)) == (409, 409)
