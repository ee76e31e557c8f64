"""Metadata, rules and tags: stored, inherited, merged with what is configured, and told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.avro_schemas import V1, V2
from tests.support.registry import Api, sent

pytestmark = pytest.mark.integration

S = "/subjects/~s/versions"


def properties(**values: str) -> dict[str, Any]:
    return {"properties": values}


def rules(*names: str, kind: str = "CONDITION") -> dict[str, Any]:
    return {
        "domainRules": [
            {"name": each, "kind": kind, "mode": "WRITE", "type": "CEL", "disabled": False}
            for each in names
        ]
    }


def test_metadata_and_rules_make_another_schema_and_are_inherited(api: Api) -> None:
    plain = api.register("~s", V1)
    owned = api.register("~s", V1, metadata=properties(owner="a"), ruleSet=rules("r"))
    api.play(
        [
            ("POST", S, sent(V1, metadata={}), {}),
            ("GET", S, [1, 2, 3]),
            ("GET", f"{S}/2", {"metadata": properties(owner="a"), "ruleSet": rules("r")}),
        ]
    )
    assert plain != owned
    found = api.ok("POST", "/subjects/~t/versions", sent(V1, metadata=properties(owner="a")))
    later = api.ok("POST", "/subjects/~t/versions", sent(V2))
    assert set(found) == {"id", "version", "guid"}
    assert later["version"] == 2
    assert later["metadata"] == properties(owner="a")
    assert api.ok("POST", "/subjects/~t", sent(V2))["id"] == later["id"]


def test_what_is_configured_goes_under_and_over_what_is_sent(api: Api) -> None:
    api.ok(
        "PUT",
        "/config/~s",
        {
            "defaultMetadata": properties(tier="bronze", source="default"),
            "overrideMetadata": properties(tier="gold"),
            "defaultRuleSet": rules("a", "b"),
            "overrideRuleSet": rules("b", kind="TRANSFORM"),
        },
    )

    told = api.ok("POST", S, sent(V1, metadata=properties(tier="silver", owner="me")))

    assert told["metadata"] == properties(owner="me", source="default", tier="gold")
    assert [(each["name"], each["kind"]) for each in told["ruleSet"]["domainRules"]] == [
        ("a", "CONDITION"),
        ("b", "TRANSFORM"),
    ]
    again = api.ok("POST", S, sent(V1, metadata=properties(tier="silver", owner="me")))
    assert again == told
    assert api.ok("GET", S) == [1]


def test_the_latest_version_with_a_property_is_found(api: Api) -> None:
    api.register("~s", V1, metadata=properties(stage="prod", owner="a"))
    api.register("~s", V1, metadata=properties(stage="test", owner="a"))
    path = "/subjects/~s/metadata"
    api.play(
        [
            ("GET", f"{path}?key=stage&value=prod", {"version": 1}),
            ("GET", f"{path}?key=owner&value=a&key=stage&value=test", {"version": 2}),
            ("GET", f"{path}?key=stage&value=none", (404, 40403)),
            ("GET", f"{path}?key=stage", (400, 400)),
            ("GET", "/subjects/~no/metadata?key=a&value=b", (404, 40401)),
        ]
    )


def test_a_schema_may_be_sent_with_its_next_version_only(api: Api) -> None:
    told = api.ok("POST", S, sent(V1, version=1))

    assert told["metadata"] == properties(**{"confluent:version": "1"})
    api.play(
        [
            ("POST", S, sent(V2, version=3), (422, 42201)),
            ("POST", S, sent(V2, version=-1), {"version": 2}),
            ("POST", S, sent(V1, version=3), {"version": 3}),
            ("GET", f"{S}/3", {"metadata": properties(**{"confluent:version": "3"})}),
        ]
    )


def test_a_version_is_registered_with_other_metadata_alone(api: Api) -> None:
    schema_id = api.register("~s", V1)

    told = api.ok("POST", S, {"metadata": properties(owner="a")})

    assert told["id"] != schema_id
    assert told["version"] == 2
    assert api.ok("GET", f"{S}/2/schema") == V1


def test_tags_are_added_taken_away_and_told(api: Api) -> None:
    api.register("~s", V1, ruleSet=rules("r"))
    field = {"schemaEntity": {"entityPath": "R.a", "entityType": "SR_FIELD"}, "tags": ["PII"]}
    told = {"schemaEntity": {"entityPath": "R.a", "entityType": "sr_field"}, "tags": ["PII"]}
    unknown = {"schemaEntity": {"entityPath": "R.z", "entityType": "sr_field"}, "tags": ["PII"]}
    api.play(
        [
            ("POST", f"{S}/latest/tags", {"tagsToAdd": [field]}, {"version": 2}),
            ("GET", f"{S}/2?findTags=PII", {"schemaTags": [told], "ruleSet": rules("r")}),
            ("GET", f"{S}/2?findTags=other", {"version": 2}),
            ("POST", f"{S}/2/tags", {"tagsToRemove": [field]}, {"version": 3}),
            ("GET", f"{S}/3/schema", V1),
            ("POST", f"{S}/3/tags", {"rulesToMerge": rules("s"), "rulesToRemove": ["r"]}, {}),
            ("GET", f"{S}/4", {"ruleSet": rules("s")}),
            ("POST", f"{S}/3/tags", {"tagsToAdd": [unknown]}, (422, 42201)),
            ("POST", f"{S}/3/tags", {"tagsToAdd": 5}, (422, 42201)),
            ("POST", f"{S}/3/tags", {"rulesToRemove": 5}, (422, 42210)),
            ("POST", f"{S}/9/tags", {"tagsToAdd": [field]}, (404, 40402)),
        ]
    )
    found = api.ok("GET", f"/schemas/ids/{api.ok('GET', f'{S}/2')['id']}?findTags=*")
    assert found["schemaTags"] == [told]
    assert "schemaTags" not in api.ok("GET", f"{S}/2?findTags=other")


def test_schemas_are_listed_by_the_types_of_their_rules(api: Api) -> None:
    api.register("~s", V1)
    api.register("~s", V2, ruleSet=rules("r"))

    found = api.ok("GET", "/schemas?subjectPrefix=~&ruleType=CEL&ruleType=ENCRYPT")

    assert [each["version"] for each in found] == [2]


def test_normalize_is_asked_for_or_configured(api: Api) -> None:
    text = '{"type":"record","name":"R","fields":[{"name":"a","type":"int","z":1,"b":2}]}'
    normal = '{"type":"record","name":"R","fields":[{"name":"a","type":"int","b":2,"z":1}]}'
    api.play(
        [
            ("POST", "/subjects/~a/versions?normalize=True", sent(text), {}),
            ("GET", "/subjects/~a/versions/1", {"schema": normal}),
            ("POST", "/subjects/~b/versions?normalize=False", sent(text), {}),
            ("GET", "/subjects/~b/versions/1", {"schema": text}),
            ("PUT", "/config/~c", {"normalize": True}, {}),
            ("POST", "/subjects/~c/versions", sent(text), {}),
            ("GET", "/subjects/~c/versions/1", {"schema": normal}),
            ("POST", "/subjects/~c", sent(normal), {"version": 1}),
        ]
    )
