"""`lingqu contract` on folders alone, which need no hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.builders import contract_folder
from typer.testing import CliRunner, Result

from lingqu_cli.contract import app

Run = Callable[..., Result]


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINGQU_SCHEMAS_DIR", str(tmp_path / "schemas"))
    return tmp_path / "schemas"


@pytest.fixture
def lingqu(schemas: Path) -> Run:
    del schemas
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_a_new_contract_passes_lint_and_test_as_it_is(lingqu: Run, schemas: Path) -> None:
    fields = ("--field", "site:string", "--field", "level:double:2:none:m")
    written = lingqu("new", "demo.tank_level", *fields, "--region", "44", "--json")

    assert written.exit_code == 0, written.output
    assert json.loads(written.stdout)["files"][0].startswith(str(schemas))
    assert lingqu("lint").stdout.splitlines()[-1] == "1 contracts, 0 errors, 3 warnings"
    assert lingqu("test", "demo.tank_level").stdout.endswith("2 tried, 0 failed\n")
    assert lingqu("new", "demo.tank_level").exit_code == 1


def test_lint_and_test_end_in_one_where_something_is_wrong(lingqu: Run, tmp_path: Path) -> None:
    root = contract_folder(tmp_path)
    (root / "demo" / "reading" / "examples").mkdir()
    (root / "demo" / "reading" / "examples" / "one.json").write_text("{}", "utf-8")

    linted, tested = lingqu("lint", "--json"), lingqu("test", "--json")

    assert (linted.exit_code, tested.exit_code) == (1, 1)
    found = json.loads(linted.stdout)["findings"]
    [finding] = [each for each in found if each["severity"] == "error"]
    assert finding["file"].endswith("one.json")
    assert "'occurred_at' is missing" in finding["cause"]
    assert json.loads(tested.stdout)["outcomes"][0]["passed"] is False


def test_show_is_in_the_language_asked_for(lingqu: Run, tmp_path: Path) -> None:
    contract_folder(tmp_path, majors={1: {"served_until": "2099-12-31"}})

    english = lingqu("show", "demo.reading", "--lang", "en").stdout
    chinese = lingqu("show", "demo.reading").stdout

    assert "demo.reading.v1 (until 2099-12-31)" in english
    assert "a reading is never below zero" in english
    assert "Which region" not in chinese
    assert "GB/T 2260 code" in english
    assert "来源区域代码" in chinese
    assert "mg/L" in chinese
    known = json.loads(lingqu("show", "demo.reading", "--json").stdout)
    assert known["topics"] == [
        {
            "topic": "demo.reading.v1",
            "subject": "demo.reading.v1-value",
            "served_until": "2099-12-31",
        }
    ]
    [status] = [each for each in known["fields"] if each["path"] == "status"]
    assert (status["symbols"], status["default"]) == (["ok", "faulty"], "ok")
    assert 'enum ok|faulty = "ok"' in english
    assert "double? = null" in english


def test_a_name_nobody_knows_is_answered_with_the_nearest(lingqu: Run, tmp_path: Path) -> None:
    contract_folder(tmp_path)

    refused = lingqu("show", "demo.readin")

    assert "no contract 'demo.readin'" in str(refused.exception)
    assert "did you mean 'demo.reading'?" in str(refused.exception)
