"""Two provinces' medical services: a patient of 44 treated in 43, from filing to closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.broker import small_broker
from tests.support.gateway import small_registry
from tests.support.medical import MedicalUnderTest, cancellation, medical_under_test, settled
from tests.support.waiting import wait_until

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[2] / "schemas"
HUNAN = {"organisation": "湖南省医疗保障事务中心(示例)"}
GUANGDONG = {"organisation": "广东省医疗保障局(示例)"}
FILING = {
    "filing_id": "F44-示例-0001",
    "insured_region": "44",
    "treatment_region": "43",
    "filing_type": "long_term",
    "filed_at": "2025-03-01T09:00:00+08:00",
    "effective_from": "2025-03-01",
    "psn_name": "示例甲",
}
TO_GUANGDONG = {"insuplc_admdvs": "430100", "mdtrtarea_admvs": "440100"}


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    """Return a broker of our own: all tests of the service speak on the same topics."""
    broker = small_broker(tmp_path_factory.mktemp("kafka"))
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap)
    with Topics(settings) as topics:
        medical = [each for each in load_catalogue(SCHEMAS) if each.domain == "medical"]
        topics.ensure([progress_spec(), *(TopicSpec(each.topic(), 3) for each in medical)])
    yield settings
    broker.stop()


@dataclass(frozen=True)
class Hubs:
    """Hunan, on PostgreSQL, and Guangdong, on SQLite."""

    hunan: MedicalUnderTest
    guangdong: MedicalUnderTest


@pytest.fixture
def hubs(tmp_path: Path, own_kafka: KafkaSettings, postgres_url: str) -> Iterator[Hubs]:
    urls = {"43": postgres_url, "44": f"sqlite:///{tmp_path / 'guangdong.sqlite'}"}
    with ExitStack() as stack:
        registry = stack.enter_context(small_registry())
        found = [
            stack.enter_context(
                medical_under_test(
                    tmp_path / region, url, own_kafka, region=region, registry=registry
                )
            )
            for region, url in urls.items()
        ]
        for hub in found:
            wait_until(lambda hub=hub: hub.client.get("/readyz").status_code == 200, 60)  # type: ignore[misc]
        yield Hubs(*found)


def known(hub: MedicalUnderTest, path: str) -> Callable[[], bool]:
    return lambda: hub.client.get(f"/v1/{path}").status_code == 200


def in_state(hub: MedicalUnderTest, path: str, state: str) -> Callable[[], bool]:
    def reached() -> bool:
        answer = hub.client.get(f"/v1/{path}")
        return bool(answer.status_code == 200 and _state(answer.json()) == state)

    return reached


def _state(found: dict[str, Any]) -> Any:
    return (found.get("statement") or {}).get("state")


def one(fund: str = "310", period: str = "2025-03", *, treated: str = "43") -> str:
    insured = "44" if treated == "43" else "43"
    return f"clearing/statements/{treated}/{insured}/{fund}/{period}"


def treat(hubs: Hubs) -> None:
    """File, settle, cancel and settle again in Hunan; and settle the other way round as well."""
    hubs.guangdong.post("filings", [FILING])
    wait_until(known(hubs.hunan, "filings/44/F44-示例-0001"))
    filed = {"filing_id": "F44-示例-0001"}
    hubs.hunan.post("settlements", [settled("S1", 800_00, **filed)])
    hubs.hunan.post("reversals", [cancellation("R1", "S1")])
    hubs.hunan.post("settlements", [settled("S2", 750_00, **filed)])
    hubs.guangdong.post("settlements", [settled("G1", 320_00, **TO_GUANGDONG)])
    wait_until(known(hubs.guangdong, "settlements/43/S2"))
    wait_until(known(hubs.guangdong, "reversals/43/R1"))
    wait_until(known(hubs.hunan, "settlements/44/G1"))


def reconcile(hubs: Hubs) -> dict[str, Any]:
    """Let Hunan tell its rows, and Guangdong answer; return what Hunan sees then."""
    days = {"treatment_region": "43", "insured_region": "44", "from": "2025-03-18"}
    told = hubs.hunan.post("reconciliations", {**days, "to": "2025-03-20", **HUNAN}, 201)
    path = f"reconciliations/{told['reconciliation_id']}"
    wait_until(known(hubs.guangdong, path))
    hubs.guangdong.post(f"{path}/answer", GUANGDONG, 201)
    wait_until(lambda: bool(hubs.hunan.get(path)["answers"]))
    found: dict[str, Any] = hubs.hunan.get(path)
    return found


def clear(payee: MedicalUnderTest, payer: MedicalUnderTest, path: str) -> None:
    """Lead a statement of March from generated to closed."""
    payee.post("clearing/statements", {"period": "2025-03", **HUNAN}, 201)
    payee.post(f"{path}/confirm", HUNAN)
    wait_until(in_state(payer, path, "confirmed_by_treatment"))
    payer.post(f"{path}/confirm", GUANGDONG)
    payer.post(f"{path}/request-funds", GUANGDONG)
    payer.post(f"{path}/pay", {**GUANGDONG, "voucher_no": "示例凭证", "paid_on": "2025-05-06"})
    wait_until(in_state(payee, path, "paid"))
    wait_until(lambda: bool(payee.get(path)["remittances"]))
    (sent,) = payee.get(path)["remittances"]
    payment = f"remittances/{sent['payer_region']}/{sent['remittance_id']}"
    payee.post(f"{payment}/receive", {"received_on": "2025-05-08", **HUNAN}, 201)
    payee.post(f"{path}/close", HUNAN)
    wait_until(in_state(payer, path, "closed"))
    wait_until(lambda: len(payer.get(path)["remittances"]) == 2)


def test_a_patient_is_filed_settled_cancelled_settled_again_reconciled_and_cleared(
    hubs: Hubs,
) -> None:
    hunan, guangdong = hubs.hunan, hubs.guangdong
    treat(hubs)
    assert hunan.get("settlements/43/S2")["benefit_type"] == "long_term"
    assert guangdong.get("settlements/43/S1")["origin"] == "43"

    reconciled = reconcile(hubs)
    assert [(answer["origin"], answer["result"]) for answer in reconciled["answers"]] == [
        ("44", "matched")
    ]
    counts = {(each["refunded"]): each["count"] for each in reconciled["totals"]}
    assert counts == {False: 2, True: 1}

    clear(hunan, guangdong, one())
    clear(guangdong, hunan, one(treated="44"))
    for path, amount_fen in ((one(), 750_00), (one(treated="44"), 320_00)):  # gross, both ways
        ours, theirs = hunan.get(path), guangdong.get(path)
        assert ours["agrees"]
        assert theirs["agrees"]
        assert ours["statement"] == theirs["statement"]
        assert ours["statement"]["amount_fen"] == amount_fen
        paid = next(step for step in theirs["steps"] if step["state"] == "paid")
        assert (paid["paid_fen"], paid["voucher_no"]) == (amount_fen, "示例凭证")
        moved = [(each["step"], each["amount_fen"]) for each in ours["remittances"]]
        assert moved == [("sent", amount_fen), ("received", amount_fen)]
        assert ours["remittances"] == theirs["remittances"]
    (net,) = hunan.get("clearing/net", **{"between": "43", "and": "44", "period": "2025-03"})[
        "items"
    ]
    assert (net["net_fen"], net["display_only"]) == (430_00, True)

    late = cancellation("R2", "S2", reversed_at="2025-05-20T10:00:00+08:00")
    hunan.post("reversals", [late])
    wait_until(known(guangdong, "reversals/43/R2"))
    for hub in (hunan, guangdong):
        back = hub.get("reversals/43/R2")
        assert (back["period"], back["original_period"]) == ("2025-05", "2025-03")
        assert hub.get(one())["agrees"]  # the closed period is as it was
        assert hub.get(one())["statement"]["state"] == "closed"
        assert hub.get(one(period="2025-05"))["ours"]["amount_fen"] == -750_00


def test_a_statement_is_returned_and_stated_anew_with_what_came_meanwhile(hubs: Hubs) -> None:
    hunan, guangdong = hubs.hunan, hubs.guangdong
    resident, path = {"insutype": "390"}, one("390")
    hunan.post("settlements", [settled("S7", 100_00, **resident)])
    asked = {"period": "2025-03", "insured_region": "44", **HUNAN}
    hunan.post("clearing/statements", asked, 201)
    hunan.post(f"{path}/confirm", HUNAN)
    wait_until(in_state(guangdong, path, "confirmed_by_treatment"))
    guangdong.post(f"{path}/return", {**GUANGDONG, "reason": "缺少一笔结算"})
    wait_until(in_state(hunan, path, "returned"))

    hunan.post("settlements", [settled("S8", 50_00, **resident)])  # the period is open again
    assert hunan.get("settlements/43/S8")["period"] == "2025-03"
    hunan.post("clearing/statements", asked, 201)
    hunan.post(f"{path}/confirm", HUNAN)
    wait_until(in_state(guangdong, path, "confirmed_by_treatment"))
    wait_until(lambda: guangdong.get(path)["agrees"])
    confirmed = guangdong.post(f"{path}/confirm", GUANGDONG)
    assert (confirmed["version"], confirmed["amount_fen"]) == (2, 150_00)


def said_of(hub: MedicalUnderTest, remittance_id: str) -> list[dict[str, Any]]:
    found = hub.get("remittances")["items"]
    return [each for each in found if each["remittance_id"] == remittance_id]


def test_a_prepayment_is_acknowledged_and_an_inquiry_answered(hubs: Hubs) -> None:
    hunan, guangdong = hubs.hunan, hubs.guangdong
    paid = {
        "remittance_id": "P1",
        "kind": "prepayment",
        "payee_region": "43",
        "insutype": "340",
        "amount_fen": 1_000_00,
        "voucher_no": "示例凭证",
        "paid_on": "2025-03-01",
    }
    guangdong.post("remittances", paid, 201)
    asked = guangdong.post("inquiries", {"asked_region": "43", "text": "请核实住院日期"}, 201)
    path = f"inquiries/{asked['inquiry_id']}"
    wait_until(known(hunan, path))
    wait_until(lambda: bool(said_of(hunan, "P1")))

    hunan.post("remittances/44/P1/receive", {"received_on": "2025-03-02"}, 201)
    hunan.post(f"{path}/answer", {"result": "confirmed", "text": "与病案一致"}, 201)
    wait_until(lambda: len(said_of(guangdong, "P1")) == 2)
    wait_until(lambda: len(guangdong.get(path)["items"]) == 2)
    guangdong.post(f"{path}/close", {}, 201)
    wait_until(lambda: len(hunan.get(path)["items"]) == 3)

    hunan.post("settlements", [settled("S9", 850_00, insutype="340")])
    wait_until(known(guangdong, "settlements/43/S9"))
    for hub in (hunan, guangdong):
        (balance,) = [one for one in hub.get("prepayments")["items"] if one["insutype"] == "340"]
        assert (balance["left_fen"], balance["used_percent"]) == (150_00, 85.0)
        assert balance["warning"]
