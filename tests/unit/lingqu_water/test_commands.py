from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from lingqu.errors import ConflictError
from lingqu_water.commands import app

HEAVY = ("fastapi", "sqlalchemy", "openpyxl", "yaml", "pydantic", "rich.progress", "httpx2")


def test_the_commands_import_nothing_heavy() -> None:
    script = f"import sys, lingqu_water.commands; print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize(("name", "more"), [("t.xlsx", []), ("t.csv", []), ("t.txt", ["--csv"])])
def test_the_template_is_written_as_asked(tmp_path: Path, name: str, more: list[str]) -> None:
    target = tmp_path / name
    result = CliRunner().invoke(app, ["template", "-o", str(target), *more])
    assert result.exit_code == 0, result.output
    if name.endswith("xlsx"):
        assert load_workbook(target).sheetnames[0] == "监测数据"
    else:
        assert target.read_bytes().startswith("﻿省份*,流域,所属河流,断面名称*".encode())


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "t.xlsx"
    target.write_text("mine")
    result = CliRunner().invoke(app, ["template", "-o", str(target)])
    assert isinstance(result.exception, ConflictError)
    assert target.read_text() == "mine"


def test_a_returned_copy_is_of_one_file() -> None:
    result = CliRunner().invoke(app, ["import", "a.csv", "b.csv", "--returned-copy", "c.csv"])
    assert result.exit_code == 2
    assert "one file only" in result.output
