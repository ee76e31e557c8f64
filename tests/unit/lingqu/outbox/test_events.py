from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from tests.support.builders import contract_folder, event, schema
from tests.support.outbox_events import waiting_in
from tests.support.readings import Ids

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.contracts.loader import load_catalogue
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events, RefusedEventError
from lingqu.outbox.model import create_outbox
from lingqu.quality import Tally
from lingqu.service.database import make_engine, session_factory
from lingqu.wire.registry import RegistryClient

TOPIC = "demo.reading.v1"


def gates(tmp_path: Path, **contract: Any) -> Gates:
    return Gates(
        load_catalogue(contract_folder(tmp_path, **contract)),
        cast("RegistryClient", Ids()),
        scope=RegionScope(("43",)),
        environment="prod",
        id_key=b"k" * 32,
    )


@pytest.fixture
def events(tmp_path: Path) -> Events:
    return Events(gates(tmp_path), "trial")


def anonymous(**changes: Any) -> dict[str, Any]:
    left_out = {"event_id", "origin", "environment"}
    return {name: value for name, value in event(**changes).items() if name not in left_out}


def test_events_speak_for_the_hub_and_get_the_same_id_each_time(events: Events) -> None:
    first, again = (events.admit(TOPIC, [anonymous()]).accepted[0] for _ in range(2))
    assert first.event_id == again.event_id
    assert first.payload == again.payload


def event_id_in(payload: bytes) -> str:
    """Return the first field of a framed event: a text of 36 bytes behind its length."""
    return payload[6:42].decode()


def test_appended_events_are_in_the_callers_transaction(events: Events) -> None:
    engine = make_engine("sqlite://")
    with engine.begin() as connection:
        create_outbox(connection)
    with session_factory(engine).begin() as session:
        ids = events.append(session, TOPIC, [anonymous(value=1.0), anonymous(value=2.0)])
        found = [event_id_in(each.payload) for each in waiting_in(session)]
    assert found == ids
    engine.dispose()


def test_what_is_committed_is_counted_and_what_is_rolled_back_is_not(tmp_path: Path) -> None:
    tally = Tally(load_catalogue(contract_folder(tmp_path)), Metrics())
    counting = Events(gates(tmp_path), "trial", tally)
    engine = make_engine("sqlite://")
    with engine.begin() as connection:
        create_outbox(connection)
    with session_factory(engine)() as session:
        counting.append(session, TOPIC, [anonymous()])
        session.rollback()
        assert tally.changed() == {}
        counting.append(session, TOPIC, [anonymous(), anonymous(value=2.0)])
        counting.note_apart(session, TOPIC, refused={"rejected": 3}, repeats=4)
        assert tally.changed() == {}
        session.commit()
    ((series, score),) = tally.changed().items()
    assert (series.producer, series.origin) == ("trial", "43")
    assert (score.accepted, score.refused.total(), score.repeats) == (2, 3, 4)
    engine.dispose()


def test_an_event_goes_to_the_topics_of_all_majors_that_are_served(tmp_path: Path) -> None:
    majors = {1: {"served_until": "2099-12-31"}}
    two = Events(gates(tmp_path, versions={"1.0": schema(), "2.0": schema()}, majors=majors), "t")
    engine = make_engine("sqlite://")
    with engine.begin() as connection:
        create_outbox(connection)
    with session_factory(engine).begin() as session:
        ids = two.append(session, "demo.reading.v2", [anonymous(value=1.0), anonymous(value=2.0)])
        rows = waiting_in(session)
    topics = ["demo.reading.v2"] * 2 + ["demo.reading.v1"] * 2
    told = [(row.topic, event_id_in(row.payload)) for row in rows]
    assert told == list(zip(topics, ids * 2, strict=True))
    assert len({row.payload for row in rows}) == 2
    engine.dispose()


def test_an_event_that_its_own_contract_refuses_is_a_defect_that_names_the_rule(
    events: Events,
) -> None:
    engine = make_engine("sqlite://")
    with (
        session_factory(engine).begin() as session,
        pytest.raises(RefusedEventError, match="value_not_negative"),
    ):
        events.append(session, TOPIC, [anonymous(value=-1.0)])
    engine.dispose()
