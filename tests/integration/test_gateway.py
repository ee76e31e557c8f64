from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import NOON_MS
from tests.support.gateway import GatewayUnderTest, gateway_under_test, make_topics
from tests.support.ports import free_port
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until

from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES

pytestmark = pytest.mark.integration


@pytest.fixture
def gateway(
    tmp_path: Path, database_url: str, kafka: KafkaSettings, unique: str
) -> Iterator[GatewayUnderTest]:
    make_topics(kafka, f"demo.{unique}.v1")
    with gateway_under_test(tmp_path, database_url, kafka, unique) as made:
        yield made


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayUnderTest]:
    """Return a gateway whose Kafka is away: what it accepts stays in its outbox."""
    folder = tmp_path_factory.mktemp("alone")
    kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    url = f"sqlite:///{folder / 'gateway.sqlite'}"
    with gateway_under_test(folder, url, kafka, "alone", max_body_bytes=20_000) as made:
        yield made


def outcome(answer: Any) -> tuple[int, int, int, list[str]]:
    found = answer.json()
    codes = [refused["code"] for refused in found["refused"]]
    return answer.status_code, found["accepted"], found["repeats"], codes


def test_accepted_events_reach_their_topic_once(
    gateway: GatewayUnderTest, kafka: KafkaSettings
) -> None:
    events = [gateway.event(station=f"s{number}", value=number) for number in range(50)]
    assert outcome(gateway.publish(events)) == (202, 50, 0, [])
    reader = TopicReader(kafka, gateway.topic)
    wait_until(lambda: gateway.published() == 50)
    records = {(message.key() or b"").decode(): message.value() for message in reader.read()}
    assert sorted(records) == sorted(event["station"] for event in events)
    codec = AvroCodec(gateway.registry.schemas[0])
    (decoded,) = codec.decode_rows([(records["s7"] or b"")[HEADER_BYTES:]])
    assert decoded == events[7] | {"value": 7.0}


def test_publishing_twice_gives_nothing_new(
    gateway: GatewayUnderTest, kafka: KafkaSettings
) -> None:
    rows = [gateway.event(value=number) for number in range(20)]
    for row in rows[10:]:
        del row["event_id"]
    assert outcome(gateway.publish(rows + rows[:3])) == (202, 20, 3, [])
    assert outcome(gateway.publish({"events": rows})) == (202, 0, 20, [])
    wait_until(lambda: gateway.published() == 20)
    assert len(TopicReader(kafka, gateway.topic).read()) == 20


def test_another_content_under_an_accepted_id_is_refused_and_not_lost_silently(
    gateway: GatewayUnderTest,
) -> None:
    first = gateway.event(value=1)
    changed = first | {"value": 2}
    assert outcome(gateway.publish([first, changed])) == (202, 1, 0, ["rejected"])
    assert outcome(gateway.publish([changed])) == (422, 0, 0, ["rejected"])


def test_one_idempotency_key_is_one_effect(gateway: GatewayUnderTest) -> None:
    rows = [gateway.event()]
    first = gateway.publish(rows, Idempotency_Key="k1")
    again = gateway.publish(rows, Idempotency_Key="k1")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert outcome(again) == (202, 1, 0, [])
    other = gateway.publish([gateway.event()], Idempotency_Key="k1")
    assert other.status_code == 409


def test_concurrent_requests_with_the_same_events_accept_each_once(
    gateway: GatewayUnderTest,
) -> None:
    rows = [gateway.event(value=number) for number in range(200)]
    orders = [rows, rows[::-1], rows[100:] + rows[:100], rows]
    with ThreadPoolExecutor(4) as pool:
        answers = [answer.json() for answer in pool.map(gateway.publish, orders)]
    assert sum(answer["accepted"] for answer in answers) == 200
    assert sum(answer["repeats"] for answer in answers) == 600


