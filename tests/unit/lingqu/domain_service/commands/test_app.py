from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import typer
from openpyxl import load_workbook
from tests.support.licences import licence_form
from typer.testing import CliRunner

from lingqu.client import ServiceClient
from lingqu.domain_service.commands.app import domain_app
from lingqu.domain_service.commands.serving import Served
from lingqu.errors import ConflictError, UnavailableError

HEAVY = ("fastapi", "sqlalchemy", "openpyxl", "yaml", "pydantic", "rich.progress", "httpx2")


@dataclass(frozen=True)
class Answering(Served):
    """A service that answers every request alike, and keeps what it was asked."""

    status: int
    content: bytes
    asked: list[httpx2.URL]

    @contextmanager
    def client(self, url: str | None) -> Iterator[ServiceClient]:
        def handle(request: httpx2.Request) -> httpx2.Response:
            self.asked.append(request.url)
            return httpx2.Response(self.status, content=self.content)

        yield ServiceClient("trial", url or "http://trial", transport=httpx2.MockTransport(handle))


def answering(status: int = 200, content: bytes = b"a spreadsheet") -> Answering:
    return Answering("trial", "http://trial", status, content, [])


def app_of(served: Served) -> typer.Typer:
    templates = {"licence": licence_form().template}
    return domain_app(served, "Trial.", templates, {"licences": "/v1/licences/export"})


def test_the_commands_import_nothing_heavy() -> None:
    module = "lingqu.domain_service.commands.app"
    script = f"import sys, {module}; print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_a_template_is_written_by_the_name_of_its_form(tmp_path: Path) -> None:
    target = tmp_path / "t.xlsx"
    app = app_of(answering())
    result = CliRunner().invoke(app, ["template", "licence", "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert load_workbook(target).sheetnames[0] == "证照"
    unknown = CliRunner().invoke(app, ["template", "permit"])
    assert (unknown.exit_code, "there are licence" in unknown.output) == (2, True)


@pytest.mark.parametrize(("name", "kind"), [("l.csv", "csv"), ("l.xlsx", "xlsx")])
def test_a_listing_is_exported_as_the_files_name_says(tmp_path: Path, name: str, kind: str) -> None:
    served = answering()
    target = tmp_path / name
    result = CliRunner().invoke(app_of(served), ["export", "licences", str(target)])
    assert result.exit_code == 0, result.output
    assert target.read_bytes() == b"a spreadsheet"
    assert str(served.asked[0]) == f"http://trial/v1/licences/export?format={kind}"


def test_an_export_that_fails_leaves_no_file_and_overwrites_none(tmp_path: Path) -> None:
    target = tmp_path / "l.csv"
    app = app_of(answering(503, b"{}"))
    failed = CliRunner().invoke(app, ["export", "licences", str(target)])
    assert isinstance(failed.exception, UnavailableError)
    assert not target.exists()
    target.write_text("mine")
    refused = CliRunner().invoke(app, ["export", "licences", str(target)])
    assert isinstance(refused.exception, ConflictError)
    assert target.read_text() == "mine"


def test_an_import_prints_what_came_of_each_file(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("x")
    counts = {"read": 2, "accepted": 1, "repeats": 0, "revisions": 0, "withdrawals": 0}
    refused = [{"row": 3, "reason": "证照编号: is empty"}]
    line = {"summary": {"file": "l.csv", **counts, "refused": refused}}
    served = answering(content=json.dumps(line).encode())
    told = CliRunner().invoke(app_of(served), ["import", str(file), "--mode", "backfill"])
    assert told.exit_code == 0, told.output
    assert "row 3, 证照编号: is empty" in told.output
    assert "2 read, 1 new" in told.output
    assert dict(served.asked[0].params)["mode"] == "backfill"
    as_json = CliRunner().invoke(app_of(served), ["import", str(file), "--json"])
    assert json.loads(as_json.stdout) == {"file": str(file), **counts, "refused": refused}
