"""Two provinces' water services on one cluster: what one tells, the other answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support.broker import small_broker
from tests.support.gateway import SmallRegistry, small_registry
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.water import WaterUnderTest, water_under_test

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[2] / "schemas"
VALUES = [2.4, 2.4, 2.5, 13.6]


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    """Return a broker of our own: all tests of the service speak on the same topics."""
    broker = small_broker(tmp_path_factory.mktemp("kafka"))
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap)
    with Topics(settings) as topics:
        water = [each for each in load_catalogue(SCHEMAS) if each.domain == "water"]
        topics.ensure([progress_spec(), *(TopicSpec(each.topic(), 3) for each in water)])
    yield settings
    broker.stop()


@dataclass(frozen=True)
class Hubs:
    """Hunan upstream and Guangdong downstream."""

    kafka: KafkaSettings
    hunan: WaterUnderTest
    guangdong: WaterUnderTest

    def on_topic(self, event: str, field: str, value: str) -> list[dict[str, Any]]:
        """Return the events of the contract that stand on its topic and hold the value."""
        contract = load_catalogue(SCHEMAS).contract(f"water.{event}")
        found = [message.value() for message in TopicReader(self.kafka, contract.topic()).read()]
        bodies = [value[HEADER_BYTES:] for value in found if value]
        events = AvroCodec(contract.latest().schema).decode_rows(bodies)
        return [each for each in events if each[field] == value]


def is_ready(hub: WaterUnderTest) -> bool:
    return bool(hub.client.get("/readyz").status_code == 200)


@contextmanager
def running(
    folder: Path, urls: tuple[str, str], kafka: KafkaSettings, registry: SmallRegistry
) -> Iterator[Hubs]:
    """Yield both hubs, ready, over their databases; an id on a topic means one schema to both."""
    with ExitStack() as stack:
        hunan, guangdong = (
            stack.enter_context(
                water_under_test(folder / region, url, kafka, region=region, registry=registry)
            )
            for region, url in zip(("43", "44"), urls, strict=True)
        )
        for hub in (hunan, guangdong):
            wait_until(partial(is_ready, hub), 60)
        yield Hubs(kafka, hunan, guangdong)


@pytest.fixture(scope="module")
def registry() -> Iterator[SmallRegistry]:
    with small_registry() as found:
        yield found


@pytest.fixture
def urls(tmp_path: Path, postgres_url: str) -> tuple[str, str]:
    return postgres_url, f"sqlite:///{tmp_path / 'guangdong.sqlite'}"


@pytest.fixture
def hubs(
    tmp_path: Path, urls: tuple[str, str], own_kafka: KafkaSettings, registry: SmallRegistry
) -> Iterator[Hubs]:
    with running(tmp_path, urls, own_kafka, registry) as found:
        yield found


def measure(hub: WaterUnderTest, name: str) -> None:
    """Let a jump be measured at a section whose water goes on to Guangdong."""
    section = {
        "name": name,
        "reporting_region": "43",
        "downstream_regions": ["44"],
        "source": "示例",
    }
    assert hub.client.put(f"/v1/sections/43-{name}", json=section).status_code == 200
    readings = [
        {
            "section_name": name,
            "reporting_region": "43",
            "sampled_at": f"2026-03-01T{4 * place:02}:00:00+08:00",
            "method": "auto",
            "items": [{"code": "w01019", "value": value, "unit": "mg/L"}],
        }
        for place, value in enumerate(VALUES)
    ]
    assert hub.post("readings", readings).status_code == 200


def received(hub: WaterUnderTest, path: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.get(path, **query)["items"]
    return found


def test_an_alert_reaches_the_region_downstream_and_its_acknowledgement_comes_back(
    hubs: Hubs, unique: str
) -> None:
    measure(hubs.hunan, unique)
    (alert,) = received(hubs.hunan, "alerts", section=f"43-{unique}")
    path = f"alerts/{alert['alert_id']}"
    query = {"section": f"43-{unique}", "region": "44"}
    wait_until(lambda: received(hubs.guangdong, "alerts", **query))
    (theirs,) = received(hubs.guangdong, "alerts", **query)
    assert (theirs["direction"], theirs["origin"]) == ("received", "43")
    assert not hubs.hunan.get(path)["regions"][0]["acknowledged"]
    answer = hubs.guangdong.post(f"{path}/acknowledge", {"who": "示例乙", "note": "已通知水厂"})
    assert answer.json()["possible"] == []
    wait_until(lambda: hubs.hunan.get(path)["regions"][0]["acknowledged"])
    (region,) = hubs.hunan.get(path)["regions"]
    assert (region["region"], region["name"], region["who"]) == ("44", "广东省", "示例乙")
    told, reply = hubs.on_topic("alert", "alert_id", alert["alert_id"])
    assert (reply["kind"], reply["refers_to"]) == ("acknowledgement", told["event_id"])


def test_after_a_restart_nothing_is_told_again(
    tmp_path: Path,
    urls: tuple[str, str],
    own_kafka: KafkaSettings,
    registry: SmallRegistry,
    unique: str,
) -> None:
    with running(tmp_path, urls, own_kafka, registry) as hubs:
        measure(hubs.hunan, unique)
        query = {"section": f"43-{unique}"}
        wait_until(lambda: received(hubs.guangdong, "alerts", **query))
    with running(tmp_path, urls, own_kafka, registry) as hubs:
        measure(hubs.hunan, unique)
        measure(hubs.hunan, f"{unique}b")
        wait_until(lambda: received(hubs.guangdong, "alerts", section=f"43-{unique}b"))
        (only,) = hubs.on_topic("alert", "section_code", f"43-{unique}")
        assert only["change"] == "first"
        assert len(received(hubs.guangdong, "alerts", **query)) == 1


def test_an_incident_shows_which_regions_downstream_have_acknowledged_it(hubs: Hubs) -> None:
    declared = hubs.hunan.post(
        "incidents",
        {
            "title": "示例事件",
            "emergency_level": "Ⅱ",
            "affected_regions": ["44", "45"],
            "cause": "正在排查",
            "situation": "向下游迁移",
            "signed_off_by": "示例乙",
        },
    ).json()
    number = declared["incident_id"]
    path = f"incidents/{number}"
    wait_until(lambda: hubs.guangdong.client.get(f"/v1/{path}").status_code == 200)
    assert hubs.guangdong.get(path)["possible"] == ["签收"]
    assert hubs.guangdong.post(f"{path}/acknowledge", {"who": "示例丙"}).status_code == 200

    def waiting() -> dict[str, Any]:
        regions = hubs.hunan.get(path)["regions"]
        return {each["region"]: each["waiting_for_report"] for each in regions}

    wait_until(lambda: waiting() == {"44": None, "45": 1})
    follow_up = {"report_type": "续报", "situation": "浓度下降", "signed_off_by": "示例乙"}
    assert hubs.hunan.post(f"{path}/reports", follow_up).json()["reports"] == 2
    wait_until(lambda: hubs.guangdong.get(path)["reports"] == 2)
    assert waiting() == {"44": 2, "45": 1}


def test_a_dispute_and_a_consultation_go_both_ways(hubs: Hubs) -> None:
    claim = {"title": "总磷超标", "respondent_region": "44", "statement": "连续三日超标"}
    dispute = f"disputes/{hubs.hunan.post('disputes', claim).json()['dispute_id']}"
    wait_until(lambda: hubs.guangdong.client.get(f"/v1/{dispute}").status_code == 200)
    assert hubs.guangdong.post(f"{dispute}/answer", {"statement": "已查明"}).status_code == 200
    wait_until(lambda: hubs.hunan.get(dispute)["state"] == "answered")

    call = {
        "title": "武江会商",
        "invited_regions": ["43"],
        "scheduled_at": "2099-01-18T09:30:00+08:00",
    }
    number = hubs.guangdong.post("consultations", call).json()["consultation_id"]
    consultation = f"consultations/{number}"
    wait_until(lambda: hubs.hunan.client.get(f"/v1/{consultation}").status_code == 200)
    assert hubs.hunan.post(f"{consultation}/agree", {}).status_code == 200
    wait_until(lambda: hubs.guangdong.get(consultation)["state"] == "agreed")
    assert hubs.guangdong.get(consultation)["answers"][0]["step"] == "agreed"
