"""Registrations settled together: each by itself, all of them in one transaction."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.support.avro_schemas import CODE, USING, V1, V2

from lingqu_registry.endpoints.requests import Reference, SchemaRequest
from lingqu_registry.parsing.parsed import parse_schema
from lingqu_registry.planning import Draft, Registered
from lingqu_registry.registration import Registration
from lingqu_registry.store.store import Store

pytestmark = pytest.mark.integration


def draft(subject: str, schema: Any, *references: Reference) -> Draft:
    return Draft(subject, SchemaRequest(json.dumps(schema), references=references))


def settled(registration: Registration, *drafts: Draft) -> list[tuple[int, int, bool]]:
    """Settle the drafts; return the id and version of each, and whether it is new."""
    outcomes = registration.settle(drafts)
    assert all(isinstance(each, Registered) for each in outcomes), outcomes
    found = [each for each in outcomes if isinstance(each, Registered)]
    return [(each.id, each.version, each.is_new) for each in found]


def writes(store: Store) -> int:
    with store.reading() as reads:
        return reads.writes()


def test_what_one_batch_brings_gets_ids_in_a_row_and_one_for_the_same(
    registration: Registration,
) -> None:
    found = settled(registration, draft("a", V1), draft("b", V1), draft("c", V2))

    assert found == [(1, 1, True), (1, 1, True), (2, 1, True)]


def test_all_versions_of_a_subject_are_one_write(store: Store, registration: Registration) -> None:
    before = writes(store)

    found = settled(registration, draft("a", V1), draft("a", V2), draft("b", V2), draft("a", V1))

    assert found == [(1, 1, True), (2, 2, True), (2, 1, True), (1, 1, False)]
    assert writes(store) == before + 1


def test_what_is_known_writes_nothing(store: Store, registration: Registration) -> None:
    registration.settle([draft("a", V1)])
    before = writes(store)

    assert settled(registration, draft("a", V1), draft("a", V1)) == [(1, 1, False)] * 2
    assert writes(store) == before


def test_a_schema_and_what_it_uses_may_come_together(registration: Registration) -> None:
    registration.settle([draft("code", CODE)])
    latest = Reference("a.Code", "code", -1)
    again = {**CODE, "doc": "again"}

    found = settled(registration, draft("code", again), draft("s", USING, latest))

    assert found == [(2, 2, True), (3, 1, True)]
    (known,) = registration.settle([draft("s", USING, Reference("a.Code", "code", 2))])
    assert isinstance(known, Registered)
    assert known.id == 3


def test_one_schema_that_trips_the_parser_does_not_fail_its_neighbours(
    registration: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tripping(text: str, **more: Any) -> Any:
        if "Tripping" in text:
            raise TypeError("not foreseen")
        return parse_schema(text, **more)

    monkeypatch.setattr("lingqu_registry.planning.parse_schema", tripping)
    bad = {"type": "record", "name": "Tripping", "fields": []}
    schemas = [V1, bad, V2, bad, CODE]

    async def submitted() -> list[Any]:
        asked = [
            registration.submit(f"s{number}", SchemaRequest(json.dumps(schema)))
            for number, schema in enumerate(schemas)
        ]
        return await asyncio.gather(*asked, return_exceptions=True)

    outcomes = asyncio.run(submitted())

    assert [type(each) for each in outcomes] == [
        Registered,
        TypeError,
        Registered,
        TypeError,
        Registered,
    ]
