"""The registry's paths, answers and error codes, as Confluent's clients read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.registry import running_registry

pytestmark = pytest.mark.integration

V1 = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
B = {"name": "b", "type": "string"}
V2 = {**V1, "fields": [*V1["fields"], {**B, "default": ""}]}
BREAKING = {**V1, "fields": [*V1["fields"], B]}
CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"


class Api:
    """Calls the registry as a plain client does."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, headers={"Content-Type": CONTENT_TYPE})

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body)
        response = self.http.request(method, path, content=content)
        assert response.headers["content-type"] == CONTENT_TYPE
        return response.status_code, response.json()

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.call(method, path, body)
        assert status == 200, answer
        return answer

    def code(self, method: str, path: str, body: Any = None) -> tuple[int, int]:
        status, answer = self.call(method, path, body)
        assert set(answer) == {"error_code", "message"}
        return status, answer["error_code"]

    def register(self, subject: str, schema: Any) -> int:
        answer = self.ok("POST", f"/subjects/{subject}/versions", {"schema": json.dumps(schema)})
        return int(answer["id"])


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[Api]:
    folder = tmp_path / "none"
    folder.mkdir()
    with running_registry(database_url, folder) as url:
        api = Api(url)
        yield api
        api.http.close()


def sent(schema: Any) -> dict[str, str]:
    return {"schema": json.dumps(schema)}


def test_a_schema_is_registered_once_and_found_again_however_it_is_written(api: Api) -> None:
    first = api.register("s-value", V1)

    other = json.dumps({"fields": [{"type": {"type": "int"}, "name": "a"}], **V1}, indent=2)
    second = api.ok("POST", "/subjects/s-value/versions", {"schema": other, "metadata": None})
    found = api.ok("POST", "/subjects/s-value?normalize=False&deleted=True", {"schema": other})

    assert second == {"id": first}
    assert found | {"ts": 0} == {
        "subject": "s-value",
        "version": 1,
        "id": first,
        "guid": found["guid"],
        "schemaType": "AVRO",
        "schema": '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}',
        "ts": 0,
    }


def test_the_same_schema_has_one_id_in_all_subjects(api: Api) -> None:
    one, two, three = (api.register(subject, V1) for subject in ("a", "b", "c"))
    four = api.register("a", V2)

    assert (one, two, three, four) == (1, 1, 1, 2)
    assert api.ok("GET", "/schemas/ids/1/subjects") == ["a", "b", "c"]
    assert api.ok("GET", "/schemas/ids/2/versions") == [{"subject": "a", "version": 2}]
    assert api.ok("GET", "/schemas/ids/1?fetchMaxId=true")["maxId"] == 2


def test_reading_by_id_gives_the_schema_and_its_raw_text(api: Api) -> None:
    schema_id = api.register("s", V1)

    by_id = api.ok("GET", f"/schemas/ids/{schema_id}?subject=another")

    assert json.loads(by_id["schema"]) == V1
    assert None not in by_id.values()
    assert api.ok("GET", f"/schemas/ids/{schema_id}/schema") == V1


def test_versions_are_read_by_number_and_as_the_latest(api: Api) -> None:
    api.register("s", V1)
    api.register("s", V2)

    assert api.ok("GET", "/subjects/s/versions") == [1, 2]
    assert json.loads(api.ok("GET", "/subjects/s/versions/1")["schema"]) == V1
    for token in ("latest", "LATEST", "-1", "2"):
        assert api.ok("GET", f"/subjects/s/versions/{token}")["version"] == 2
    assert api.ok("GET", "/subjects/s/versions/2/schema") == V2


