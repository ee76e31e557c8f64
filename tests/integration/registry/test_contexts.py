"""Contexts, and what is configured for all, for a context and for a subject."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.avro_schemas import BREAKING, V1, V2
from tests.support.registry import Api, sent

pytestmark = pytest.mark.integration

EFFECTIVE = "/config/:.c:s?defaultToGlobal=true"


def level(name: str) -> dict[str, Any]:
    return {"compatibilityLevel": name}


def test_contexts_are_listed_and_forgotten_when_empty(own: Api) -> None:
    own.register(":.b:s", V1)
    own.register(":.a:s", V1)
    own.play(
        [
            ("GET", "/contexts", [".", ".a", ".b"]),
            ("GET", "/contexts?contextPrefix=.b", [".b"]),
            ("GET", "/contexts?offset=1&limit=1", [".a"]),
            ("PUT", "/config/:.c:", {"compatibility": "NONE"}, {}),
            ("DELETE", "/contexts/.a", (422, 42211)),
            ("DELETE", "/contexts/a:b", (422, 42208)),
            ("DELETE", "/subjects/:.a:s", [1]),
            ("DELETE", "/contexts/.a", (422, 42211)),
            ("DELETE", "/subjects/:.a:s?permanent=true", [1]),
            ("DELETE", "/contexts/.a", 204),
            ("GET", "/contexts", [".", ".b"]),
            ("POST", "/subjects/:.a:s/versions", sent(V2), {"id": 1}),
        ]
    )


def test_a_bare_subject_is_found_in_another_context(api: Api) -> None:
    api.register(":.~:~s", V1)
    api.play(
        [
            ("GET", "/subjects/~s/versions/1", {"subject": ":.~:~s"}),
            ("POST", "/subjects/~s", sent(V1), {"subject": ":.~:~s"}),
            ("GET", "/subjects/~s/versions", (404, 40401)),
            ("GET", "/schemas/ids/1?subject=~s", {"subject": ":.~:~s"}),
            ("GET", "/subjects/:.~x:~s/versions/1", (404, 40401)),
        ]
    )


def test_the_path_may_name_the_context(api: Api) -> None:
    base = "/contexts/.~"
    api.play(
        [
            ("POST", f"{base}/subjects/s/versions", sent(V1), {"id": 1}),
            ("GET", f"{base}/subjects/s/versions/latest", {"subject": ":.~:s"}),
            ("GET", f"{base}/subjects/:.~:s/versions", [1]),
            ("GET", f"{base}/subjects", [":.~:s"]),
            ("GET", f"{base}/schemas/ids/1", {"subject": ":.~:s"}),
            ("POST", f"{base}/subjects/s", sent(V1), {"id": 1}),
            ("POST", f"{base}/compatibility/subjects/s/versions/", sent(V2), {}),
            ("PUT", f"{base}/config/s", {"compatibility": "FULL"}, {}),
            ("GET", f"{base}/config/s", level("FULL")),
            ("PUT", f"{base}/config", {"compatibility": "NONE"}, {}),
            ("GET", "/config/:.~:", level("NONE")),
            ("GET", f"{base}/config", level("NONE")),
            ("PUT", f"{base}/mode", {"mode": "READONLY"}, {}),
            ("GET", "/mode/:.~:s?defaultToGlobal=true", {"mode": "READONLY"}),
            ("DELETE", f"{base}/mode", {"mode": "READONLY"}),
            ("DELETE", f"{base}/subjects/s/versions/1", 1),
        ]
    )
    assert [each["subject"] for each in api.ok("GET", f"{base}/schemas?deleted=true")] == [":.~:s"]


def test_config_is_set_by_one_name_and_read_by_another(own: Api) -> None:
    own.play(
        [
            ("GET", "/config", level("BACKWARD")),
            ("PUT", "/config", {"compatibility": "full"}, {"compatibility": "FULL"}),
            ("GET", "/config", level("FULL")),
            ("GET", "/config/s", (404, 40408)),
            ("GET", "/config/s?defaultToGlobal=True", level("FULL")),
            ("DELETE", "/config/s", (404, 40401)),
            ("PUT", "/config/s", {"compatibility": "NONE"}, {"compatibility": "NONE"}),
            ("GET", "/config/s", level("NONE")),
            ("DELETE", "/config/s", {"compatibility": "NONE", "compatibilityLevel": "NONE"}),
            ("GET", "/config/s", (404, 40408)),
            ("DELETE", "/config", level("FULL")),
            ("DELETE", "/config", level("BACKWARD")),
            ("PUT", "/config", {"compatibility": "SOMETIMES"}, (422, 42203)),
            ("PUT", "/config", {}, (422, 42203)),
            ("PUT", "/config", {"normalize": "yes"}, (422, 42203)),
            ("PUT", "/config", {"compatibilityPolicy": "SOFT"}, (422, 42203)),
            ("PUT", "/config", {"defaultRuleSet": {"domainRules": [{}]}}, (422, 42210)),
            ("PUT", "/config/__GLOBAL", {"compatibility": "NONE"}, (422, 42208)),
        ]
    )


def test_config_cascades_from_subject_to_context_to_all(own: Api) -> None:
    own.play(
        [
            ("PUT", "/config/:.__GLOBAL:", {"compatibility": "FULL", "normalize": True}, {}),
            ("GET", EFFECTIVE, {"compatibilityLevel": "FULL", "normalize": True}),
            ("GET", "/config", level("BACKWARD")),
            ("GET", "/config?defaultToGlobal=true", level("FULL")),
            ("PUT", "/config/:.c:", {"compatibility": "NONE"}, {}),
            ("GET", EFFECTIVE, {"compatibilityLevel": "NONE", "normalize": True}),
            ("PUT", "/config/:.c:s", {"compatibility": "FORWARD"}, {}),
            ("GET", EFFECTIVE, level("FORWARD")),
            ("DELETE", "/config/:.c:s", {}),
            ("DELETE", "/config/:.c:", {}),
            ("GET", EFFECTIVE, level("FULL")),
            ("GET", "/contexts", ["."]),
        ]
    )


def test_a_subjects_level_decides_what_it_takes(api: Api) -> None:
    api.register("~s", V1)
    api.play(
        [
            ("POST", "/subjects/~s/versions", sent(BREAKING), (409, 40901)),
            ("PUT", "/config/~s", {"compatibility": "NONE"}, {}),
            ("POST", "/subjects/~s/versions", sent(BREAKING), {}),
        ]
    )


def test_a_member_is_taken_back_by_null(api: Api) -> None:
    api.play(
        [
            ("PUT", "/config/~s", {"alias": "~t", "normalize": True}, {"alias": "~t"}),
            ("PUT", "/config/~s", {"alias": None}, {}),
            ("GET", "/config/~s", {"normalize": True}),
        ]
    )
    assert api.ok("GET", "/config/~s") == {"normalize": True}


def test_only_versions_of_one_group_must_fit_each_other(api: Api) -> None:
    def grouped(schema: Any, group: str) -> dict[str, Any]:
        return sent(schema, metadata={"properties": {"major": group}})

    path = "/subjects/~s/versions"
    api.play(
        [
            ("PUT", "/config/~s", {"compatibilityGroup": "major"}, {}),
            ("POST", path, grouped(V1, "1"), {}),
            ("POST", path, grouped(BREAKING, "1"), (409, 40901)),
            ("POST", path, grouped(BREAKING, "2"), {}),
            ("POST", path, grouped(V2, "1"), {}),
            ("GET", path, [1, 2, 3]),
        ]
    )