def test_refused_events_are_told_one_by_one_and_the_rest_is_accepted(
    alone: GatewayUnderTest,
) -> None:
    sample = 'lingqu_gateway_events_total{{code="{}",outcome="{}",topic="{}"}}'
    kinds = [("rule_broken", "refused"), ("", "accepted")]
    before = [alone.metric(sample.format(*kind, alone.topic)) for kind in kinds]
    answer = alone.publish(
        [alone.event(), alone.event(value=-1), alone.event(origin="44"), {"station": "x"}, 3]
    )
    codes = ["rule_broken", "wrong_region", "missing_field", "undecodable"]
    assert outcome(answer) == (202, 1, 0, codes)
    broken = answer.json()["refused"][0]
    assert (broken["index"], broken["rule"], broken["field"]) == (1, "value_not_negative", "value")
    after = [alone.metric(sample.format(*kind, alone.topic)) for kind in kinds]
    assert after == [count + 1 for count in before]


def test_nothing_accepted_is_422_and_403_where_it_is_all_for_the_region(
    alone: GatewayUnderTest,
) -> None:
    refused = alone.publish([alone.event(value=-1), alone.event(origin="44")])
    assert outcome(refused) == (422, 0, 0, ["rule_broken", "wrong_region"])
    assert refused.headers["content-type"] == "application/problem+json"
    assert "none of 2 events was accepted" in refused.json()["detail"]
    forbidden = alone.publish([alone.event(origin="44"), alone.event(origin="4401")])
    assert outcome(forbidden) == (403, 0, 0, ["wrong_region", "wrong_region"])


def test_what_is_accepted_while_kafka_is_away_waits_in_the_outbox(alone: GatewayUnderTest) -> None:
    before = alone.waiting()
    assert outcome(alone.publish([alone.event()])) == (202, 1, 0, [])
    assert alone.waiting() == before + 1


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b'[{"a":1},\n {]', 400, "line 2, column 3"),
        (b"[]", 422, "no event"),
        (b'"text"', 422, "not a list of events"),
        (b"[" + b" " * 30_000 + b"]", 413, "limit of 20000 bytes"),
    ],
)
def test_a_bad_body_is_answered_in_one_sentence(
    alone: GatewayUnderTest, body: bytes, status: int, sentence: str
) -> None:
    answer = alone.client.post(f"/v1/topics/{alone.topic}/events", content=body)
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]


def test_an_unknown_topic_is_404_with_those_there_are(alone: GatewayUnderTest) -> None:
    answer = alone.client.post("/v1/topics/demo.none.v1/events", json=[{}])
    assert answer.status_code == 404
    assert alone.topic in answer.json()["detail"]


def test_without_the_registry_nothing_is_judged_until_it_is_back(
    tmp_path: Path, sqlite_url: str, kafka: KafkaSettings, unique: str
) -> None:
    with gateway_under_test(tmp_path, sqlite_url, kafka, unique) as gateway:
        gateway.registry.away = True
        answer = gateway.publish([gateway.event()])
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        ready = gateway.client.get("/readyz")
        assert ready.status_code == 503
        assert gateway.registry.url in ready.json()["detail"]
        gateway.registry.away = False
        assert outcome(gateway.publish([gateway.event()])) == (202, 1, 0, [])


def test_json_lines_are_taken_and_a_broken_one_refused_by_itself(alone: GatewayUnderTest) -> None:
    row = (
        f'{{"occurred_at":{NOON_MS},"origin":"{alone.region}","station":"a","value":1}}\n'
        '{"occurred_at":\n'
    )
    answer = alone.client.post(f"/v1/topics/{alone.topic}/events?source=desk", content=row)
    assert outcome(answer) == (202, 1, 0, ["undecodable"])
    assert "line 2" in answer.json()["refused"][0]["reason"]


def test_what_can_be_published_is_told_with_links_that_lead_on(alone: GatewayUnderTest) -> None:
    (listed,) = alone.client.get("/v1/topics").json()["topics"]
    assert (listed["topic"], listed["key"]) == (alone.topic, ["station"])
    shown = alone.client.get(listed["links"]["self"]).json()
    assert "station" in [field["path"] for field in shown["fields"]]
    assert shown["rules"][0]["name"] == "value_not_negative"
    assert alone.client.post(listed["links"]["events"], json=[alone.event()]).status_code == 202
