"""Two provinces' customs services on one cluster: two ends of one transit, two views of one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support.broker import small_broker
from tests.support.customs import (
    CustomsUnderTest,
    amendment,
    customs_under_test,
    declared,
    number,
    receipt,
    transit,
)
from tests.support.gateway import small_registry
from tests.support.postgres import fresh_database
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES

pytestmark = pytest.mark.integration

CONTRACTS = [
    each
    for each in load_catalogue(Path(__file__).parents[2] / "schemas")
    if each.domain == "customs"
]
Hubs = tuple[CustomsUnderTest, CustomsUnderTest]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    """Return a broker of our own: relays of one region and service know each other's progress."""
    broker = small_broker(tmp_path_factory.mktemp("kafka"))
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap)
    with Topics(settings) as topics:
        topics.ensure([progress_spec(), *(TopicSpec(each.topic(), 3) for each in CONTRACTS)])
    yield settings
    broker.stop()


@pytest.fixture(scope="module")
def hubs(
    tmp_path_factory: pytest.TempPathFactory, kafka: KafkaSettings, postgres_server: str
) -> Iterator[Hubs]:
    """Yield Hunan's and Guangdong's services, ready; an id means one schema to both."""
    folder = tmp_path_factory.mktemp("hubs")
    with ExitStack() as stack:
        registry = stack.enter_context(small_registry())
        postgres = stack.enter_context(fresh_database(postgres_server))
        urls = postgres, f"sqlite:///{folder / 'guangdong.sqlite'}"
        found = [
            stack.enter_context(
                customs_under_test(folder / region, url, kafka, region=region, registry=registry)
            )
            for region, url in zip(("43", "44"), urls, strict=True)
        ]
        for hub in found:
            wait_until(partial(is_ready, hub), 60)
        yield found[0], found[1]


def is_ready(hub: CustomsUnderTest) -> bool:
    return bool(hub.client.get("/readyz").status_code == 200)


def told(hub: CustomsUnderTest, path: str, holds: Callable[[Any], bool]) -> Any:
    """Wait until what the hub shows there holds, and return it."""

    def holds_now() -> bool:
        answer = hub.client.get(f"/v1/{path}")
        return answer.status_code == 200 and holds(answer.json())

    wait_until(holds_now, 30)
    return hub.get(path)


def events(kafka: KafkaSettings, event: str, of: str) -> list[dict[str, Any]]:
    """Return what stands on the topic about a declaration."""
    contract = next(each for each in CONTRACTS if each.event == event)
    found = [message.value() for message in TopicReader(kafka, contract.topic()).read()]
    rows = AvroCodec(contract.latest().schema).decode_rows([v[HEADER_BYTES:] for v in found if v])
    return [each for each in rows if each["declaration_no"] == of]


def test_a_transit_is_one_story_told_from_both_ends(hubs: Hubs) -> None:
    hunan, guangdong = hubs
    hunan.post("transits", [transit("T-1", "declared", 8), transit("T-1", "departed", 10)])
    left = told(guangdong, "transits/T-1", lambda shown: shown["legs"][0]["state"] == "departed")
    assert left["legs"][0]["overdue"]
    departed = left["legs"][0]["steps"][-1]["event_id"]

    arrived = transit("T-1", "arrived", 20, refers_to=departed, seals_intact=True)
    guangdong.post("transits", [arrived, transit("T-1", "written_off", 21)])
    there = told(hunan, "transits/T-1", lambda shown: shown["legs"][0]["state"] == "written_off")
    assert story(there) == story(guangdong.get("transits/T-1"))
    assert [origin for _, _, origin in story(there)["steps"]] == ["43", "43", "44", "44"]
    assert not there["legs"][0]["overdue"]


def story(shown: Any) -> dict[str, Any]:
    """Return a transit's only leg, its steps by what, which event, and who told it."""
    leg: dict[str, Any] = shown["legs"][0]
    return leg | {"steps": [(e["step"], e["event_id"], e["origin"]) for e in leg["steps"]]}


