"""From what is published to the scorecard: through gateway, Kafka and control."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.support.builders import contract_folder
from tests.support.gateway import GatewayUnderTest, gateway_under_test
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from lingqu.contracts.loader import load_catalogue
from lingqu.errors import UnavailableError
from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu.quality import Tally
from lingqu.quality.reporting import Reporting
from lingqu_control.app import create_app
from lingqu_control.settings import ControlSettings

pytestmark = pytest.mark.integration

TERMS: dict[str, Any] = {"sla": {"latency_s": 3600}}
LATE = {"occurred_at": int((datetime.now(UTC) - timedelta(hours=2)).timestamp() * 1000)}


@pytest.fixture
def control(
    tmp_path: Path, database_url: str, kafka: KafkaSettings, unique: str
) -> Iterator[TestClient]:
    settings = ControlSettings(
        region=f"X-{unique.upper()}",
        home=tmp_path / "control",
        schemas_dir=contract_folder(tmp_path, f"demo.{unique}", **TERMS),
        kafka=kafka,
        database_url=SecretStr(database_url),
    )
    with TestClient(create_app(settings)) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


def publish(gateway: GatewayUnderTest, source: str, *events: dict[str, Any]) -> None:
    gateway.client.post(f"/v1/topics/{gateway.topic}/events?source={source}", json=list(events))


def now(gateway: GatewayUnderTest, **changes: Any) -> dict[str, Any]:
    moment = int(datetime.now(UTC).timestamp() * 1000)
    return gateway.event(**{"occurred_at": moment, "note": "n", **changes})


def publish_a_day(gateway: GatewayUnderTest) -> None:
    """Publish good, bad, repeated, contradicting, revised, late, old and withdrawn events."""
    first = now(gateway)
    again = {"change": "revision", "supersedes": first["event_id"]}
    publish(gateway, "lims", first, now(gateway, value=-1.0), now(gateway, origin="44"))
    publish(gateway, "lims", first, first | {"value": 9.0}, now(gateway, **again))
    publish(gateway, "mobile", now(gateway, **LATE, value=None, note="", parts=[]))
    publish(gateway, "mobile", now(gateway, **LATE, mode="backfill"), now(gateway, **again))
    publish(gateway, "mobile", now(gateway, **again | {"change": "withdrawal"}))


def test_the_scorecard_shows_what_each_producer_published(
    control: TestClient, tmp_path: Path, kafka: KafkaSettings, unique: str
) -> None:
    url = f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    with gateway_under_test(tmp_path, url, kafka, unique, contract=TERMS) as gateway:
        publish_a_day(gateway)  # and at its end it tells what it has counted

    contract = gateway.topic.removesuffix(".v1")
    cards: list[dict[str, Any]] = []

    def shown() -> bool:
        cards[:] = control.get(f"/v1/quality/{contract}").json()["producers"]
        return sum(int(who["score"]["accepted"]) for who in cards) == 6

    wait_until(shown)
    lims, mobile = (who["score"] for who in cards)
    assert [(who["origin"], who["producer"]) for who in cards] == [
        (gateway.region, "lims"),
        (gateway.region, "mobile"),
    ]
    kinds = ("accepted", "refused", "repeats", "revisions", "withdrawals", "timed", "on_time")
    assert [lims[kind] for kind in kinds] == [2, 3, 1, 1, 0, 2, 2]
    assert lims["refused_by"] == {"rejected": 1, "value_not_negative": 1, "wrong_region": 1}
    assert (lims["completeness_percent"], lims["validity_percent"]) == (100.0, 40.0)
    assert [mobile[kind] for kind in kinds] == [4, 0, 0, 1, 1, 3, 2]
    assert mobile["fields"]["value"] == {"filled": 2, "asked": 3, "percent": 66.67}
    assert (mobile["completeness_percent"], mobile["timeliness_percent"]) == (75.0, 66.67)

    def metric(name: str, **labels: str) -> float:
        every = {"contract": contract, "origin": gateway.region, **labels}
        told = ",".join(f'{label}="{every[label]}"' for label in sorted(every))
        return gateway.metric(f"lingqu_quality_{name}_total{{{told}}}")

    assert metric("events", producer="lims", outcome="accepted") == 2
    assert metric("events", producer="lims", outcome="repeat") == 1
    assert metric("refused", producer="lims", reason="wrong_region") == 1
    assert metric("changes", producer="mobile", change="withdrawal") == 1
    assert metric("timed", producer="mobile", on_time="no") == 1
    assert metric("fields", producer="mobile", filled="no") == 3


def test_what_cannot_be_told_is_kept_while_kafka_is_away(
    tmp_path: Path,
) -> None:
    tally = Tally(load_catalogue(contract_folder(tmp_path)), Metrics())
    away = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    tally.note_apart("demo.reading.v1", "lims", "43", repeats=3)
    with pytest.raises(UnavailableError):
        Reporting(tally, away, "43").tell()
    assert [score.repeats for score in tally.changed().values()] == [3]
