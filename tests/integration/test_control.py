"""Control with a real broker and database: what is applied reaches the agreement topic."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.controls import control_at, environment, status
from tests.support.builders import contract_folder
from tests.support.http import http
from tests.support.waiting import wait_until
from tests.unit.lingqu_control.desks import (
    agreement,
    apply,
    desk,
    document,
    partner,
    published,
)

from lingqu.agreements.orders import Selection
from lingqu.agreements.state import AGREEMENT_TOPIC, AgreementState
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.table import CompactedTable
from lingqu.kafka.topics import Topics, internal_topics
from lingqu.metrics import Metrics
from lingqu_control.desk import Desk
from lingqu_control.metrics import ORDERS_OPEN
from lingqu_control.orders import Wanted, cancel_order, place_order
from lingqu_control.repartition import Repartitioning
from lingqu_control.tables import AnnouncedRow
from lingqu_control.upkeep import Upkeep

pytestmark = pytest.mark.integration


@pytest.fixture
def region() -> str:
    """Return a code that no other test has: names inside Kafka carry it."""
    return str(100_000 + secrets.randbelow(900_000))


@pytest.fixture
def environ(tmp_path: Path, region: str, kafka: KafkaSettings, database_url: str) -> dict[str, str]:
    return environment(
        tmp_path / "home",
        region,
        kafka.bootstrap_servers,
        LINGQU_SCHEMAS_DIR=str(contract_folder(tmp_path)),
        LINGQU_CONTROL_DATABASE_URL=database_url,
    )


@pytest.fixture
def table(kafka: KafkaSettings) -> Iterator[CompactedTable]:
    with Topics(kafka) as topics:  # the topic must be there before it is read
        topics.ensure(internal_topics())
    found = CompactedTable(kafka, AGREEMENT_TOPIC)
    found.start()
    yield found
    found.stop()


def growing(one: Desk, kafka: KafkaSettings) -> Repartitioning:
    return Repartitioning(one.hub, one.store, kafka)


def wanted(region: str, unique: str, **more: Any) -> dict[str, Any]:
    provider = {"partner": "north-office", "region": region}
    terms = agreement(id=unique, feed=unique, provider=provider, **more)
    offices = [partner("north-office", region), partner("south-office", "44")]
    return document(terms, region=region, partners=offices)


def wait_for(
    table: CompactedTable, agreement_id: str, condition: Callable[[AgreementState], bool]
) -> None:
    def holds() -> bool:
        found = table.get(agreement_id)
        return found is not None and condition(AgreementState.decode(found))

    wait_until(holds, 10)


def test_pause_and_end_reach_the_topic_within_ten_seconds(
    environ: dict[str, str], table: CompactedTable, region: str, unique: str
) -> None:
    with control_at(environ) as control:
        control.post("/v1/apply", wanted(region, unique))
        wait_for(table, unique, lambda state: state.state == "active" and not state.paused)

        control.post(f"/v1/feeds/{unique}/pause")
        wait_for(table, unique, lambda state: state.paused)

        control.post(f"/v1/agreements/{unique}/end", {"reason": "over"})
        wait_for(table, unique, lambda state: state.state == "revoked")


def test_what_was_applied_survives_a_restart(
    environ: dict[str, str], region: str, unique: str
) -> None:
    with control_at(environ) as control:
        control.post("/v1/apply", wanted(region, unique))

    with control_at(environ) as control:
        again = control.post("/v1/apply", wanted(region, unique))
        detail = control.get(f"/v1/agreements/{unique}")

    assert again["agreements"][0]["change"] == "unchanged"
    assert len(detail["signatures"]) == 2


def test_ready_means_that_all_topics_are_there(
    environ: dict[str, str], kafka: KafkaSettings
) -> None:
    with control_at(environ) as control, Topics(kafka) as topics:
        wait_until(lambda: status(control, "/readyz") == 200)

        facts = topics.facts("demo.reading.v1")
        assert (facts.partitions, facts.retention_ms) == (2, 90 * 86_400_000)
        assert topics.facts(AGREEMENT_TOPIC).partitions == 1
        assert topics.facts("lingqu.progress.v1").partitions == 6
        metrics = http.get(f"{control.url}/metrics").text
        assert 'lingqu_control_agreement_versions{state="active"}' in metrics


def test_a_topic_made_anew_is_told_everything_once(
    tmp_path: Path, kafka: KafkaSettings, region: str, unique: str
) -> None:
    one = desk(tmp_path, region=region)
    client_metrics = Metrics()
    upkeep = Upkeep(one.hub, kafka, one.store, client_metrics, growing(one, kafka))
    with one.writing() as records:
        from_elsewhere = AnnouncedRow(id=1, topic_id="of-a-broker-that-is-gone")
        records.session.add(from_elsewhere)
    apply(one, wanted(region, unique))

    upkeep.round()
    upkeep.round()

    with one.reading() as records:
        told = records.session.get(AnnouncedRow, 1)
    with Topics(kafka) as topics:
        assert told is not None
        assert told.topic_id == topics.facts(AGREEMENT_TOPIC).topic_id
    assert [state.agreement for state in published(one)] == [unique, unique]


def test_orders_are_counted_by_kind_until_they_are_over(
    tmp_path: Path, kafka: KafkaSettings, region: str, unique: str
) -> None:
    one, metrics = desk(tmp_path, region=region), Metrics()
    upkeep = Upkeep(one.hub, kafka, one.store, metrics, growing(one, kafka))
    apply(one, wanted(region, unique))
    with one.writing() as records:
        wish = Wanted("replay", Selection(first_sequence=3), dry_run=False, rate=None)
        number = place_order(records, one.hub, unique, wish, "operator").number
    upkeep.round()
    assert metrics.value(ORDERS_OPEN, kind="replay") == 1
    with one.writing() as records:
        cancel_order(records, one.hub, unique, number)
    upkeep.round()
    assert metrics.value(ORDERS_OPEN, kind="replay") == 0
