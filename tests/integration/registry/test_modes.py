"""Modes: what may be written, and importing with ids and versions."""

from __future__ import annotations

import pytest
from tests.support.avro_schemas import BREAKING, V1, V2
from tests.support.registry import Api, sent

pytestmark = pytest.mark.integration

S = "/subjects/~s/versions"


def test_a_read_only_subject_takes_nothing_and_loses_nothing(api: Api) -> None:
    api.register("~s", V1)
    api.play(
        [
            ("GET", "/mode/~s", (404, 40409)),
            ("GET", "/mode/~s?defaultToGlobal=true", {"mode": "READWRITE"}),
            ("PUT", "/mode/~s", {"mode": "readonly"}, {"mode": "READONLY"}),
            ("GET", "/mode/~s", {"mode": "READONLY"}),
            ("POST", S, sent(V2), (422, 42205)),
            ("POST", S, sent(V2, id=7), (422, 42205)),
            ("DELETE", "/subjects/~s", (422, 42205)),
            ("DELETE", f"{S}/1", (422, 42205)),
            ("GET", S, [1]),
            ("DELETE", "/mode/~s", {"mode": "READONLY"}),
            ("DELETE", "/mode/~s", (404, 40401)),
            ("POST", S, sent(V2), {}),
            ("PUT", "/mode/~s", {"mode": "SOMETIMES"}, (422, 42204)),
            ("PUT", "/mode/~s", {}, (422, 42204)),
            ("PUT", "/mode/~s", {"mode": "FORWARD"}, (422, 42205)),
        ]
    )


def test_modes_cascade_and_the_override_of_all_wins(own: Api) -> None:
    post = "/subjects/:.c:s/versions"
    own.play(
        [
            ("PUT", "/mode/:.__GLOBAL:", {"mode": "READONLY"}, {}),
            ("POST", post, sent(V1), (422, 42205)),
            ("GET", "/mode", {"mode": "READWRITE"}),
            ("GET", "/mode?defaultToGlobal=true", {"mode": "READONLY"}),
            ("PUT", "/mode/:.c:", {"mode": "READWRITE"}, {}),
            ("POST", post, sent(V1), {"id": 1}),
            ("PUT", "/mode", {"mode": "READONLY_OVERRIDE"}, {}),
            ("GET", "/mode", {"mode": "READONLY_OVERRIDE"}),
            ("GET", "/mode/:.c:s?defaultToGlobal=true", {"mode": "READONLY_OVERRIDE"}),
            ("POST", post, sent(V2), (422, 42205)),
            ("DELETE", "/mode", {"mode": "READONLY_OVERRIDE"}),
            ("DELETE", "/mode", {"mode": "READWRITE"}),
            ("POST", post, sent(V2), {"id": 2}),
            ("PUT", "/mode/:.c:s", {"mode": "READONLY"}, {}),
            ("PUT", "/mode/:.c:?recursive=true", {"mode": "READWRITE"}, {}),
            ("GET", "/mode/:.c:s", (404, 40409)),
            ("PUT", "/mode/:.c:s", {"mode": "READONLY"}, {}),
            ("DELETE", "/mode/:.c:?recursive=true", {"mode": "READWRITE"}),
            ("GET", "/mode/:.c:s", (404, 40409)),
        ]
    )


def test_importing_begins_without_schemas_unless_forced(api: Api) -> None:
    api.register(":.~:s", V1)
    api.play(
        [
            ("PUT", "/mode/:.~:", {"mode": "IMPORT"}, (422, 42205)),
            ("PUT", "/mode/:.~:s", {"mode": "IMPORT"}, (422, 42205)),
            ("PUT", "/mode/:.~:s?force=true", {"mode": "IMPORT"}, {"mode": "IMPORT"}),
            ("DELETE", "/mode/:.~:s", {}),
            ("DELETE", "/subjects/:.~:s", [1]),
            ("PUT", "/mode/:.~:", {"mode": "IMPORT"}, {"mode": "IMPORT"}),
            ("GET", "/subjects?subjectPrefix=:.~:&deleted=true", []),
        ]
    )


def test_ids_and_versions_are_imported_as_they_are(api: Api) -> None:
    path = "/subjects/:.~:s/versions"
    again = sent(V1, id=70, version=3)
    api.play(
        [
            ("PUT", "/mode/:.~:", {"mode": "IMPORT"}, {}),
            ("POST", path, sent(V1), (422, 42205)),
            ("POST", path, again, {"id": 70}),
            ("POST", path, again, {"id": 70}),
            ("POST", path, sent(BREAKING, id=60, version=1), {"id": 60}),
            ("POST", path, sent(V2, id=70, version=4), (422, 42205)),
            ("GET", path, [1, 3]),
            ("GET", f"{path}/3", {"id": 70}),
            ("POST", "/subjects/:.~:t/versions", sent(V1, id=70), {"id": 70}),
            ("POST", "/subjects/:.~:t/versions", sent(V2, id=71), {"id": 71}),
            ("GET", "/subjects/:.~:t/versions", [1, 2]),
            ("POST", path, sent(V2, id=72, version=3), {"id": 72}),
            ("GET", f"{path}/3", {"id": 72}),
            ("PUT", "/mode/:.~:", {"mode": "READWRITE"}, {}),
            ("POST", "/subjects/:.~:new/versions", sent('"string"'), {"id": 73}),
            ("POST", path, sent('"string"', id=73), (422, 42205)),
        ]
    )


def test_importing_over_another_schema_says_so(sqlite_api: Api) -> None:
    sqlite_api.ok("PUT", "/mode/:.~:", {"mode": "IMPORT"})
    sqlite_api.ok("POST", "/subjects/:.~:s/versions", sent(V1, id=5))

    _, answer = sqlite_api.call("POST", "/subjects/:.~:s/versions", sent(V2, id=5))

    assert answer["message"] == "Overwrite new schema with id 5 in context .~ is not permitted."


def test_an_id_that_nothing_holds_any_more_may_be_imported_anew(api: Api) -> None:
    path = "/subjects/:.~:s"
    api.play(
        [
            ("PUT", "/mode/:.~:", {"mode": "IMPORT"}, {}),
            ("POST", f"{path}/versions", sent(V1, id=5), {"id": 5}),
            ("DELETE", path, [1]),
            ("DELETE", f"{path}?permanent=true", [1]),
            ("POST", f"{path}/versions", sent(V2, id=5), {"id": 5}),
            ("GET", "/schemas/ids/5/schema?subject=:.~:", V2),
        ]
    )


def test_a_wrong_default_of_old_is_imported_and_followed(sqlite_api: Api) -> None:
    """Avro let them pass until 1.9; a new schema may have none."""
    wrong = {**V1, "fields": [{"name": "a", "type": "int", "default": None}]}
    path = "/subjects/:.~:s/versions"
    sqlite_api.play(
        [
            ("PUT", "/mode/:.~:", {"mode": "IMPORT"}, {}),
            ("POST", path, sent(wrong, id=5), {"id": 5}),
            ("PUT", "/mode/:.~:", {"mode": "READWRITE"}, {}),
            ("GET", f"{path}/1/schema", wrong),
            ("POST", path, sent(V2), {}),
            ("POST", path, sent(wrong), (422, 42201)),
        ]
    )
