"""What somebody else writes between a plan and its writing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.support.avro_schemas import CODE, USING, V1, V2

from lingqu.metrics import Metrics
from lingqu_registry.endpoints.requests import Reference, SchemaRequest
from lingqu_registry.errors import RegistryError
from lingqu_registry.planning import Addition, Draft, Planner, Registered
from lingqu_registry.registration import Outcome, Registration
from lingqu_registry.setting import set_config, set_mode
from lingqu_registry.store.deletion import delete_subject
from lingqu_registry.store.store import Store

pytestmark = pytest.mark.integration


def request(schema: Any) -> SchemaRequest:
    return SchemaRequest(json.dumps(schema))


@pytest.fixture
def registered_after(
    store: Store, registration: Registration, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Register, while somebody else does something between the plan and the write lock."""

    def register(
        meanwhile: Callable[[Registration], Any], asked: SchemaRequest, subject: str = "s"
    ) -> Outcome:
        left = [meanwhile]
        others = Registration(store, "BACKWARD", 40901, Metrics())

        class Overtaken(Planner):
            def plan(self, draft: Draft) -> Registered | Addition:
                found = super().plan(draft)
                while left:
                    left.pop()(others)
                return found

        monkeypatch.setattr("lingqu_registry.registration.Planner", Overtaken)
        (outcome,) = registration.settle([Draft(subject, asked)])
        assert not left
        return outcome

    return register


def test_the_same_schema_is_known_then(registered_after: Callable[..., Outcome]) -> None:
    found = registered_after(lambda others: others.register("s", request(V1)), request(V1))

    assert isinstance(found, Registered)
    assert (found.id, found.version, found.is_new) == (1, 1, False)


def test_the_version_after_theirs_is_next(registered_after: Callable[..., Outcome]) -> None:
    found = registered_after(lambda others: others.register("s", request(V2)), request(V1))

    assert isinstance(found, Registered)
    assert (found.id, found.version, found.is_new) == (2, 2, True)


def test_what_is_written_elsewhere_changes_nothing(
    registered_after: Callable[..., Outcome],
) -> None:
    found = registered_after(lambda others: others.register("t", request(V1)), request(V1))

    assert isinstance(found, Registered)
    assert (found.id, found.version, found.is_new) == (1, 1, True)


def test_what_it_uses_may_be_gone(
    store: Store, registration: Registration, registered_after: Callable[..., Outcome]
) -> None:
    registration.register("code", request(CODE))
    using = replace(request(USING), references=(Reference("a.Code", "code", 1),))

    def delete(_others: Registration) -> None:
        delete_subject(store, "code", permanent=False)
        delete_subject(store, "code", permanent=True)

    found = registered_after(delete, using)

    assert isinstance(found, RegistryError)
    assert "No schema reference found" in str(found)


def test_the_subject_may_be_for_reading_only(
    store: Store, registered_after: Callable[..., Outcome]
) -> None:
    found = registered_after(lambda _others: set_mode(store, "s", "READONLY"), request(V1))

    assert isinstance(found, RegistryError)
    assert found.code == 42205


def test_the_name_may_be_an_alias_of_another(
    store: Store, registered_after: Callable[..., Outcome]
) -> None:
    set_config(store, "name", {"alias": "first"})

    registered_after(
        lambda _others: set_config(store, "name", {"alias": "second"}), request(V1), "name"
    )

    with store.reading() as reads:
        assert reads.names() == ["second"]
