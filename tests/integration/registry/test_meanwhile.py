"""What changes between a plan and its writing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.support.avro_schemas import V1

from lingqu.clock import SystemClock
from lingqu.service.database import make_engine, migrate
from lingqu_registry.endpoints.requests import SchemaRequest
from lingqu_registry.planning import Draft, Planner
from lingqu_registry.setting import set_config
from lingqu_registry.store.store import Store

pytestmark = pytest.mark.integration


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    engine = make_engine(database_url)
    migrate(engine, "lingqu_registry.migrations")
    yield Store(engine, SystemClock())
    engine.dispose()


def test_a_plan_falls_with_the_alias_that_led_to_its_subject(store: Store) -> None:
    set_config(store, "name", {"alias": "first"})
    with store.reading() as reads:
        planner = Planner(reads, [Draft("name", SchemaRequest(json.dumps(V1)))], "BACKWARD", 40901)
        assert planner.scopes.still_hold(reads)

    set_config(store, "name", {"alias": "second"})

    with store.reading() as reads:
        assert not planner.scopes.still_hold(reads)
