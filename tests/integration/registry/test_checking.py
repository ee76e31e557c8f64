"""Compatibility of schemas that nobody registers, asked by many at once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2
import pytest
from tests.support.avro_schemas import CODE, V1, V2

from lingqu_registry.checking import Check, Checking
from lingqu_registry.endpoints.requests import SchemaRequest
from lingqu_registry.errors import RegistryError
from lingqu_registry.registration import Registration
from lingqu_registry.setting import set_config
from lingqu_registry.store.store import Store

pytestmark = pytest.mark.integration

LATEST = -1


def check(subject: str, schema: Any, number: int | None = LATEST) -> Check:
    return Check(subject, SchemaRequest(json.dumps(schema)), number)


def test_each_of_a_batch_gets_its_own_answer(store: Store, registration: Registration) -> None:
    for schema in (V1, V2):
        registration.register("s", SchemaRequest(json.dumps(schema)))
    registration.register("code", SchemaRequest(json.dumps(CODE)))
    set_config(store, "other", {"alias": "s"})
    checking = Checking(store, "BACKWARD")

    async def asked() -> list[Any]:
        checks = [
            check("s", V1),
            check("s", CODE),
            check("other", CODE),
            check("s", V2, 1),
            check("s", CODE, None),
            check("s", V1, 9),
            check("code", "no schema"),
            check("unknown", V1),
        ]
        found = [checking.incompatibilities(each) for each in checks]
        return await asyncio.gather(*found, return_exceptions=True)

    *fit, missing, invalid, unknown = asyncio.run(asked())
    checking.close()

    assert [bool(each) for each in fit] == [False, True, True, False, True]
    assert isinstance(missing, RegistryError)
    assert missing.code == 40402
    assert isinstance(invalid, RegistryError)
    assert invalid.code == 42201
    assert unknown == []


def test_a_straight_route_is_counted_by_its_name(sqlite_registry: httpx2.Client) -> None:
    for path in ("/subjects/counted/versions", "/compatibility/subjects/counted/versions/latest"):
        body = json.dumps({"schema": json.dumps(V1)})
        assert sqlite_registry.post(path, content=body).status_code == 200

    told = sqlite_registry.get("/metrics").text
    assert 'method="POST",route="/subjects/{subject:part}/versions",' in told
    assert 'route="/compatibility/subjects/{subject:part}/versions/{version:part}",' in told
