"""Tables of credit records and objections: imported, sent back, and exported again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.support.credit import CreditUnderTest, code, credit_under_test, recent, statement

from lingqu_credit.records.kinds import KINDS

pytestmark = pytest.mark.integration

NUMBERS = count(1)
LISTED = (
    "行政相对人名称,行政相对人类别,统一社会信用代码,名单类型,列入决定文号,"
    "列入依据,列入事由,列入决定日期,列入机关"
)
STATED = (
    "措施代码,措施清单版本,措施依据,措施名单类型,措施决定机关,措施决定文号,措施起始日,措施截止日"
)


@pytest.fixture(scope="module")
def credit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CreditUnderTest]:
    """Return one service for all tests: each has subjects of its own."""
    folder = tmp_path_factory.mktemp("credit")
    with credit_under_test(folder, f"sqlite:///{folder / 'credit.sqlite'}") as found:
        yield found


@pytest.fixture
def number() -> int:
    return next(NUMBERS)


def only(credit: CreditUnderTest, kind: str, number: int) -> dict[str, Any]:
    (found,) = credit.get(f"records/{kind}", uscc=code(number))["items"]
    return dict(found)


def test_a_table_is_imported_with_each_refused_row_named_and_exported_again(
    credit: CreditUnderTest, number: int
) -> None:
    rows = [
        "CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_WSH,CF_SY,CF_YJ,CF_CFLB,CF_NR_FK,CF_JDRQ,CF_CFJG",
        f"示例一,法人及非法人组织,{code(number)},一号,事实,依据,罚款,1.5,{recent()},示例局",
        f"示例一,法人及非法人组织,{code(number)},一号,事实,依据,罚款,1.5,{recent()},示例局",
        f"示例二,法人及非法人组织,91430102616831072A,二号,事实,依据,罚款,1,{recent()},示例局",
        f"示例三,法人及非法人组织,{code(number)},三号,事实,依据,罚款,1,2026-03-01,示例局",
    ]
    told = credit.import_bytes("\n".join(rows).encode("gb18030"), "处罚.csv")
    summary = told["summary"]
    assert (summary["read"], summary["accepted"], summary["repeats"]) == (4, 1, 1)
    assert [each["row"] for each in summary["refused"]] == [4, 5]
    assert "check digit" in summary["refused"][0]["reason"]
    assert "公示截止期" in summary["refused"][1]["reason"]
    copy = credit.client.get(told["returned_copy"])
    assert copy.status_code == 200
    assert only(credit, "penalty", number)["fine_fen"] == 1_500_000
    exported = credit.client.get("/v1/exports/penalty", params={"uscc": code(number)})
    sheet = load_workbook(io.BytesIO(exported.content)).active
    assert sheet is not None
    heading, row = ([cell.value for cell in each] for each in sheet.iter_rows())
    assert dict(zip(heading, row, strict=True))["罚款金额(万元)"] in ("1.5", 1.5)


def table_of_listings(number: int, *measures: str) -> bytes:
    """Return a table with a listing a row, each with these cells on its measures."""
    rows = [
        f"示例一,法人及非法人组织,{code(number)},严重违法失信名单,{place}号,依据,事由,{recent()},示例局"
        for place in range(len(measures))
    ]
    lines = [
        f"{LISTED},{STATED}",
        *(f"{row},{told}" for row, told in zip(rows, measures, strict=True)),
    ]
    return "\n".join(lines).encode()


def test_a_table_states_measures_and_only_then_restricts(
    credit: CreditUnderTest, number: int
) -> None:
    whole = f"2-1、2-4,2024,条例第二十条,严重违法失信名单,示例局,一号,{recent()},{recent(-300)}|-"
    told = credit.import_bytes(table_of_listings(number, ",,,,,,,", whole), "名单.csv")
    assert told["summary"]["refused"] == []
    found = {each["measure_code"]: each for each in credit.restrictions(code(number))}
    assert found.keys() == {"2-1", "2-4"}
    assert (found["2-1"]["basis"], found["2-1"]["until"]) == ("条例第二十条", recent(-300))

    exported = credit.client.get("/v1/exports/dishonesty", params={"uscc": code(number)})
    again = credit.import_bytes(exported.content, "导出.xlsx")["summary"]
    assert (again["repeats"], again["refused"]) == (2, []), again
    bare = table_of_listings(number, ",,,,,,,", ",,,,,,,").replace(
        ",事由,".encode(), ",更正,".encode()
    )
    assert credit.import_bytes(bare, "名单.csv")["summary"]["revisions"] == 2
    assert len(credit.restrictions(code(number))) == 2
    credit.import_bytes(table_of_listings(number, "无,,,,,,,", "无,,,,,,,"), "名单.csv")
    assert credit.restrictions(code(number)) == []


def test_a_refused_row_hands_its_measures_to_no_other(credit: CreditUnderTest, number: int) -> None:
    whole = f"2-1,2024,条例第二十条,严重违法失信名单,示例局,一号,{recent()},{recent(-300)}"
    heading, listed = table_of_listings(number, whole).decode().split("\n")
    undecided = listed.replace(f"事由,{recent()},", f"事由,{recent(-30)},")  # not yet decided
    assert undecided != listed
    bare = listed.replace(whole, ",,,,,,,")
    told = credit.import_bytes(f"{heading}\n{undecided}\n{bare}".encode(), "名单.csv")
    summary = told["summary"]
    assert [each["row"] for each in summary["refused"]] == [2]
    assert summary["accepted"] == 1
    assert credit.restrictions(code(number)) == []


def test_a_measure_that_is_not_whole_is_refused_in_its_column(
    credit: CreditUnderTest, number: int
) -> None:
    rows = (
        "2-1,2024,,严重违法失信名单,示例局,一号,2026-06-02,",
        "2-1,2024,甲|乙|丙,严重违法失信名单,示例局,一号,2026-06-02,",
        ",2024,甲,严重违法失信名单,示例局,一号,2026-06-02,",
        "2026-02-01,2024,甲,严重违法失信名单,示例局,一号,2026-06-02,",
        "9-9,2024,甲,严重违法失信名单,示例局,一号,2026-06-02,",
    )
    told = credit.import_bytes(table_of_listings(number, *rows), "名单.csv")
    refused = [each["reason"] for each in told["summary"]["refused"]]
    assert refused[0].startswith("措施依据: ")
    assert "3 entries for 1 measures" in refused[1]
    assert refused[2].startswith("措施代码: is empty")
    assert "format the column as text" in refused[3]
    assert "no item '9-9'" in refused[4]
    assert told["summary"]["accepted"] == 0
    assert credit.restrictions(code(number)) == []


def test_the_template_can_be_imported_as_it_is(credit: CreditUnderTest) -> None:
    for kind in (*KINDS, "objection"):
        form = credit.client.get(f"/v1/imports/templates/{kind}")
        assert form.status_code == 200
        told = credit.import_bytes(form.content, f"{kind}.xlsx")
        assert told["summary"]["read"] == 0, told


def test_objections_are_raised_by_a_table_sent_back_and_exported_with_their_outcome(
    credit: CreditUnderTest, number: int
) -> None:
    (record_id,) = credit.state("penalty", statement("penalty", number))
    rows = [
        "记录类型,记录标识,提出单位,异议字段,异议内容,证明材料,联系人,联系电话",
        f"行政处罚,{record_id},示例厅,罚款金额,金额与决定书不符,决定书、缴款书,张小三,13812341234",
        f"行政处罚,{record_id},示例厅,罚款金额,金额与决定书不符,,,",
        "行政处罚,43-CF-无此记录,示例厅,,查无此事,,,",
        f"行政处罚,{record_id},示例厅,,,,,",
    ]
    told = credit.import_bytes("\n".join(rows).encode("gb18030"), "异议.csv")
    summary = told["summary"]
    assert (summary["accepted"], summary["repeats"]) == (1, 1)
    assert [each["row"] for each in summary["refused"]] == [4, 5]
    assert summary["refused"][0]["reason"].startswith("记录标识: there is no penalty")
    assert summary["refused"][1]["reason"].startswith("异议内容: is empty")
    copy = credit.client.get(told["returned_copy"]).content.decode("utf-8-sig")
    assert "there is no penalty" in copy

    (objection,) = credit.get("objections")["items"]
    assert objection["steps"][0]["evidence"] == ["决定书", "缴款书"]
    path = f"objections/{objection['objection_id']}"
    credit.post(f"{path}/accept")
    credit.post(f"{path}/decide", {"decision": "not_wrong", "reason": "与决定书一致"})
    exported = credit.client.get("/v1/exports/objection", params={"format": "csv"})
    text = exported.content.decode("utf-8-sig")
    assert all(each in text for each in ("无误", "与决定书一致", "张*三", "138****1234"))
    assert "13812341234" not in text
    again = credit.import_bytes(exported.content, "导出.csv")["summary"]
    assert (again["read"], again["repeats"]) == (1, 1)
    assert len(credit.get("objections")["items"]) == 1
    assert credit.get("objections", state="raised")["items"] == []


def test_an_objection_filled_in_afterwards_has_no_deadline(
    credit: CreditUnderTest, number: int
) -> None:
    (record_id,) = credit.state("penalty", statement("penalty", number))
    heading = "记录类型,记录标识,提出单位,异议字段,异议内容"
    for mode in ("live", "backfill"):
        table = f"{heading}\n行政处罚,{record_id},示例厅,,{mode}"
        told = credit.import_bytes(table.encode(), "异议.csv", mode=mode)["summary"]
        assert told["accepted"] == 1, told
    raised = [each["steps"][0] for each in credit.get("objections")["items"]]
    due = {each["claim"]: each["answer_by"] for each in raised if each["record_id"] == record_id}
    assert due.keys() == {"live", "backfill"}
    assert due["live"] is not None
    assert due["backfill"] is None
    exported = credit.client.get("/v1/exports/objection", params={"format": "csv"})
    assert "backfill" in exported.content.decode("utf-8-sig")


def test_changes_of_subjects_are_told_by_a_table_and_exported_with_their_ids(
    credit: CreditUnderTest, number: int
) -> None:
    old, new = code(number), code(number + 500_000)
    rows = [
        "统一社会信用代码,变更类型,生效日期,主体名称,原名称,承继主体代码,登记机关",
        f"{old},更名,2026-05-02,示例新名,示例旧名,,示例局",
        f"{old},更名,2026-05-02,示例新名,示例旧名,,示例局",
        f"{old},代码变更,2026-05-03,示例新名,,{new},示例局",
        "91430102616831072A,注销,2026-05-03,,,,示例局",
        f"{old},合并,2026-05-04,示例新名,,,示例局",
    ]
    told = credit.import_bytes("\n".join(rows).encode("gb18030"), "变更.csv")
    summary = told["summary"]
    assert (summary["accepted"], summary["repeats"]) == (2, 1)
    assert [each["row"] for each in summary["refused"]] == [5, 6]
    assert "统一社会信用代码: uscc: its check digit" in summary["refused"][0]["reason"]
    assert "names the successor" in summary["refused"][1]["reason"]
    assert credit.get(f"subjects/{old}")["subject"]["uscc"] == new

    exported = credit.client.get("/v1/exports/subject", params={"format": "csv"})
    text = exported.content.decode("utf-8-sig")
    assert "变更标识" in text.splitlines()[0]
    corrected = text.replace("2026-05-03", "2026-05-05")
    again = credit.import_bytes(corrected.encode(), "导出.csv")["summary"]
    assert (again["repeats"], again["revisions"], again["refused"]) == (1, 1, [])


def test_a_change_of_another_regions_id_is_refused(credit: CreditUnderTest, number: int) -> None:
    rows = [
        "统一社会信用代码,变更类型,生效日期,主体名称,原名称,变更标识",
        f"{code(number)},更名,2026-05-02,示例新名,示例旧名,44-ZT-1",
    ]
    (refused,) = credit.import_bytes("\n".join(rows).encode(), "变更.csv")["summary"]["refused"]
    assert refused["reason"].startswith("变更标识: ids of this hub's changes begin with 43-")
