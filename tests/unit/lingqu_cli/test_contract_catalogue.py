"""The catalogue as a spreadsheet: out, edited as offices do, and in again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook
from tests.support.builders import contract_folder
from typer.testing import CliRunner, Result

from lingqu_cli.contract_catalogue import app

USCC = "91430102616831072Q"
ENTRY = {
    "resource_code": "211001/000001",
    "abstract": "=cmd()",
    "provider_uscc": USCC,
    "share_type": "有条件",
    "share_condition": "用于评价",
    "share_mode": "消息",
    "update_cycle": "每日",
}


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = contract_folder(tmp_path, catalogue=ENTRY)
    contract_folder(tmp_path, "demo.other")
    monkeypatch.setenv("LINGQU_SCHEMAS_DIR", str(folder))
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def entry_of(schemas: Path, event: str = "reading") -> dict[str, Any]:
    document = yaml.safe_load((schemas / "demo" / event / "contract.yaml").read_text("utf-8"))
    found: dict[str, Any] = document.get("catalogue", {})
    return found


def exported(tmp_path: Path, name: str) -> Path:
    file = tmp_path / name
    assert run("export", file).exit_code == 0
    return file


def edit_workbook(file: Path, **cells: str) -> None:
    book = load_workbook(file)
    for place, value in cells.items():
        book.worksheets[0][place].value = value
    book.save(file)


@pytest.mark.usefixtures("schemas")
def test_codes_are_text_in_the_workbook_and_words_are_chosen(tmp_path: Path) -> None:
    sheet = load_workbook(exported(tmp_path, "c.xlsx")).worksheets[0]
    heading = [cell.value for cell in sheet[1]]
    row = dict(zip(heading, sheet[3], strict=True))
    assert heading[:3] == ["数据契约*", "资源名称*", "资源代码"]
    assert row["数据契约*"].value == "demo.reading"
    assert (row["提供方代码"].value, row["提供方代码"].number_format) == (USCC, "@")
    assert (row["资源摘要"].data_type, row["资源摘要"].value) == ("s", "=cmd()")
    assert len(sheet.data_validations.dataValidation) == 2


@pytest.mark.usefixtures("schemas")
def test_the_csv_has_a_mark_and_no_formula(tmp_path: Path) -> None:
    data = exported(tmp_path, "c.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert "'=cmd()" in data.decode("utf-8-sig")


@pytest.mark.parametrize("name", ["c.xlsx", "c.csv"])
def test_what_comes_back_as_it_went_changes_nothing(
    schemas: Path, tmp_path: Path, name: str
) -> None:
    before = (schemas / "demo/reading/contract.yaml").read_bytes()
    result = run("import", exported(tmp_path, name), "--json")
    assert json.loads(result.output) == {"rows": 2, "changed": {}, "refused": []}
    assert (schemas / "demo/reading/contract.yaml").read_bytes() == before


def test_an_edited_workbook_changes_the_files(schemas: Path, tmp_path: Path) -> None:
    file = exported(tmp_path, "c.xlsx")
    edit_workbook(file, B2="新名称", C2="２１１００１/000009", K2="2026/3/1", D3="监测结果")
    edit_workbook(file, L2="资源代码、发布日期")
    result = run("import", file)
    assert result.exit_code == 0, result.output
    assert "demo.other: title_zh, resource_code, published_on, unverified" in result.output
    assert entry_of(schemas, "other") == {
        "resource_code": "211001/000009",
        "published_on": "2026-03-01",
        "unverified": ["resource_code", "published_on"],
    }
    assert entry_of(schemas) == {**ENTRY, "abstract": "监测结果"}


def test_gb18030_is_read_and_a_missing_column_changes_nothing(
    schemas: Path, tmp_path: Path
) -> None:
    file = tmp_path / "gb.csv"
    file.write_bytes(
        "数据契约,资源代码,更新周期\ndemo.other,211001/000002,每季度\n".encode("gb18030")
    )
    assert run("import", file).exit_code == 0
    assert entry_of(schemas, "other") == {
        "resource_code": "211001/000002",
        "update_cycle": "每季度",
    }


def test_wrong_cells_are_marked_in_the_returned_copy_and_change_nothing(
    schemas: Path, tmp_path: Path
) -> None:
    file = exported(tmp_path, "c.xlsx")
    edit_workbook(file, E2="123", D3="=1+1", A4="demo.unknown")
    copy = tmp_path / "returned.xlsx"
    result = run("import", file, "--returned-copy", copy)
    assert result.exit_code == 1
    assert "3 rows, 0 contracts changed, 3 refused" in result.output
    sheet = load_workbook(copy).worksheets[0]
    assert "统一社会信用代码" in sheet["E2"].comment.text
    assert "公式" in sheet["D3"].comment.text
    assert "demo.unknown" in sheet["A4"].comment.text
    assert sheet.cell(1, sheet.max_column).value == "退回原因"
    assert (entry_of(schemas, "other"), entry_of(schemas)) == ({}, ENTRY)


def test_one_code_twice_one_contract_twice_and_formulas_are_refused(
    schemas: Path, tmp_path: Path
) -> None:
    file = tmp_path / "c.csv"
    rows = [["数据契约", "资源代码"], ["demo.other", ENTRY["resource_code"]]]
    _write(file, rows)
    assert "与另一项资源的代码相同" in run("import", file).output
    _write(file, [rows[0], ["demo.other", "211001/7"], ["demo.other", "211001/8"]])
    assert run("import", file).output.count("多行") == 2
    _write(file, [[*rows[0], "更新周期"], ["demo.other", "211001/7", "=1+1"]])
    assert "更新周期:含有公式" in run("import", file).output
    assert entry_of(schemas, "other") == {}


@pytest.mark.usefixtures("schemas")
def test_what_is_no_catalogue_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    result = run("import", file)
    assert "no heading was found" in str(result.exception)


def _write(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows)
