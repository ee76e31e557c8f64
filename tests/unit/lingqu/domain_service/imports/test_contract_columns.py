from __future__ import annotations

import pytest
from tests.support.licences import version

from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.sheets.problems import CellError


@pytest.fixture(scope="module")
def columns() -> dict[str, Column]:
    return {column.field: column for column in columns_of(version())}


def test_each_field_that_a_cell_can_hold_has_a_column_under_its_chinese_name(
    columns: dict[str, Column],
) -> None:
    assert {field: column.heading for field, column in columns.items()} == {
        "licence_no": "证照编号",
        "holder_name": "持有人",
        "granted_on": "发证日期",
        "heard_at": "受理时间",
        "fee_fen": "收费金额",
        "pages": "页数",
        "area": "面积",
        "status": "状态",
        "before": "此前状态",
        "public": "是否公开",
        "scope": "范围",
        "note": "备注",
    }


def test_what_has_neither_default_nor_null_must_be_filled_in(columns: dict[str, Column]) -> None:
    required = [field for field, column in columns.items() if column.required]
    assert required == ["licence_no", "holder_name", "granted_on"]


def test_help_says_what_is_filled_in_and_in_which_unit(columns: dict[str, Column]) -> None:
    said = [columns[field].help for field in ("fee_fen", "area", "status")]
    assert said == ["收费金额;单位:元", "面积;单位:m²", "状态:有效、终止"]


@pytest.mark.parametrize(
    ("field", "cell", "value", "written"),
    [
        ("licence_no", " ４３０１ー1 ".replace("ー", "-"), "4301-1", "4301-1"),
        ("holder_name", "某甲", "某甲", "某甲"),
        ("granted_on", "2024/3/1", 19783, "2024-03-01"),
        ("heard_at", "2024-03-01 08:00", 1_709_251_200_000, "2024-03-01 08:00:00"),
        ("heard_at", "2024-03-01 08:00:00.25", 1_709_251_200_250, "2024-03-01 08:00:00.250"),
        ("heard_at", "--", None, ""),
        ("fee_fen", "1,234.5", 123_450, "1234.50"),
        ("fee_fen", "-0.07", -7, "-0.07"),
        ("pages", "１２", 12, "12"),
        ("area", "1.5", 1.5, "1.5"),
        ("status", "终止", "ended", "终止"),
        ("status", "ended", "ended", "终止"),
        ("status", "", "valid", "有效"),
        ("before", "终止", "ended", "终止"),
        ("public", "是", True, "是"),
        ("scope", "甲、乙;丙", ["甲", "乙", "丙"], "甲、乙、丙"),
        ("scope", "", [], ""),
    ],
)
def test_a_cell_is_read_and_written_back(
    columns: dict[str, Column], field: str, cell: str, value: object, written: str
) -> None:
    column = columns[field]
    assert column.reader()(cell) == value
    assert column.cell(value) == written
    if written:
        assert column.reader()(written) == value


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("licence_no", "", "missing"),
        ("licence_no", "9.14301E+17", "digits_lost"),
        ("licence_no", "=A1", "formula"),
        ("granted_on", "2024-02-30", "bad_day"),
        ("granted_on", "2024-03-01 08:00", "bad_day"),
        ("heard_at", "昨天", "bad_time"),
        ("fee_fen", "0.001", "parts_of_fen"),
        ("fee_fen", "五元", "no_amount"),
        ("fee_fen", "Infinity", "no_amount"),
        ("fee_fen", "=1+1", "formula"),
        ("pages", "1.5", "not_whole"),
        ("pages", "NaN", "not_whole"),
        ("area", "宽", "no_number"),
        ("status", "作废", "unknown_word"),
        ("note", "a\x00b", "control_character"),
        ("note", "\ud800", "control_character"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(
    columns: dict[str, Column], field: str, cell: str, code: str
) -> None:
    with pytest.raises(CellError) as refused:
        columns[field].reader()(cell)
    assert refused.value.problem.code == code


def test_an_amount_is_read_in_the_unit_of_its_heading(columns: dict[str, Column]) -> None:
    assert columns["fee_fen"].reader("万元")("1.5") == 1_500_000
