"""The medical service over HTTP and its migrations: statements, files, days and statements."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.support.medical import MedicalUnderTest, cancellation, medical_under_test, settled
from tests.support.postgres import fresh_database

pytestmark = pytest.mark.integration

ONE = "clearing/statements/43/44/310/2025-03"
GUIZHOU = "clearing/statements/43/52/310/2025-03"
SIGNED = {"organisation": "示例经办机构"}
DAY = {"treatment_region": "43", "insured_region": "44", "from": "2025-03-18", "to": "2025-03-18"}


@pytest.fixture
def hunan(tmp_path: Path, database_url: str) -> Iterator[MedicalUnderTest]:
    with medical_under_test(tmp_path, database_url) as found:
        yield found


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> Iterator[MedicalUnderTest]:
    """Return a service for tests that keep to ids and places of their own."""
    with (
        fresh_database(postgres_server) as url,
        medical_under_test(tmp_path_factory.mktemp("hub"), url) as found,
    ):
        yield found


def refused(hub: MedicalUnderTest, path: str, body: Any, status: int) -> dict[str, Any]:
    answer = hub.client.post(f"/v1/{path}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_month_is_settled_cancelled_and_stated_to_the_fen(hunan: MedicalUnderTest) -> None:
    hunan.post("settlements", [settled("S1", 800_00), settled("S2", 500_00)])
    hunan.post("settlements", [settled("S3", 300_00, insutype="390")])
    hunan.post("reversals", [cancellation("R1", "S1")])
    stated = hunan.post("clearing/statements", {"period": "2025-03", **SIGNED}, 201)["items"]

    amounts = {one["insutype"]: one["amount_fen"] for one in stated}
    assert amounts == {"310": 500_00, "390": 300_00}  # funds are never mixed
    found = hunan.get(ONE)
    assert found["agrees"]
    assert found["statement"]["settlement_count"] == 2
    assert found["statement"]["reversal_count"] == 1
    assert found["ours"]["lines"] == found["statement"]["lines"]
    again = hunan.post("clearing/statements", {"period": "2025-03", **SIGNED}, 201)["items"]
    assert again == []


def test_what_does_not_balance_is_flagged_and_held_back(hunan: MedicalUnderTest) -> None:
    hunan.post("settlements", [settled("S1", 800_00), settled("S2", 800_00, psn_cash_pay_fen=1)])
    (held,) = hunan.get("settlements", held=True)["items"]
    assert held["violations"] == [
        {
            "identity": "person",
            "left_fen": 200_00,
            "right_fen": 50_01,
            "difference_fen": 149_99,
        }
    ]
    (stated,) = hunan.post("clearing/statements", {"period": "2025-03", **SIGNED}, 201)["items"]
    assert (stated["amount_fen"], stated["held_count"]) == (800_00, 1)


def test_a_stated_period_is_left_alone_by_what_comes_later(hunan: MedicalUnderTest) -> None:
    hunan.post("settlements", [settled("S1", 800_00)])
    hunan.post("clearing/statements", {"period": "2025-03", **SIGNED}, 201)
    hunan.post("settlements", [settled("S2", 500_00)])
    hunan.post("reversals", [cancellation("R1", "S1")])

    late = hunan.get("settlements/43/S2")
    assert (late["period"], late["original_period"]) == ("2025-04", "2025-03")
    back = hunan.get("reversals/43/R1")
    assert (back["period"], back["original_period"]) == ("2025-04", "2025-03")
    assert hunan.get(ONE)["agrees"]
    (april,) = hunan.post("clearing/statements", {"period": "2025-04", **SIGNED}, 201)["items"]
    assert april["amount_fen"] == -300_00
    assert {line["original_period"] for line in april["lines"]} == {"2025-03"}


def test_a_rectification_is_proved_by_the_platforms_rows_only(hunan: MedicalUnderTest) -> None:
    hunan.post("settlements", [settled("S1", 800_00, msgid="M1"), settled("S2", 5_00, msgid="M2")])
    calls = [
        {
            "reversal_id": f"R{number}",
            "kind": "rectify",
            "infno": "2601",
            "original_msgid": f"M{number}",
            "original_infno": "2304",
            "reversed_at": "2025-03-18T18:00:00+08:00",
        }
        for number in (1, 2)
    ]
    hunan.post("reversals", calls)
    assert hunan.get("reversals/43/R1")["state"] == "pending_reconciliation"

    platform = [{"id": "S2", "insutype": "310", "clr_type": "21", "medfee_sumamt_fen": 205_00,
                 "fund_pay_sumamt_fen": 5_00, "acct_pay_fen": 50_00, "msgid": "M2"}]  # fmt: skip
    found = hunan.post("reconciliations", {**DAY, "platform": platform}, 201)
    (missing,) = found["differences"]
    assert (missing["id"], missing["kind"]) == ("S1", "missing_there")
    proved, disproved = hunan.get("reversals/43/R1"), hunan.get("reversals/43/R2")
    assert (proved["state"], proved["fund_pay_sumamt_fen"]) == ("proved", -800_00)
    assert proved["proved_by"] == found["reconciliation_id"]
    assert (disproved["state"], disproved["fund_pay_sumamt_fen"]) == ("disproved", 0)


def test_a_settlement_is_undone_once(hub: MedicalUnderTest) -> None:
    hub.post("settlements", [settled("U1", 800_00)])
    again = hub.post("reversals", [cancellation("RU1", "U1"), cancellation("RU1", "U1")])
    assert [one["outcome"] for one in again["results"]] == ["first", "repeat"]
    problem = refused(hub, "reversals", [cancellation("RU2", "U1")], 422)
    assert "Reversal 'RU1' took it back already" in problem["detail"]
    problem = refused(hub, "reversals", [cancellation("RU3", "U9")], 422)
    assert problem["refused"][0]["field"] == "setl_id"


def test_of_a_call_all_statements_are_taken_or_none(hub: MedicalUnderTest) -> None:
    wrong = settled("A2", 500_00, insutype="999")
    problem = refused(hub, "settlements", [settled("A1", 800_00), wrong], 422)
    assert [one["index"] for one in problem["refused"]] == [1]
    assert hub.client.get("/v1/settlements/43/A1").status_code == 404


def test_steps_are_taken_in_their_order_and_by_their_side(hub: MedicalUnderTest) -> None:
    hub.post("settlements", [settled("T1", 800_00, insuplc_admdvs="520100")])
    hub.post("clearing/statements", {"period": "2025-03", "insured_region": "52", **SIGNED}, 201)
    problem = refused(hub, f"{GUIZHOU}/close", SIGNED, 409)
    assert "possible: confirmed_by_treatment" in problem["detail"]
    hub.post(f"{GUIZHOU}/confirm", SIGNED)
    problem = refused(hub, f"{GUIZHOU}/return", {**SIGNED, "reason": "不符"}, 403)
    assert "province 52" in problem["detail"]
    refused(hub, "clearing/statements", {"period": "2999-01", **SIGNED}, 422)
    assert hub.client.get(f"/v1/{GUIZHOU.replace('2025-03', '2025-02')}").status_code == 404


def test_a_prepayment_warns_when_it_runs_low(hub: MedicalUnderTest) -> None:
    """Hunan has prepaid Guangdong; what Guangdong settles arrives on the topic, not here."""
    paid = {"remittance_id": "P1", "kind": "prepayment", "payee_region": "44", "insutype": "340",
            "amount_fen": 100_00, "voucher_no": "示例凭证", "paid_on": "2025-03-01"}  # fmt: skip
    hub.post("remittances", paid, 201)
    refused(hub, "remittances", paid, 409)
    problem = refused(hub, "remittances", {**paid, "remittance_id": "P2", "kind": "clearing"}, 422)
    assert "清算款须有清算期" in problem["detail"]
    hub.post("settlements", [settled("P1", 800_00, insutype="340")])
    found = hub.get("prepayments")["items"]
    balances = {one["insured_region"]: one for one in found if one["insutype"] == "340"}
    assert (balances["43"]["left_fen"], balances["43"]["warning"]) == (100_00, False)
    assert (balances["44"]["outstanding_fen"], balances["44"]["warning"]) == (800_00, True)


def test_an_inquiry_has_a_day_for_its_answer(hub: MedicalUnderTest) -> None:
    asked = hub.post("inquiries", {"asked_region": "44", "text": "请核实"}, 201)
    assert asked["answer_by"] > asked["asked_on"]
    (open_,) = hub.get("inquiries")["items"]
    assert (open_["inquiry_id"], open_["overdue"]) == (asked["inquiry_id"], False)
    refused(hub, f"inquiries/{asked['inquiry_id']}/answer", ANSWERED, 403)
    hub.post(f"inquiries/{asked['inquiry_id']}/close", {}, 201)
    assert hub.get("inquiries")["items"] == []


ANSWERED = {"result": "confirmed", "text": "属实"}


def test_a_filing_decides_the_ratio_of_its_beijing_day(hub: MedicalUnderTest) -> None:
    filing = {"filing_id": "F1", "insured_region": "43", "treatment_region": "44",
              "filing_type": "referral", "filed_at": "2025-03-01T09:00:00+08:00",
              "effective_from": "2025-03-01", "effective_until": "2025-03-31"}  # fmt: skip
    hub.post("filings", [filing])
    asked = {"insuplc_admdvs": "430100", "filing_id": "F1"}
    last = hub.post("filings/benefit", {**asked, "treated_at": "2025-03-31T23:59:59+08:00"})
    after = hub.post("filings/benefit", {**asked, "treated_at": "2025-03-31T16:00:00Z"})
    assert (last["benefit_type"], last["ratio"]) == ("referred", None)
    assert (after["benefit_type"], after["day"]) == ("unfiled", "2025-04-01")
    problem = refused(
        hub, "filings", [{**filing, "effective_from": "2025-02-01"}], 422
    )  # not marked as retroactive
    assert problem["refused"][0]["rule"] == "late_filing_says_so"


def table(*rows: str) -> bytes:
    heading = (
        "结算编号,参保地医保区划,就医地医保区划,险种类型,结算时间,医疗费总额,符合政策范围金额,"
    )
    heading += "基本医疗保险统筹基金支出,基金支付总额,个人负担总金额,个人现金支出,姓名"
    return "\n".join([heading, *rows]).encode("gb18030")


GOOD = "S1,440100,430100,310,2025/3/18 16:20,1000,1000,800,800,200,200,示例甲"


def test_a_file_is_imported_and_its_wrong_cells_come_back_marked(hub: MedicalUnderTest) -> None:
    first = GOOD.replace("S1", "I1")
    wrong = GOOD.replace("S1", "I2").replace(",310,", ",999,")
    off = GOOD.replace("S1", "I3").replace("1000,1000,800", "1000.005,1000,800")
    answered = hub.import_bytes(table(first, wrong, off), "三月.csv")
    summary = answered["summary"]
    assert (summary["read"], summary["accepted"]) == (3, 1)
    assert [one["row"] for one in summary["refused"]] == [3, 4]
    copy = hub.client.get(answered["returned_copy"]).content.decode("utf-8-sig")
    assert "险种类型不在代码集内" in copy
    assert hub.import_bytes(table(first), "三月.csv")["summary"]["repeats"] == 1


def test_an_export_names_nobody_and_wipes_nothing_out_when_it_comes_back(
    hub: MedicalUnderTest,
) -> None:
    hub.import_bytes(table(GOOD.replace("S1,44", "E1,36")), "三月.csv")
    assert hub.get("settlements", insured_region="36")["items"][0]["psn_name"] == "示**"
    exported = hub.client.get(
        "/v1/settlements/export", params={"format": "csv", "insured_region": "36"}
    )
    assert "示例甲" not in exported.text
    (row,) = csv.DictReader(StringIO(exported.content.decode("utf-8-sig")))
    assert (row["结算编号"], row["基金支付总额"], row["清算期"]) == ("E1", "800.00", "2025-03")
    back = hub.import_bytes(exported.content, "导出.csv")["summary"]
    assert (back["repeats"], back["refused"]) == (1, [])
    assert hub.get("settlements/43/E1")["psn_name"] == "示例甲"


def test_the_template_is_a_workbook_that_is_taken_when_it_is_filled_in(
    hub: MedicalUnderTest,
) -> None:
    made = hub.client.get("/v1/imports/templates/settlement")
    book = load_workbook(BytesIO(made.content))
    sheet = book.worksheets[0]
    headings = [str(cell.value or "") for row in sheet.iter_rows(max_row=10) for cell in row]
    assert {"结算编号*", "医疗费总额*", "个人现金支出"} <= set(headings)


def test_differences_are_exported(hub: MedicalUnderTest) -> None:
    hub.post("settlements", [settled("D1", 800_00, insuplc_admdvs="500100")])
    platform = [{"id": "D1", "fund_pay_sumamt_fen": 799_99}]
    found = hub.post("reconciliations", {**DAY, "insured_region": "50", "platform": platform}, 201)
    path = f"/v1/reconciliations/{found['reconciliation_id']}/export"
    exported = hub.client.get(path, params={"format": "csv"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(exported))
    assert (row["差异类型"], row["本方基金支付总额"], row["对方基金支付总额"]) == (
        "金额不同",
        "800.00",
        "799.99",
    )


@pytest.mark.parametrize(
    "path",
    [
        "settlements?insutype=%00",
        "settlements/43/%00",
        "settlements/4３/S1",
        "clearing/net?between=43&and=44&period=2０２６-09",
        "reversals?setl_id=%00",
        "reconciliations/%00",
        "clearing/statements/43/44/%00/2025-03",
        "inquiries/%00",
    ],
)
def test_what_is_no_place_month_or_text_is_refused_in_words(
    hub: MedicalUnderTest, path: str
) -> None:
    assert hub.client.get(f"/v1/{path}").status_code == 422


def test_times_of_no_year_of_ours_and_texts_with_nul_are_refused(hub: MedicalUnderTest) -> None:
    for wrong in ({"setl_time": "0001-01-01T00:00:00+08:00"}, {"fixmedins_name": "\x00"}):
        refused(hub, "settlements", [settled("S1", 100, **wrong)], 422)
    refused(hub, "reconciliations", {**DAY, "from": "9999-12-31", "to": "9999-12-31"}, 422)
