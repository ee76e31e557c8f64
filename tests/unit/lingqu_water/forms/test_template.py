from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from tests.unit.lingqu_water.forms.files import NOW, items, one, read_rows, refused, workbook

from lingqu.clock import CHINA
from lingqu.sheets.template import write_csv_template, write_xlsx_template
from lingqu_water.forms import read
from lingqu_water.forms.template_columns import reading_template
from lingqu_water.readings.model import Item

MONTHLY = {
    "省份": "湖南省",
    "断面名称": "三角塘",
    "监测时间": "2024/3/1 9:30",
    "监测方式": "手工",
    "数据级别": "入库",
    "审核单位": "省中心",
    "审核时间": "2024/3/8",
    "五日生化需氧量(mg/L)": 1.8,
    "铜(mg/L)": "0.001L",
}


def table(**cells: Any) -> bytes:
    """Return the template as a workbook with one row, in which the named columns are others."""
    row = {**MONTHLY, **cells}
    return workbook(list(row), list(row.values()))


def test_a_manual_entry_is_a_reading_of_its_level() -> None:
    reading = one(table(), "三月.xlsx")
    assert reading.section_code == "43-三角塘"
    assert (reading.method, reading.data_level, reading.validity) == ("manual", "final", "valid")
    assert reading.sampled_at_ms == at(2024, 3, 1, 9, 30)
    assert (reading.reviewed_by_org, reading.reviewed_at_ms) == ("省中心", at(2024, 3, 8))
    assert items(reading) == {
        "w01017": Item("w01017", 1.8, "mg/L", "measured"),
        "w20122": Item("w20122", None, "mg/L", "below_detection", 0.001),
    }


def at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=CHINA).timestamp() * 1000)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize("write", [write_csv_template, write_xlsx_template])
def test_our_own_template_is_known_and_its_examples_are_left_out(write: Any) -> None:
    file = BytesIO()
    write(reading_template(), file)
    with read(file, "模板", now=NOW) as form:
        assert form.name == "template"
        assert list(form) == []
    assert form.notes == ["2 example rows (【示例】) were left out"]


@pytest.mark.parametrize("write", [write_csv_template, write_xlsx_template])
def test_the_examples_themselves_would_be_taken(write: Any) -> None:
    template = reading_template()
    file = BytesIO()
    real = tuple(tuple(cell.replace("【示例】", "") for cell in row) for row in template.examples)
    write(type(template)(template.title, template.columns, real, template.code_lists), file)
    manual, auto = read_rows(file.getvalue())
    assert manual.statement
    assert len({item.code for item in manual.statement.items}) == 32
    assert items(manual.statement)["w01017"].value == 1.6
    assert auto.statement
    assert (auto.statement.validity, auto.statement.validity_reason) == ("doubtful", "站点维护")


@pytest.mark.parametrize(
    ("cells", "refusals"),
    [
        ({"省份": "湘"}, {"省份": "unknown_region"}),
        ({"断面名称": ""}, {"断面名称": "missing"}),
        ({"监测时间": ""}, {"监测时间": "no_time"}),
        ({"监测时间": "2024年3月"}, {"监测时间": "bad_time"}),
        ({"监测时间": "04-01 08:00"}, {"监测时间": "bad_time"}),
        ({"监测方式": "人工"}, {"监测方式": "unknown_word"}),
        ({"监测方式": None}, {"监测方式": "missing"}),
        ({"监测方式": "自动", "监测时间": "2024-03-01"}, {"监测时间": "day_only"}),
        ({"数据级别": "正式"}, {"数据级别": "unknown_word"}),
        ({"审核单位": ""}, {"审核单位": "not_signed"}),
        ({"审核单位": "", "审核时间": ""}, {"审核单位": "not_signed", "审核时间": "not_signed"}),
        ({"有效性": "存疑"}, {"存疑或无效原因": "no_reason"}),
        ({"断面编码": "a b"}, {"断面编码": "wrong_code"}),
        ({"断面编码": 43010012345678901}, {"断面编码": "digits_lost"}),
        ({"铜(mg/L)": "=A1"}, {"铜(mg/L)": "formula"}),
        (
            {"铜(mg/L)": "未检出", "省份": "湘"},
            {"铜(mg/L)": "limit_unstated", "省份": "unknown_region"},
        ),
    ],
)
def test_each_wrong_cell_is_named(cells: dict[str, Any], refusals: dict[str, str]) -> None:
    assert refused(table(**cells)) == refusals


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"监测时间": datetime(2024, 3, 1, 9, 30)}, "sampled_at_ms", at(2024, 3, 1, 9, 30)),  # noqa: DTZ001
        ({"监测时间": 45352.3958333333}, "sampled_at_ms", at(2024, 3, 1, 9, 30)),
        ({"监测时间": "2024年3月1日9时30分"}, "sampled_at_ms", at(2024, 3, 1, 9, 30)),
        ({"监测时间": date(2024, 3, 1)}, "sampled_at_ms", at(2024, 3, 1)),
        ({"断面编码": "CN43001"}, "section_code", "CN43001"),
        ({"断面编码": 430100012}, "section_code", "430100012"),
        ({"水体类型": "湖库"}, "water_body", "lake"),
        ({"有效性": "无效", "存疑或无效原因": "采样有误"}, "validity", "invalid"),
        ({"站点情况": "维护"}, "validity", "doubtful"),
        ({"站点情况": "维护", "有效性": "有效"}, "validity", "valid"),
        ({"是否撤回": "是"}, "withdrawn", True),
        ({"是否撤回": "否"}, "withdrawn", False),
        ({"水质类别": "劣V"}, "published_class", "劣Ⅴ"),
        ({"运维人员": "某甲"}, "operator_name", "某甲"),
        ({"省份": 43}, "reporting_region", "43"),
    ],
)
def test_what_people_write_is_understood(cells: dict[str, Any], field: str, value: object) -> None:
    assert getattr(one(table(**cells)), field) == value


def test_a_template_is_as_of_its_import_so_that_a_correction_on_the_same_day_counts() -> None:
    morning, noon = (datetime(2024, 3, 9, hour, tzinfo=UTC) for hour in (1, 4))
    first = one(table(), collected_on=None, now=morning)
    second = one(table(), collected_on=None, now=noon)
    assert first.as_of_ms == int(morning.timestamp() * 1000)
    assert first.as_of_ms < second.as_of_ms


def test_a_returned_copy_of_csv_comes_back_as_it_went() -> None:
    heading, line = ",".join(MONTHLY), ",".join(map(str, MONTHLY.values()))
    csv = f"{heading},退回原因\n{line.replace('三角塘', chr(39) + '@三角塘')},旧的原因\n".encode()
    assert one(csv).section_name == "@三角塘"


def test_personal_cells_are_never_quoted() -> None:
    (found,) = read_rows(table(运维人员="=某甲", 运维电话="13800000000", 省份="湘"))
    assert "某甲" not in found.reason
    assert "13800000000" not in found.reason
