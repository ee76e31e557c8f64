"""Two provinces' credit services on one cluster: listed in one, restricted and repaired in both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from tests.support.broker import small_broker
from tests.support.credit import CreditUnderTest, code, credit_under_test, recent, statement
from tests.support.credit_hubs import credit_agreements
from tests.support.gateway import small_registry
from tests.support.postgres import fresh_database
from tests.support.waiting import wait_until

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import AGREEMENT_TOPIC, COMPACTED, Topics, TopicSpec, progress_spec
from lingqu.service.database import make_engine
from lingqu.signing.suites import SigningKey

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[2] / "schemas"
USCC = code(4344)
NO_DELAY = """
source: 示例
stop_within_days: 0
decide_objections_within_days: 10
"""


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    """Return a broker of our own: all tests of the service speak on the same topics."""
    broker = small_broker(tmp_path_factory.mktemp("kafka"))
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap)
    with Topics(settings) as topics:
        credit = [each for each in load_catalogue(SCHEMAS) if each.domain == "credit"]
        ours = [progress_spec(), TopicSpec(AGREEMENT_TOPIC, 1, COMPACTED)]
        topics.ensure([*ours, *(TopicSpec(each.topic(), 2) for each in credit)])
    producer = BulkProducer(settings)
    for state in credit_agreements("43", "44", "52"):
        producer.produce(AGREEMENT_TOPIC, state.encode(), state.agreement.encode())
    producer.flush()
    producer.close()
    yield settings
    broker.stop()


@dataclass(frozen=True)
class Hubs:
    """Hunan, which lists, and Guangdong, which is told."""

    hunan: CreditUnderTest
    guangdong: CreditUnderTest


def is_ready(hub: CreditUnderTest) -> bool:
    return bool(hub.client.get("/readyz").status_code == 200)


@pytest.fixture(scope="module")
def hubs(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, own_kafka: KafkaSettings
) -> Iterator[Hubs]:
    """Yield both hubs, ready; Hunan knows Guangdong's key, and lets nobody wait."""
    tmp_path = tmp_path_factory.mktemp("hubs")
    keys, reference = tmp_path / "keys", tmp_path / "reference"
    keys.mkdir()
    reference.mkdir()
    (reference / "deadlines.yaml").write_text(NO_DELAY, "utf-8")
    own_key = SigningKey.load("credit-44", tmp_path / "44" / "home-44" / "keys" / "credit.pem")
    (keys / "44.pem").write_text(own_key.public_pem, "ascii")
    with ExitStack() as stack:
        registry = stack.enter_context(small_registry())
        postgres_url = stack.enter_context(fresh_database(postgres_server))
        told: dict[str, Any] = {"kafka": own_kafka, "registry": registry}
        hunan = stack.enter_context(
            credit_under_test(
                tmp_path / "43",
                postgres_url,
                **told,
                partner_keys_dir=keys,
                reference_dir=reference,
            )
        )
        url = f"sqlite:///{tmp_path / 'guangdong.sqlite'}"
        guangdong = stack.enter_context(
            credit_under_test(tmp_path / "44", url, **told, region="44")
        )
        for hub in (hunan, guangdong):
            wait_until(partial(is_ready, hub), 60)
        yield Hubs(hunan, guangdong)


def rows_with(hub: CreditUnderTest, said: str) -> list[str]:
    """Return the tables of the hub's database that have a row with the text."""
    engine = make_engine(hub.database_url)
    found = []
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}"))
            found += [table for row in rows if said in str(tuple(row))]
    engine.dispose()
    return found


def test_a_listing_restricts_in_both_regions_and_is_gone_after_its_repair(hubs: Hubs) -> None:
    told = statement("dishonesty", 4344, list_type="失信被执行人")
    (record_id,) = hubs.hunan.state("dishonesty", told)
    wait_until(lambda: hubs.guangdong.restrictions(USCC))
    (found,) = hubs.guangdong.restrictions(USCC)
    assert (found["origin"], found["record_id"], found["measure_code"]) == ("43", record_id, "2-1")

    use = {
        "record_id": record_id,
        "measure_code": "2-1",
        "used_by": "广东省示例厅",
        "used_on": recent(0),
        "matter": "示例资金申报",
    }
    hubs.guangdong.post(f"subjects/{USCC}/restrictions/uses", use, 201)
    wait_until(lambda: hubs.hunan.get("sanctions", record_id=record_id)["items"])
    (fed_back,) = hubs.hunan.get("sanctions", record_id=record_id)["items"]
    assert (fed_back["origin"], fed_back["used_by"]) == ("44", "广东省示例厅")

    application = {
        "record_kind": "dishonesty",
        "record_id": record_id,
        "applied_on": recent(0),
        "corrected": True,
        "committed": True,
    }
    repair = hubs.hunan.post("repairs", application, 201)
    path = f"repairs/{repair['repair_id']}"
    met = {"corrected": True, "committed": True}
    assert hubs.hunan.post(f"{path}/accept", met)["possible"] == ["granted", "refused", "withdrawn"]
    granted = hubs.hunan.post(f"{path}/grant", met | {"decision_no": "湘示修〔2026〕1号"})
    assert (granted["state"], granted["asked"]) == ("propagating", 2)

    wait_until(lambda: hubs.hunan.get(path)["answered"] == 1)
    assert hubs.hunan.restrictions(USCC) == hubs.guangdong.restrictions(USCC) == []
    standing = hubs.hunan.get(path)
    assert standing["escalated"] == ["贵州省"]
    assert hubs.hunan.get("repairs", overdue=True)["items"][0]["repair_id"] == repair["repair_id"]
    (answer,) = [each for each in standing["steps"] if each["step"] == "stop_use"]
    assert answer["signature_holds"] is True
    assert (answer["origin"], answer["stop_use"]["rows_removed"]) == ("44", 2)
    assert standing["tombstone"]["rows_removed"] == 2
    for hub in (hubs.hunan, hubs.guangdong):
        wait_until(lambda hub=hub: not rows_with(hub, USCC))  # type: ignore[misc]
        assert "tombstone" in rows_with(hub, record_id)
        assert hub.ask(f"records/dishonesty/{record_id}", 404)


def test_a_correction_is_taken_by_who_received_the_wrong_value(hubs: Hubs) -> None:
    wrong = statement("penalty", 4345)
    (record_id,) = hubs.hunan.state("penalty", wrong)
    path = f"records/penalty/{record_id}"
    wait_until(lambda: hubs.guangdong.client.get(f"/v1/{path}").status_code == 200)
    told = {"record_kind": "penalty", "record_id": record_id, "raised_by": "广东省示例厅"}
    raised = hubs.guangdong.post("objections", [told | {"claim": "金额与决定书不符"}], 201)
    objection = f"objections/{raised['items'][0]['objection_id']}"
    wait_until(lambda: hubs.hunan.client.get(f"/v1/{objection}").status_code == 200)
    hubs.hunan.post(f"{objection}/accept")
    hubs.hunan.state("penalty", wrong | {"fine_fen": 100})
    decided = {"decision": "corrected", "reason": "录入错误"}
    told_to = hubs.hunan.post(f"{objection}/decide", decided)
    assert [each["name"] for each in told_to["received_by"]] == ["广东省", "贵州省"]
    assert told_to["steps"][-1]["correction"] == hubs.hunan.get(path)["event_id"]

    def taken() -> dict[str, bool]:
        received = hubs.hunan.get(objection)["received_by"]
        return {each["region"]: each["taken"] for each in received}

    wait_until(lambda: taken() == {"44": True, "52": False}, 30)
    assert hubs.guangdong.get(path)["fine_fen"] == 100
