from __future__ import annotations

import csv
from io import BytesIO

from openpyxl import load_workbook
from tests.unit.lingqu.sheets.workbooks import sheet_of

from lingqu.sheets.template import (
    CodeList,
    Template,
    TemplateColumn,
    write_csv_template,
    write_xlsx_template,
)

TEMPLATE = Template(
    "parcels",
    (
        TemplateColumn("code", required=True, help="18 digits"),
        TemplateColumn("way", choices=("road", "rail")),
        TemplateColumn("kg", kind="number"),
    ),
    (("914301026168310721", "rail", "7.5"), ("=evil()", "road", "0.01L")),
    (CodeList("way", (("road", "by lorry"), ("rail", "by train"))),),
    ("Leave the heading as it is.",),
)


def xlsx() -> BytesIO:
    file = BytesIO()
    write_xlsx_template(TEMPLATE, file)
    return file


def test_codes_are_text_and_numbers_are_numbers() -> None:
    sheet = sheet_of(xlsx())
    assert [cell.value for cell in sheet[1]] == ["code*", "way", "kg"]
    assert [cell.value for cell in sheet[2]] == ["914301026168310721", "rail", 7.5]
    assert sheet["A2"].number_format == sheet.column_dimensions["A"].number_format == "@"
    assert sheet["A3"].data_type == "s"
    assert sheet["C3"].value == "0.01L"


def test_words_are_chosen_from_the_code_list() -> None:
    book = load_workbook(xlsx())
    assert book.sheetnames == ["parcels", "代码表", "填写说明"]
    assert [cell.value for cell in book["代码表"]["A"]] == ["way", "road", "rail"]
    (rule,) = book["parcels"].data_validations.dataValidation
    assert rule.formula1 == "'代码表'!$A$2:$A$3"
    assert str(rule.sqref).startswith("B2:B")


def test_the_csv_has_a_mark_for_its_encoding_and_no_formula() -> None:
    file = BytesIO()
    write_csv_template(TEMPLATE, file)
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(file.getvalue().decode("utf-8-sig").splitlines()))
    assert rows[0] == ["code*", "way", "kg"]
    assert rows[2] == ["'=evil()", "road", "0.01L"]
