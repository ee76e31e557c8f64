"""A topic grows by `lingqu topic repartition` while events come in and go out: order holds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.support.builders import event
from tests.support.hub_in_process import HubInProcess, hub_in_process
from tests.support.lanes import arrivals, await_lane
from tests.support.outbox import commit, outbox_at, relay_of, relaying
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest
from tests.unit.lingqu_control.desks import published

from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu.outbox import EncodedEvent
from lingqu.wire.codec import AvroCodec
from lingqu_control.growths import growths_of
from lingqu_control.repartition import Repartitioning, begin_growth

pytestmark = pytest.mark.integration

_STATIONS = 12


@pytest.fixture
def hub(worker: WorkerUnderTest, monkeypatch: pytest.MonkeyPatch) -> HubInProcess:
    return hub_in_process(worker, monkeypatch)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Engine]:
    with outbox_at(f"sqlite:///{tmp_path}/outbox.sqlite") as engine:
        yield engine


def test_order_per_key_holds_for_a_feed_that_is_behind_when_its_topic_grows(
    hub: HubInProcess, outbox: Engine, unique: str
) -> None:
    worker = hub.worker
    options = worker.kafka_options()
    limits = {"events_per_s": 150}
    hub.agree(unique, delivery={"connector": "kafka-sink", "options": options, "limits": limits})
    source = TopicReader(worker.kafka, worker.topic)
    with (
        relaying(relay_of(outbox, worker.kafka, unique)),
        hub.relayed(),
        worker.running() as (
            loop,
            _,
        ),
    ):
        state(worker, outbox, range(600))
        worker.await_delivered(arrivals(worker), 20)
        said = hub.lingqu("topic", "repartition", worker.topic, "--partitions", "4")
        state(worker, outbox, range(600, 900))
        await_lane(loop, unique, "waiting", "has grown, and partition")
        worker.await_delivered(arrivals(worker), 900)
        shown = json.loads(hub.lingqu("topic", "show", worker.topic, "--json"))
        listed = hub.lingqu("topic", "list").split()
        again = hub.lingqu("feed", "replay", unique)

    assert said == f"{worker.topic} has 4 partitions, read by: {unique}\n"
    assert listed[-3:] == [worker.topic, "4", unique]
    (growth,) = shown["growths"]
    assert (growth["partitions"], growth["state"], len(growth["barrier"])) == (4, "grown", 2)
    moved = [message for message in source.read() if message.partition() >= 2]
    assert moved
    assert "900 sent" in again
    each_once = {f"43-{n}": list(range(n, 900, _STATIONS)) for n in range(_STATIONS)}
    assert in_order(hub) == {station: 2 * values for station, values in each_once.items()}


def test_a_growth_that_was_begun_is_gone_on_with_and_asked_for_again_changes_nothing(
    hub: HubInProcess, outbox: Engine, unique: str
) -> None:
    worker, desk = hub.worker, hub.desk
    asked = (desk.hub, worker.kafka, worker.topic)
    with desk.writing() as records:
        begin_growth(records, *asked, 4, "who dies now")
        assert begin_growth(records, *asked, 4, "operator").who == "who dies now"
        with pytest.raises(ConflictError, match="is growing to 4 partitions; wait"):
            begin_growth(records, *asked, 6, "operator")
    grows = Repartitioning(desk.hub, desk.store, worker.kafka, worker.table_topic)
    assert grows.go_on()
    assert grows.go_on()
    assert TopicReader(worker.kafka, worker.topic).partitions() == 4
    with desk.reading() as records:
        (row,) = growths_of(records.session, worker.topic)
    assert row.barrier == [0, 0]
    hub.agree(unique, delivery={"connector": "kafka-sink", "options": worker.kafka_options()})
    with relaying(relay_of(outbox, worker.kafka, unique)), hub.relayed(), worker.running():
        state(worker, outbox, range(40))
        worker.await_delivered(arrivals(worker), 40)


@pytest.mark.parametrize(
    ("partitions", "said"),
    [
        (2, "has 2 already"),
        (1, "1 is no multiple of the 2 of topic .*: name 4, 6 or 8"),
        (3, "3 is no multiple"),
    ],
)
def test_only_a_multiple_is_taken(hub: HubInProcess, partitions: int, said: str) -> None:
    worker, desk = hub.worker, hub.desk
    with desk.writing() as records, pytest.raises(InputError, match=said):
        begin_growth(records, desk.hub, worker.kafka, worker.topic, partitions, "operator")
    with desk.writing() as records, pytest.raises(NotFoundError, match="no contract has a topic"):
        begin_growth(records, desk.hub, worker.kafka, "no.such.v1", partitions, "operator")


def test_a_topic_that_was_changed_otherwise_does_not_grow(hub: HubInProcess) -> None:
    worker, desk = hub.worker, hub.desk
    TopicReader(worker.kafka, worker.topic).grow(3)
    with desk.writing() as records, pytest.raises(ConflictError, match="has 3 partitions on Kafka"):
        begin_growth(records, desk.hub, worker.kafka, worker.topic, 4, "operator")


def state(worker: WorkerUnderTest, outbox: Engine, numbers: range) -> None:
    """Append events whose value is their number, in turn about each station."""
    told = [event(station=f"43-{number % _STATIONS}", value=float(number)) for number in numbers]
    made = []
    for each in told:
        key, payload = worker.record(each)
        assert payload is not None
        made.append(EncodedEvent(each["event_id"], key.decode(), payload))
    commit(outbox, worker.topic, made)


def in_order(hub: HubInProcess) -> dict[str, list[int]]:
    """Return the values that the partner has of each station, as they lie on its topic."""
    codec = AvroCodec(published(hub.desk)[-1].derived_schema)
    found = defaultdict(list)
    for message in hub.worker.delivered(arrivals(hub.worker)):
        (row,) = codec.decode([message.value()[5:]]).columns.to_pylist()
        found[row["station"]].append(int(row["value"]))
    return dict(found)


def test_the_hub_waits_until_workers_can_know_that_a_topic_grows(hub: HubInProcess) -> None:
    """Without a relay nothing of the growth is heard, so that no partition is added."""
    worker, desk = hub.worker, hub.desk
    hub.agree("unheard", delivery={"connector": "kafka-sink", "options": worker.kafka_options()})
    with desk.writing() as records:
        begin_growth(records, desk.hub, worker.kafka, worker.topic, 4, "operator")
    grows = Repartitioning(desk.hub, desk.store, worker.kafka, worker.table_topic)
    assert not grows.go_on()
    assert TopicReader(worker.kafka, worker.topic).partitions() == 2
    with hub.relayed():
        wait_until(grows.go_on)
    assert TopicReader(worker.kafka, worker.topic).partitions() == 4
