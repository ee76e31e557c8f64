"""Compensation through the whole water service, and what the other hub answers over Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.waiting import wait_until
from tests.support.water import WaterUnderTest, shared_file, water_under_test
from tests.unit.lingqu_water.compensation.given import document

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.publisher import Publisher
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec
from lingqu.wire.codec import AvroCodec

pytestmark = pytest.mark.integration

ACCOUNT = "compensation/accounts/shili/2021-04"
SIGNED = {"org": "湖南省财政厅", "person": "张三"}
VALUES = {"w01001": 7.6, "w01009": 8.1, "w01019": 2.4, "w21003": 0.1, "w21011": 0.05}
TOPIC = "water.compensation.v1"


@pytest.fixture
def agreements(tmp_path: Path) -> Path:
    """Return an operator's folder with one agreement over a section of its own."""
    folder = tmp_path / "agreements"
    folder.mkdir()
    (folder / "shili.yaml").write_text(yaml.safe_dump(document(), allow_unicode=True), "utf-8")
    return folder


def measured(hour: int, codmn: float = 2.4) -> dict[str, Any]:
    """Return a final reading of the first day of April, as REST takes it."""
    return {
        "section_name": "示例",
        "reporting_region": "43",
        "sampled_at": f"2021-04-01T{hour:02d}:00:00+08:00",
        "method": "auto",
        "data_level": "final",
        "reviewed_by_org": "湖南省生态环境监测中心",
        "reviewed_at": "2021-05-06T08:00:00+08:00",
        "items": [
            {"code": code, "value": value} for code, value in (VALUES | {"w01019": codmn}).items()
        ],
    }


def payments(water: WaterUnderTest) -> list[tuple[str, str, str]]:
    account = water.get(ACCOUNT)["account"]
    return [(one["payer"], one["payee"], one["amount"]) for one in account["payments"]]


def test_readings_stated_over_rest_make_an_account_and_a_claim(
    tmp_path: Path, database_url: str, agreements: Path
) -> None:
    with water_under_test(tmp_path, database_url, compensation_dir=agreements) as water:
        assert water.post("readings", [measured(0), measured(4)]).status_code == 200
        assert payments(water) == [("43", "50", "40万元")]

        assert water.post("readings", [measured(4, 30.0)]).status_code == 200
        assert payments(water) == [("50", "43", "40万元")]

        closed = water.post(f"{ACCOUNT}/close", SIGNED).json()
        assert (closed["account"]["state"], closed["account"]["version"]) == ("claimed", 3)
        (statement,) = water.get("compensation/statements", party="43", agreement="shili")["items"]
        assert statement["net"] == "40万元"


def test_the_published_file_of_hunan_makes_no_account_silently(
    tmp_path: Path, sqlite_url: str
) -> None:
    """Raw readings are no ground for money: the account is there and says what it lacks."""
    file = shared_file("hourly4_2021/hunan.csv")
    with water_under_test(tmp_path, sqlite_url) as water:
        water.import_file(file, collected_on="2021-04-06")

        account = water.get("compensation/accounts/youshui/2021-04")
        assert account["account"]["status"] == "insufficient"
        assert account["account"]["event_id"] is None
        (readings,) = account["readings"]
        assert len(readings["excluded"]) == 25
        assert {one["reason"] for one in readings["excluded"]} == {"实时数据,未经审核"}


def test_the_other_hubs_confirmation_comes_back_over_kafka(
    tmp_path: Path, kafka: KafkaSettings, sqlite_url: str, agreements: Path
) -> None:
    catalogue = load_catalogue(Path(__file__).parents[2] / "schemas")
    with Topics(kafka) as topics:
        own = [one for one in catalogue if one.domain == "water"]
        topics.ensure([progress_spec(), *(TopicSpec(one.topic(), 1) for one in own)])
    codec = AvroCodec(catalogue.contract("water.compensation").latest().schema)
    with water_under_test(tmp_path, sqlite_url, kafka, compensation_dir=agreements) as water:
        water.post("readings", [measured(0), measured(4)])
        claim = water.post(f"{ACCOUNT}/close", SIGNED).json()["account"]["event_id"]
        schema_id = water.registry.schemas.index(
            catalogue.contract("water.compensation").latest().schema
        )
        answer = confirmation(claim)
        body = codec.encode_rows([answer])[0]
        with Publisher(kafka) as publisher:
            frame = b"\x00" + (schema_id + 1).to_bytes(4, "big") + body
            publisher.publish(TOPIC, b"shili|2021-04", frame)

        wait_until(lambda: water.get(ACCOUNT)["account"]["state"] == "confirmed")

        said = [(one["origin"], one["state"]) for one in water.get(ACCOUNT)["messages"]]
        assert ("50", "confirmed") in said


def confirmation(claim: str) -> dict[str, Any]:
    """Return what 重庆市 answers, complete but for what has defaults."""
    return {
        "event_id": "0197b1de-7c00-8000-8000-0000000000aa",
        "occurred_at": 1_900_000_000_000,
        "origin": "50",
        "agreement_id": "shili",
        "period": "2021-04",
        "period_from": 18_718,
        "period_until": 18_747,
        "kind": "monthly",
        "status": "computed",
        "state": "confirmed",
        "refers_to": claim,
    }