def test_a_leg_that_does_not_arrive_shows_at_both_ends(hubs: Hubs) -> None:
    hunan, guangdong = hubs
    hunan.post("transits", [transit("T-2", "departed", 10)])
    for hub in hubs:
        found = told(
            hub,
            "transits/overdue",
            lambda shown: "T-2" in [each["transit_no"] for each in shown["items"]],
        )
        assert found["items"][-1]["to_office_name"] == "深圳海关(5316)"
        wait_until(partial(counts_overdue, hub), 30)

    guangdong.post("transits", [transit("T-2", "arrived", 20)])
    told(hunan, "transits/overdue", lambda shown: shown["items"] == [])


def counts_overdue(hub: CustomsUnderTest) -> bool:
    return "lingqu_customs_overdue_legs 1.0" in hub.client.get("/metrics").text


def test_a_declaration_has_one_state_in_both_provinces(hubs: Hubs, kafka: KafkaSettings) -> None:
    hunan, guangdong = hubs
    # Guangdong's port hears of the release before it hears of the declaration.
    guangdong.post("receipts", [receipt(1, "P", 60, office="5316")])
    hunan.post("declarations", [declared(1)])
    hunan.post("receipts", [receipt(1, "L", 1), receipt(1, "G", 2)])
    path = f"declarations/{number(1)}"
    here, there = (
        told(hub, path, lambda shown: len(shown["receipts"]) == 3 and shown["declaration"])
        for hub in hubs
    )
    assert here["state"] == there["state"] == "released"
    assert here["receipts"] == there["receipts"]

    ported = [each for each in events(kafka, "declaration", number(1)) if each["origin"] == "44"]
    assert [each["receipt"]["code"] for each in ported] == ["P"]
    assert ported[0]["counterparty"] is None  # what Hunan told is not told on
    assert ported[0]["goods"] == []


def test_an_amendment_after_clearance_reaches_the_other_province(
    hubs: Hubs, kafka: KafkaSettings
) -> None:
    hunan, guangdong = hubs
    hunan.post("declarations", [declared(2)])
    hunan.post("receipts", [receipt(2, "L", 1), receipt(2, "R", 2)])
    hunan.post("amendments", [amendment(2, "applied", 3), amendment(2, "granted", 4)])

    path = f"declarations/{number(2)}"
    found = told(guangdong, path, lambda shown: shown["state"] == "withdrawn")
    assert [each["step"] for each in found["amendments"]] == ["applied", "granted"]
    # Who reads of declarations only learns of it too.
    wait_until(lambda: events(kafka, "declaration", number(2))[-1]["state"] == "withdrawn", 30)
    lines = [
        told(hub, "consignments/C-2/timeline", lambda shown: len(shown["entries"]) == 5)["entries"]
        for hub in hubs
    ]
    assert lines[0] == lines[1]


def test_the_port_feeds_back_what_arrived(hubs: Hubs) -> None:
    hunan, guangdong = hubs
    step = {"inspection_no": "J-1", "destination": "81", "consignment_no": "C-J1"}
    certified = {
        **step,
        "step": "certified",
        "event_at": "2026-06-01T08:00:00+08:00",
        "office": "4900",
        "e_ledger_no": "示例底账-1",
        "base_no": "示例基地-1",
        "certificate_no": "示例证书-1",
        "batch_no": "示例批次-1",
        "seal_nos": ["示例封识-1"],
        "result": "passed",
    }
    (done,) = hunan.post("inspections", [certified])["results"]
    told(guangdong, "inspections/J-1", lambda shown: shown["step"] == "certified")
    feedback = {"arrived_at": "2026-06-02T03:00:00+08:00", "seals_intact": True, "accepted": True}
    arrived = {
        **step,
        "step": "arrived",
        "event_at": "2026-06-02T03:10:00+08:00",
        "office": "5316",
        "refers_to": done["event_id"],
        "feedback": feedback,
    }
    guangdong.post("inspections", [arrived])

    found = told(hunan, "inspections/J-1", lambda shown: shown["arrived"])
    assert found["steps"][-1]["origin"] == "44"
    assert found["steps"][-1]["feedback"]["seals_intact"] is True
