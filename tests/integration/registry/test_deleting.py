"""Soft and permanent deletion, and what references protect."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.avro_schemas import BREAKING, CODE, INLINED, USING, V1, V2
from tests.support.registry import Api, sent

pytestmark = pytest.mark.integration

S = "/subjects/~s"
CODE_REFERENCE = {"name": "a.Code", "subject": "~code", "version": 1}


def test_deleting_softly_and_then_for_good(api: Api) -> None:
    first = api.register("~s", V1)
    api.register("~s", V2)
    api.play(
        [
            ("DELETE", f"{S}?permanent=true", (404, 40405)),
            ("DELETE", f"{S}/versions/1?permanent=True", (404, 40407)),
            ("DELETE", f"{S}/versions/7", (404, 40402)),
            ("DELETE", f"{S}/versions/x", (422, 42202)),
            ("DELETE", f"{S}/versions/1", 1),
            ("DELETE", f"{S}/versions/1", (404, 40406)),
            ("GET", f"{S}/versions", [2]),
            ("GET", f"{S}/versions?deleted=true", [1, 2]),
            ("GET", f"{S}/versions?deletedOnly=true", [1]),
            ("GET", f"{S}/versions?deletedAsNegative=true", [-1, 2]),
            ("GET", f"{S}/versions/1", (404, 40402)),
            ("GET", f"{S}/versions/1?deleted=true", {"deleted": True}),
            ("GET", f"/schemas/ids/{first}", {"schemaType": "AVRO"}),
            ("POST", S, sent(V1), (404, 40403)),
            ("POST", f"{S}?deleted=true", sent(V1), {"version": 1}),
            ("GET", "/subjects?subjectPrefix=~&deletedOnly=true", []),
            ("DELETE", S, [2]),
            ("DELETE", S, (404, 40404)),
            ("GET", f"{S}/versions", (404, 40401)),
            ("GET", f"{S}/versions/latest", (404, 40401)),
            ("POST", S, sent(V1), (404, 40401)),
            ("GET", "/subjects?subjectPrefix=~", []),
            ("GET", "/subjects?subjectPrefix=~&deleted=true", ["~s"]),
            ("GET", "/subjects?subjectPrefix=~&deletedOnly=true", ["~s"]),
            ("DELETE", f"{S}?permanent=true", [1, 2]),
            ("DELETE", S, (404, 40401)),
            ("GET", f"{S}/versions?deleted=true", (404, 40401)),
            ("DELETE", f"{S}/versions/1", (404, 40401)),
        ]
    )


def test_an_id_is_gone_with_its_last_version_and_comes_back_with_its_schema(api: Api) -> None:
    schema_id = api.register(":.~:s", V1)
    path = f"/schemas/ids/{schema_id}?subject=:.~:"
    api.play(
        [
            ("DELETE", "/subjects/:.~:s", [1]),
            ("GET", path, {"version": 1}),
            ("GET", f"/contexts/.~/schemas/ids/{schema_id}/versions", []),
            ("GET", f"/contexts/.~/schemas/ids/{schema_id}/subjects?deleted=true", [":.~:s"]),
            ("DELETE", "/subjects/:.~:s?permanent=true", [1]),
            ("GET", path, (404, 40403)),
            ("POST", "/subjects/:.~:s/versions", sent(V1), {"id": schema_id}),
            ("GET", path, {"version": 1}),
        ]
    )


def test_versions_go_on_after_a_soft_delete_and_start_again_after_a_permanent_one(
    api: Api,
) -> None:
    schema_id = api.register("~s", V1)
    api.play(
        [
            ("DELETE", S, [1]),
            ("POST", f"{S}/versions", sent(V1), {"id": schema_id}),
            ("GET", f"{S}/versions", [2]),
            ("GET", f"{S}/versions?deleted=true", [2]),
            ("DELETE", S, [2]),
            ("DELETE", f"{S}?permanent=true", [2]),
            ("POST", f"{S}/versions", sent(V2), {}),
            ("GET", f"{S}/versions", [1]),
        ]
    )


def test_what_is_deleted_is_not_judged_and_the_subjects_settings_go_with_it(api: Api) -> None:
    api.register("~s", V1)
    api.play(
        [
            ("PUT", "/config/~s", {"compatibility": "FULL"}, {}),
            ("PUT", "/mode/~s", {"mode": "READWRITE"}, {}),
            ("POST", f"{S}/versions", sent(BREAKING), (409, 40901)),
            ("DELETE", f"{S}/versions/latest", 1),
            ("GET", "/config/~s", (404, 40408)),
            ("GET", "/mode/~s", (404, 40409)),
            ("POST", f"{S}/versions", sent(BREAKING), {}),
        ]
    )


def test_references_are_kept_and_guarded(api: Api) -> None:
    api.register("~code", CODE)
    schema_id = api.register("~s", USING, references=[CODE_REFERENCE])
    used = "/subjects/~code"
    api.play(
        [
            ("GET", f"/schemas/ids/{schema_id}", {"references": [CODE_REFERENCE]}),
            ("GET", f"{used}/versions/1/referencedby", [schema_id]),
            ("GET", f"{used}/versions/latest/referencedby?offset=1", []),
            ("GET", f"{used}/versions/5/referencedby", (404, 40402)),
            ("DELETE", used, (422, 42206)),
            ("DELETE", f"{used}/versions/1", (422, 42206)),
            ("DELETE", S, [1]),
            ("GET", f"{used}/versions/1/referencedby", []),
            ("GET", f"{used}/versions/1/referencedby?deleted=true", [schema_id]),
            ("DELETE", used, [1]),
        ]
    )


@pytest.mark.parametrize(
    ("kind", "name", "used", "using"),
    [
        ("JSON", "place.json", {"type": "string"}, {"properties": {"at": {"$ref": "place.json"}}}),
        (
            "PROTOBUF",
            "a/place.proto",
            'syntax = "proto3"; package a; message Place { string name = 1; }',
            'syntax = "proto3"; import "a/place.proto"; message R { a.Place at = 1; }',
        ),
    ],
)
def test_references_of_other_types_are_kept_and_guarded_too(
    api: Api, kind: str, name: str, used: Any, using: Any
) -> None:
    reference = {"name": name, "subject": "~used", "version": -1}
    pinned = {**reference, "version": 1}
    for subject in ("~s", "~used"):
        api.ok("PUT", f"/config/{subject}", {"compatibility": "NONE"})
    api.register("~used", used, schemaType=kind)
    schema_id = api.register("~s", using, schemaType=kind, references=[reference])
    api.play(
        [
            ("GET", f"/schemas/ids/{schema_id}", {"references": [pinned], "schemaType": kind}),
            ("POST", S, sent(using, schemaType=kind, references=[reference]), {"id": schema_id}),
            ("POST", S, sent(using, schemaType=kind), (422, 42201)),
            ("POST", f"{S}/versions", sent(using, schemaType=kind), (422, 42201)),
            ("GET", "/subjects/~used/versions/1/referencedby", [schema_id]),
            ("DELETE", "/subjects/~used/versions/1", (422, 42206)),
            ("PUT", "/config/~s", {"compatibility": "BACKWARD"}, {}),
            (
                "POST",
                f"{S}/versions",
                sent(using, schemaType=kind, references=[pinned, pinned]),
                (422, 42203),
            ),
        ]
    )


def test_normalizing_sorts_references_and_leaves_repeats_out(api: Api) -> None:
    """Else the GUID is another one than Confluent's registry works out."""
    api.register("~code", CODE)
    api.register("~code2", {"type": "fixed", "name": "Unused", "size": 1})
    other = {"name": "unused", "subject": "~code2", "version": 1}
    once = {"references": [CODE_REFERENCE, other]}
    twice = {"references": [other, CODE_REFERENCE, other]}

    plain = api.register("~s", USING, **twice)
    normal = api.ok("POST", f"{S}/versions?normalize=true", sent(USING, **twice))["id"]

    assert api.ok("GET", f"/schemas/ids/{plain}")["references"] == twice["references"]
    assert api.ok("GET", f"/schemas/ids/{normal}")["references"] == once["references"]
    assert api.ok("POST", f"{S}?normalize=true", sent(USING, **once))["id"] == normal


def test_what_a_schema_uses_may_be_written_out_in_it(api: Api) -> None:
    api.register("~code", CODE)
    schema_id = api.register("~s", USING, references=[CODE_REFERENCE])
    api.play(
        [
            ("POST", S, sent(INLINED), {"id": schema_id, "version": 1}),
            ("POST", f"{S}/versions", sent(INLINED), {"id": schema_id}),
            ("GET", f"{S}/versions", [1]),
            ("POST", S, sent(USING), (422, 42201)),
            ("GET", f"{S}/versions/1?format=resolved", {"references": [CODE_REFERENCE]}),
        ]
    )


def test_a_bare_reference_is_in_its_parents_context(api: Api) -> None:
    reference = {"name": "a.Code", "subject": "code", "version": -1}
    api.register(":.~:code", CODE)
    schema_id = api.register(":.~:s", USING, references=[reference])

    api.play(
        [
            ("GET", "/subjects/:.~:code/versions/1/referencedby", [schema_id]),
            ("POST", "/subjects/~s/versions", sent(USING, references=[reference]), (422, 42201)),
        ]
    )
