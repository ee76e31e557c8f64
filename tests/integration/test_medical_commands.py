"""`lingqu medical` against a medical service in a process of its own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openpyxl import load_workbook
from tests.support.gateway import small_registry
from tests.support.http import http
from tests.support.ports import free_ports
from tests.support.served import Served, environment
from tests.support.service import SCHEMAS
from tests.support.waiting import wait_until
from typer.testing import CliRunner

from lingqu_medical.commands import app

pytestmark = pytest.mark.integration

HEADING = (
    "结算编号,参保地医保区划,就医地医保区划,险种类型,结算时间,医疗费总额,符合政策范围金额,"
    "基本医疗保险统筹基金支出,基金支付总额,个人负担总金额,个人现金支出"
)
PLACES = ("--insured", "44", "--treatment", "43")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line beside one medical service."""

    environ: dict[str, str]
    url: str

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lingqu_cli", "medical", *map(str, arguments)]
        return subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False
        )

    def ask(self, *arguments: str) -> str:
        """Return what a command says in this process, or why it fails."""
        done = CliRunner().invoke(app, arguments, env=self.environ)
        return str(done.exception) if done.exit_code else done.stdout

    def read(self, *arguments: str | Path, code: int = 0) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    home = tmp_path_factory.mktemp("hub")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with small_registry() as registry:
        more = {"LINGQU_MEDICAL_PORT": str(port), "LINGQU_MEDICAL_URL": url}
        environ = environment(home, "43", "127.0.0.1:1", SCHEMAS, **more)
        environ["LINGQU_REGISTRY_URL"] = registry.url
        service = Served(environ, ("medical",))
        service.start()
        try:
            wait_until(lambda: is_up(url), 60)
            yield CommandLine(environ, url)
        finally:
            service.stop()


def is_up(url: str) -> bool:
    try:
        return http.get(f"{url}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def table(path: Path, heading: str, *rows: str) -> Path:
    path.write_text("\n".join([heading, *rows]), "gb18030")
    return path


def test_a_day_is_imported_reconciled_and_cleared_from_files(
    cli: CommandLine, tmp_path: Path
) -> None:
    good = "S1,440100,430100,310,2025/3/18 16:20,1000,1000,800,800,200,200"
    wrong = good.replace("S1", "S2").replace("440100", "4401")
    off = good.replace("S1", "S4").replace(",800,800,", ",800,900,")
    file = table(tmp_path / "结算.csv", HEADING, good, wrong, off)
    copy = tmp_path / "退回.csv"
    done = cli.run("import", file, "--returned-copy", copy)
    assert done.returncode == 0, done.stderr
    assert "3 read, 2 new" in done.stdout
    assert "not balance: 1 settlements; lingqu medical held" in done.stdout
    assert "row 3, 参保地医保区划" in done.stdout
    assert "医保区划应为六位数字" in copy.read_text("utf-8-sig")
    assert "medical_fee 1,000.00 ≠ 1,100.00; fund 900.00 ≠ 800.00" in cli.run("held").stdout

    platform = table(tmp_path / "3202.csv", "结算编号,基金支付总额", "S1,800", "S3,5")
    day = ("--from", "2025-03-18", *PLACES)
    found = cli.read("reconcile", platform, *day, code=1)
    differing = {one["id"]: one["kind"] for one in found["differences"]}
    assert differing == {"S1": "different_amounts", "S3": "missing_here", "S4": "missing_there"}
    target = tmp_path / "差异.csv"
    assert cli.run("differences", found["reconciliation_id"], target).returncode == 0
    rows = list(csv.DictReader(target.read_text("utf-8-sig").splitlines()))
    assert [row["结算或冲销编号"] for row in rows] == ["S1", "S3", "S4"]

    by = ("--organisation", "示例")
    stated = cli.ask("state", "2025-03", *by)
    assert stated == "44→43 310 2025-03: generated, 800.00 元; next: confirmed_by_treatment\n"
    assert "nothing to state" in cli.ask("state", "2025-03", *by)
    (statement,) = cli.read("clearing", "--period", "2025-03")
    assert (statement["amount_fen"], statement["state"]) == (800_00, "generated")
    assert "800.00" in cli.run("clearing").stdout
    assert "no statement differs" in cli.run("disagreements").stdout
    book = tmp_path / "清算单.xlsx"
    assert cli.run("export", "statements", book).returncode == 0
    assert "end in .xlsx or .csv" in cli.run("export", "statements", tmp_path / "book.pdf").stderr
    cells = [cell.value for row in load_workbook(book).worksheets[0].iter_rows() for cell in row]
    assert {"应清算金额", "已生成", "2025-03"} <= set(cells)

    key = (*PLACES, "--fund", "310", "--period", "2025-03", *by)
    assert "confirmed_by_treatment, 800.00 元" in cli.ask("step", "confirm", *key)
    assert "at body.reason: Field required" in cli.ask("step", "return", *key)
    assert "possible: confirmed_by_insured, returned" in cli.ask("step", "close", *key)


def test_without_a_file_the_other_side_is_told_our_rows(cli: CommandLine) -> None:
    found = cli.read("reconcile", "--from", "2025-02-01", *PLACES)
    assert (found["step"], found["source"], found["rows"]) == ("stated", "hub", [])


@pytest.mark.parametrize("form", ["filing", "settlement", "reversal", "platform"])
def test_a_template_is_written_once(cli: CommandLine, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"{form}.xlsx"
    assert cli.run("template", form, "-o", target).returncode == 0
    assert load_workbook(target).worksheets
    again = cli.run("template", form, "-o", target)
    assert again.returncode == 1
    assert "is there already" in again.stderr


def test_a_month_that_is_none_is_named_with_its_cure(cli: CommandLine) -> None:
    assert "it is no month; write one as 2026-10" in cli.run("clearing", "--period", "1").stderr
    assert "it is no province" in cli.run("clearing", "--insured", "4401").stderr