def test_lists_and_small_answers(api: Api) -> None:
    for subject in ("b-value", "a-value", "a-key"):
        api.register(subject, V1)

    assert api.ok("GET", "/") == {}
    assert api.ok("GET", "/schemas/types") == ["AVRO"]
    assert api.ok("GET", "/subjects") == ["a-key", "a-value", "b-value"]
    assert api.ok("GET", "/subjects?subjectPrefix=a&offset=1&limit=1") == ["a-value"]
    assert [each["subject"] for each in api.ok("GET", "/schemas?limit=2")] == ["a-key", "a-value"]
    assert api.ok("GET", "/mode") == {"mode": "READWRITE"}
    assert api.code("GET", "/mode/x") == (404, 40409)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/subjects/no/versions", None, (404, 40401)),
        ("GET", "/subjects/no/versions/1", None, (404, 40401)),
        ("GET", "/subjects/s/versions/9", None, (404, 40402)),
        ("GET", "/subjects/s/versions/0", None, (422, 42202)),
        ("GET", "/subjects/s/versions/abc", None, (422, 42202)),
        ("GET", "/subjects/s/versions/-2", None, (422, 42202)),
        ("GET", "/schemas/ids/99", None, (404, 40403)),
        ("GET", "/schemas/ids/99/schema", None, (404, 40403)),
        ("GET", "/schemas/ids/abc", None, (404, 404)),
        ("POST", "/subjects/no", sent(V1), (404, 40401)),
        ("POST", "/subjects/s", sent(V2), (404, 40403)),
        ("POST", "/subjects/s/versions", {"schema": "{"}, (422, 42201)),
        ("POST", "/subjects/s/versions", {}, (422, 42201)),
        ("POST", "/subjects/s/versions", {**sent(V2), "schemaType": "PROTOBUF"}, (422, 42201)),
        ("POST", "/subjects/s/versions", {**sent(V2), "id": 7}, (422, 42205)),
        ("POST", "/subjects/s/versions", {**sent(V2), "version": 7}, (422, 42201)),
        ("POST", "/subjects/s/versions", sent(BREAKING), (409, 40901)),
        ("POST", "/subjects/%20/versions", sent(V1), (422, 42208)),
        ("PUT", "/config", {"compatibility": "SOMETIMES"}, (422, 42203)),
        ("PUT", "/mode", {"mode": "SOMETIMES"}, (422, 42204)),
        ("PUT", "/mode/s", {"mode": "READONLY"}, (422, 42205)),
        ("GET", "/config/s", None, (404, 40408)),
        ("DELETE", "/config/s", None, (404, 40401)),
        ("GET", "/nowhere", None, (404, 404)),
        ("PATCH", "/subjects", None, (405, 405)),
        ("POST", "/subjects/s/versions", ["not an object"], (400, 400)),
    ],
)
def test_refusals_carry_confluents_codes(
    method: str, path: str, body: Any, expected: tuple[int, int], sqlite_api: Api
) -> None:
    sqlite_api.register("s", V1)

    assert sqlite_api.code(method, path, body) == expected


@pytest.fixture
def sqlite_api(sqlite_url: str, tmp_path: Path) -> Iterator[Api]:
    folder = tmp_path / "none"
    folder.mkdir()
    with running_registry(sqlite_url, folder) as url:
        api = Api(url)
        yield api
        api.http.close()


def test_a_body_may_come_as_any_accepted_type(sqlite_api: Api) -> None:
    body = json.dumps(sent(V1))
    for kind in ("application/json", "application/octet-stream", f"{CONTENT_TYPE}; charset=utf-8"):
        headers = {"Content-Type": kind}
        answer = sqlite_api.http.post("/subjects/s/versions", content=body, headers=headers)
        assert answer.status_code == 200

    refused = sqlite_api.http.post(
        "/subjects/s/versions", content=body, headers={"Content-Type": "text/plain"}
    )
    assert (refused.status_code, refused.json()["error_code"]) == (415, 415)


def test_config_is_set_by_one_name_and_read_by_another(api: Api) -> None:
    assert api.ok("GET", "/config") == {"compatibilityLevel": "BACKWARD"}
    assert api.ok("PUT", "/config", {"compatibility": "full"}) == {"compatibility": "FULL"}
    assert api.ok("GET", "/config") == {"compatibilityLevel": "FULL"}
    assert api.ok("GET", "/config/s?defaultToGlobal=True") == {"compatibilityLevel": "FULL"}

    assert api.ok("PUT", "/config/s", {"compatibility": "NONE"}) == {"compatibility": "NONE"}
    assert api.ok("GET", "/config/s") == {"compatibilityLevel": "NONE"}

    assert api.ok("DELETE", "/config/s")["compatibility"] == "NONE"
    assert api.code("GET", "/config/s") == (404, 40408)
    assert api.ok("DELETE", "/config") == {"compatibilityLevel": "FULL"}
    assert api.ok("GET", "/config") == {"compatibilityLevel": "BACKWARD"}


def test_a_subjects_level_decides_what_it_takes(api: Api) -> None:
    api.register("s", V1)
    assert api.code("POST", "/subjects/s/versions", sent(BREAKING)) == (409, 40901)

    api.ok("PUT", "/config/s", {"compatibility": "NONE"})

    assert api.register("s", BREAKING) == 2


@pytest.mark.parametrize("version", ["latest", "1", ""])
def test_compatibility_is_told_with_and_without_messages(sqlite_api: Api, version: str) -> None:
    sqlite_api.register("s", V1)
    path = f"/compatibility/subjects/s/versions/{version}"

    plain = sqlite_api.ok("POST", path, sent(BREAKING))
    verbose = sqlite_api.ok("POST", f"{path}?verbose=True", sent(BREAKING))
    fitting = sqlite_api.ok("POST", f"{path}?verbose=true", sent(V2))

    assert plain == {"is_compatible": False}
    assert verbose["is_compatible"] is False
    assert "READER_FIELD_MISSING_DEFAULT_VALUE" in verbose["messages"][0]
    assert verbose["messages"][1] == "{oldSchemaVersion: 1}"
    assert fitting == {"is_compatible": True, "messages": []}


