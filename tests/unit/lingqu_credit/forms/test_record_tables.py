from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lingqu.contracts.loader import load_catalogue
from lingqu.domain_service.imports.form import Row
from lingqu.domain_service.imports.forms import Request
from lingqu.domain_service.imports.record_forms import RecordForms
from lingqu.domain_service.statements.noun import Document
from lingqu_credit.forms.codes import CODES, LICENCE_CODES, PENALTY_CODES
from lingqu_credit.forms.record_tables import fen_to_wan, record_form, record_templates
from lingqu_credit.measures.closed_list import load_closed_list
from lingqu_credit.records.kinds import KINDS

CATALOGUE = load_catalogue(Path(__file__).parents[4] / "schemas")
MEASURES = load_closed_list()
FORMS = {kind: record_form(CATALOGUE.contract(f"credit.{kind}"), MEASURES) for kind in KINDS}
CODED = (
    "CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_WSH,CF_SY,CF_YJ,CF_CFLB,CF_NR_FK,CF_JDRQ,CF_CFJG\n"
    "湖南示例公司,法人及非法人组织,91430102616831072Q,湘示罚1号,事实,依据,罚款,12.345678,2026/6/2,示例局\n"
    "张三,自然人,,湘示罚2号,事实,依据,警告,０．５,2026-06-02,示例局\n"
    "湖南示例公司,法人及非法人组织,91430102616831072Q,湘示罚3号,事实,依据,罚款,0.0000001,2026-06-02,示例局\n"
)
CHINESE = (
    "行政相对人名称,行政相对人类别,统一社会信用代码,许可决定文书文号,许可决定日期,有效期至,许可机关,许可状态\n"
    "湖南示例公司,法人及非法人组织,91430102616831072Q,湘示许1号,2026-06-02,2031-06-01,示例局,1\n"
)


def never(session: Session, statements: Any, *, mode: str) -> Any:
    raise AssertionError((session, statements, mode))


def read(folder: Path, kind: str, text: str) -> list[Row[Document]]:
    upload = folder / "upload"
    upload.write_text(text, "utf-8")
    forms = RecordForms(dict.fromkeys(FORMS.values(), never))
    with forms.open(upload, Request("a.csv"), datetime(2026, 7, 1, tzinfo=UTC)) as opened:
        assert opened.name == kind
        return list(opened)


def test_the_codes_of_the_standard_are_headings(tmp_path: Path) -> None:
    first, person, wrong = read(tmp_path, "penalty", CODED)
    assert first.statement is not None
    assert first.statement["fine_fen"] == 12_345_678
    assert first.statement["subject_name"] == "湖南示例公司"
    assert person.statement is not None
    assert (person.statement["person_name"], person.statement["subject_name"]) == ("张三", None)
    assert person.statement["fine_fen"] == 500_000
    assert wrong.statement is None
    assert [each.problem.code for each in wrong.refusals] == ["parts_of_fen"]


def test_chinese_headings_are_read_and_a_state_by_its_number(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "licence", CHINESE)
    assert row.statement is not None
    assert row.statement["licence_status"] == "valid"


@pytest.mark.parametrize(
    ("heading", "cell", "fen"),
    [
        ("罚款金额(万元)", "1.5", 1_500_000),
        ("罚款金额", "1.5", 1_500_000),
        ("罚款金额(元)", "1.5", 150),
    ],
)
def test_an_amount_is_read_by_the_unit_of_its_heading(
    tmp_path: Path, heading: str, cell: str, fen: int
) -> None:
    (row,) = read(
        tmp_path,
        "penalty",
        CODED.splitlines()[0].replace("CF_NR_FK", heading)
        + "\n"
        + (f"公司,法人及非法人组织,91430102616831072Q,1号,事实,依据,罚款,{cell},2026-06-02,局\n"),
    )
    assert row.statement is not None
    assert row.statement["fine_fen"] == fen


@pytest.mark.parametrize(
    ("fen", "wan"), [(12_345_678, "12.345678"), (5_000_000, "5"), (1, "0.000001")]
)
def test_an_amount_is_written_as_it_is_read(fen: int, wan: str) -> None:
    assert fen_to_wan(fen) == wan


@pytest.mark.parametrize(
    ("kind", "codes"), [("penalty", PENALTY_CODES), ("licence", LICENCE_CODES)]
)
def test_every_field_of_the_standard_has_a_column(kind: str, codes: dict[str, str]) -> None:
    assert codes.keys() <= {column.field for column in FORMS[kind].columns}
    assert len(CODES) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_template_and_nothing_in_it_is_the_hubs(kind: str) -> None:
    template = record_templates()[kind]()
    headings = [column.heading for column in template.columns]
    assert "统一社会信用代码" in headings
    assert not {"记录状态", "修复状态", "最长公示期至"} & set(headings)
    assert headings[-1] == "记录标识"
    assert ("措施代码" in headings) == KINDS[kind].dishonest
    assert all(not example[-1] for example in template.examples)
