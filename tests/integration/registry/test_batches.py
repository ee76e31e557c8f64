"""Registrations settled together: each by itself, and none on what has changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.avro_schemas import CODE, USING, V1, V2

from lingqu.clock import SystemClock
from lingqu.metrics import Metrics
from lingqu.service.database import make_engine, migrate
from lingqu_registry.endpoints.requests import Reference, SchemaRequest
from lingqu_registry.errors import RegistryError
from lingqu_registry.parsing.parsed import parse_schema
from lingqu_registry.planning import Addition, Draft, Planner
from lingqu_registry.registration import Registration
from lingqu_registry.setting import set_config, set_mode
from lingqu_registry.store.adding import Added, Outcome, add_versions
from lingqu_registry.store.deletion import delete_subject
from lingqu_registry.store.store import Store

pytestmark = pytest.mark.integration

CODE_REFERENCE = Reference("a.Code", "code", 1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    engine = make_engine(database_url)
    migrate(engine, "lingqu_registry.migrations")
    yield Store(engine, SystemClock())
    engine.dispose()


@pytest.fixture
def registration(store: Store) -> Iterator[Registration]:
    found = Registration(store, "BACKWARD", 40901, Metrics())
    yield found
    found.close()


def request(schema: Any, *references: Reference) -> SchemaRequest:
    return SchemaRequest(json.dumps(schema), references=references)


def planned(store: Store, *drafts: Draft) -> tuple[Planner, list[Addition]]:
    with store.reading() as reads:
        planner = Planner(reads, drafts, "BACKWARD", 40901)
        plans = [planner.plan(draft) for draft in drafts]
    return planner, [plan for plan in plans if isinstance(plan, Addition)]


def added(store: Store, *additions: Addition) -> list[Outcome]:
    with store.writing() as writing:
        return add_versions(writing, additions)


def test_what_one_batch_brings_gets_ids_in_a_row_and_one_for_the_same(store: Store) -> None:
    drafts = [Draft("a", request(V1)), Draft("b", request(V1)), Draft("c", request(V2))]

    outcomes = added(store, *planned(store, *drafts)[1])

    assert [(each.id, each.version) for each in outcomes if isinstance(each, Added)] == [
        (1, 1),
        (1, 1),
        (2, 1),
    ]


def test_the_second_plan_for_a_subject_is_made_again(store: Store) -> None:
    _, plans = planned(store, Draft("a", request(V1)), Draft("a", request(V2)))

    first, second = added(store, *plans)

    assert first is not None
    assert second is None


def test_a_plan_falls_with_the_subject_it_rests_on(
    store: Store, registration: Registration
) -> None:
    registration.register("code", request(CODE))
    _, plans = planned(store, Draft("s", request(USING, CODE_REFERENCE)))
    delete_subject(store, "code", permanent=False)
    delete_subject(store, "code", permanent=True)

    assert added(store, *plans) == [None]
    with pytest.raises(RegistryError, match="No schema reference found"):
        registration.register("s", request(USING, CODE_REFERENCE))


def test_a_plan_falls_with_the_settings_it_was_made_under(store: Store) -> None:
    planner, _ = planned(store, Draft("s", request(V1)))

    with store.reading() as reads:
        assert planner.scopes.still_hold(reads)
    set_config(store, "other", {"compatibility": "NONE"})
    with store.reading() as reads:
        assert planner.scopes.still_hold(reads)
    set_mode(store, "s", "READONLY")
    with store.reading() as reads:
        assert not planner.scopes.still_hold(reads)


def test_one_schema_that_trips_the_parser_does_not_fail_its_neighbours(
    registration: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tripping(text: str, **more: Any) -> Any:
        if "Tripping" in text:
            raise TypeError("not foreseen")
        return parse_schema(text, **more)

    monkeypatch.setattr("lingqu_registry.planning.parse_schema", tripping)
    bad = {"type": "record", "name": "Tripping", "fields": []}
    answers = [
        registration.submit(f"s{number}", request(schema))
        for number, schema in enumerate([V1, bad, V2, bad, CODE])
    ]

    assert [answer.exception() is None for answer in answers] == [True, False, True, False, True]
    assert registration.register("s5", request(V1)).id == answers[0].result().id