def test_compatibility_with_what_is_missing(sqlite_api: Api) -> None:
    base = "/compatibility/subjects/no/versions"

    assert sqlite_api.ok("POST", f"{base}/latest", sent(V1)) == {"is_compatible": True}
    assert sqlite_api.ok("POST", base, sent(V1)) == {"is_compatible": True}
    assert sqlite_api.code("POST", f"{base}/1", sent(V1)) == (404, 40402)
    assert sqlite_api.code("POST", f"{base}/0", sent(V1)) == (422, 42202)
    assert sqlite_api.code("POST", f"{base}/latest", {"schema": "{"}) == (422, 42201)
    unread = sqlite_api.ok("POST", f"{base}/latest?verbose=true", {"schema": "{"})
    assert unread["is_compatible"] is False
    assert unread["messages"]


def test_one_version_is_asked_alone_even_where_the_level_is_transitive(sqlite_api: Api) -> None:
    sqlite_api.register("s", V1)
    sqlite_api.register("s", V2)
    sqlite_api.ok("PUT", "/config/s", {"compatibility": "BACKWARD_TRANSITIVE"})
    base = "/compatibility/subjects/s/versions"

    assert sqlite_api.ok("POST", f"{base}/2", sent(BREAKING)) == {"is_compatible": True}
    assert sqlite_api.ok("POST", base, sent(BREAKING)) == {"is_compatible": False}


def test_deleting_softly_and_then_for_good(api: Api) -> None:
    api.register("s", V1)
    api.register("s", V2)

    assert api.code("DELETE", "/subjects/s?permanent=true") == (404, 40405)
    assert api.code("DELETE", "/subjects/s/versions/1?permanent=true") == (404, 40407)
    assert api.ok("DELETE", "/subjects/s/versions/1") == 1
    assert api.code("DELETE", "/subjects/s/versions/1") == (404, 40406)
    assert api.ok("GET", "/subjects/s/versions") == [2]
    assert api.ok("GET", "/schemas/ids/1")["schemaType"] == "AVRO"
    assert api.ok("DELETE", "/subjects/s") == [2]
    assert api.code("DELETE", "/subjects/s") == (404, 40404)
    assert api.code("GET", "/subjects/s/versions") == (404, 40401)
    assert api.ok("GET", "/subjects/s/versions?deleted=true") == [1, 2]
    assert api.ok("GET", "/subjects?deletedOnly=true") == ["s"]
    assert api.ok("DELETE", "/subjects/s?permanent=true") == [1, 2]
    assert api.code("GET", "/schemas/ids/1") == (404, 40403)
    assert api.code("DELETE", "/subjects/s") == (404, 40401)


def test_versions_go_on_after_a_soft_delete_and_start_again_after_a_permanent_one(
    api: Api,
) -> None:
    schema_id = api.register("s", V1)
    api.ok("DELETE", "/subjects/s")

    assert api.register("s", V1) == schema_id
    assert api.ok("GET", "/subjects/s/versions") == [2]

    api.ok("DELETE", "/subjects/s")
    api.ok("DELETE", "/subjects/s?permanent=true")
    api.register("s", V2)
    assert api.ok("GET", "/subjects/s/versions") == [1]


def test_references_are_kept_and_guarded(sqlite_api: Api) -> None:
    sqlite_api.register("code", {"type": "fixed", "name": "a.Code", "size": 2})
    using = {**V1, "fields": [{"name": "c", "type": "a.Code"}]}
    reference = {"name": "a.Code", "subject": "code", "version": -1}
    body = {**sent(using), "references": [reference]}

    schema_id = sqlite_api.ok("POST", "/subjects/s/versions", body)["id"]

    assert sqlite_api.ok("GET", f"/schemas/ids/{schema_id}")["references"] == [
        reference | {"version": 1}
    ]
    assert sqlite_api.ok("POST", "/subjects/s/versions", body)["id"] == schema_id
    assert sqlite_api.ok("GET", "/subjects/code/versions/1/referencedby") == [schema_id]
    assert sqlite_api.code("DELETE", "/subjects/code") == (422, 42206)


def test_subject_names_may_hold_anything_that_prints(sqlite_api: Api) -> None:
    for subject, path in (("a/b", "a%2Fb"), ("水:x y", "%E6%B0%B4%3Ax%20y")):
        sqlite_api.register(path, V1)
        assert sqlite_api.ok("GET", f"/subjects/{path}/versions/1")["subject"] == subject
        assert sqlite_api.ok("GET", f"/subjects/{path}/versions") == [1]


def test_an_incompatible_schema_may_be_told_as_before_confluent_8(
    sqlite_url: str, tmp_path: Path
) -> None:
    with running_registry(sqlite_url, tmp_path, incompatible_error_code=409) as url:
        api = Api(url)
        api.register("s", V1)
        assert api.code("POST", "/subjects/s/versions", sent(BREAKING)) == (409, 409)
        api.http.close()
