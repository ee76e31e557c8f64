from __future__ import annotations

from pathlib import Path

import pytest
import typer
from tests.support.builders import contract_folder
from typer.testing import CliRunner, Result

from lingqu.errors import InputError, NotFoundError
from lingqu_cli.contract_export import export


@pytest.fixture(autouse=True)
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = contract_folder(tmp_path)
    contract_folder(tmp_path, "demo.other")
    monkeypatch.setenv("LINGQU_SCHEMAS_DIR", str(folder))


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(export)
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("asyncapi", ["demo.other.asyncapi.yaml", "demo.reading.asyncapi.yaml"]),
        ("odcs", ["demo.other.odcs.yaml", "demo.reading.odcs.yaml"]),
        ("json-schema", ["demo.other.schema.json", "demo.reading.schema.json"]),
        ("sql", ["demo.other.sqlite.sql", "demo.reading.sqlite.sql"]),
        ("markdown", ["demo.other.en.md", "demo.reading.en.md"]),
    ],
)
def test_all_contracts_go_into_a_folder(form: str, names: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("--format", form, "--lang", "en", "--dialect", "sqlite", "--output", out)
    assert result.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == names


def test_one_contract_is_printed_or_becomes_the_file_that_was_named(tmp_path: Path) -> None:
    printed = run("demo.reading", "--format", "sql").output
    file = tmp_path / "new" / "table.sql"
    run("demo.reading", "--format", "sql", "-o", file)
    assert "CREATE TABLE" in printed
    assert file.read_text("utf-8") == printed


def test_all_contracts_need_a_folder_and_a_name_must_be_known() -> None:
    assert isinstance(run("--format", "odcs").exception, InputError)
    assert isinstance(run("demo.x", "--format", "odcs").exception, NotFoundError)
    assert run("demo.reading", "--format", "pdf").exit_code == 2
