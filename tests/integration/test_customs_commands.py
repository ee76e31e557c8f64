"""`lingqu customs` against a customs service in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from tests.support.customs import number
from tests.support.gateway import small_registry
from tests.support.http import http
from tests.support.ports import free_ports
from tests.support.served import Served, environment
from tests.support.service import SCHEMAS
from tests.support.waiting import wait_until
from typer.testing import CliRunner

from lingqu_customs.commands import app

pytestmark = pytest.mark.integration

DECLARATIONS = f"""申报单号,进出口标志,数据来源,申报地海关,申报时间,货物追踪号,商品编号
{number(1)},出口,海关通报,4900,2026-06-01 08:00,C-1,0203291000
{number(2)},出口,海关通报,5100,2026-06-01 08:00,C-2,0203291000
"""
RECEIPTS = f"""申报单号,回执代码,回执时间
{number(1)},L,2026-06-01 08:05
{number(1)},P,2026-06-01 09:00
{number(1)},H,2026-06-01 10:00
"""
CODE = "91430102616831072Q"
TRANSITS = (
    "转关单号,程次,步骤,办理时间,办理海关,启运地海关,指运地海关,进出口标志,转关方式,应运抵时间\n"
    "T-1,1,核放启运,2026-06-01 12:00,4900,4900,5316,出口,一般,2026-06-03 12:00\n"
)
LEVELS = f"""企业代码,生效日期,信用管理办法,信用等级,认定海关,认定日期
{CODE},2026-04-01,282,认证,4900,2026-03-20
"""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line beside one customs service."""

    environ: dict[str, str]

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        command = [sys.executable, "-m", "lingqu_cli", "customs", *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    def ask(self, *arguments: str) -> str:
        """Return what a command says in this process, or why it fails."""
        done = CliRunner().invoke(app, arguments, env=self.environ)
        return str(done.exception) if done.exit_code else done.stdout


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    home = tmp_path_factory.mktemp("hub")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with small_registry() as registry:
        more = {"LINGQU_CUSTOMS_PORT": str(port), "LINGQU_CUSTOMS_URL": url}
        environ = environment(home, "43", "127.0.0.1:1", SCHEMAS, **more)
        environ["LINGQU_REGISTRY_URL"] = registry.url
        service = Served(environ, ("customs",))
        service.start()
        try:
            wait_until(lambda: is_up(url), 60)
            yield CommandLine(environ)
        finally:
            service.stop()


def is_up(url: str) -> bool:
    try:
        return http.get(f"{url}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def test_files_go_in_and_what_came_of_them_is_shown(cli: CommandLine, tmp_path: Path) -> None:
    declarations, receipts = tmp_path / "报关单.csv", tmp_path / "回执.csv"
    declarations.write_text(DECLARATIONS, "gb18030")
    receipts.write_text(RECEIPTS, "utf-8-sig")
    copy = tmp_path / "returned.csv"

    (first,) = map(
        json.loads,
        cli.run("import", declarations, "--json", "--returned-copy", copy).splitlines(),
    )
    assert (first["accepted"], len(first["refused"])) == (1, 1)
    assert "隶属海关" in copy.read_text("utf-8-sig")
    assert json.loads(cli.run("import", receipts, "--json"))["accepted"] == 3

    shown = json.loads(cli.run("declaration", number(1), "--json"))
    assert (shown["state"], len(shown["anomalies"])) == ("released", 1)
    table = cli.run("declaration", number(1))
    assert "已放行 (released)" in table
    assert "异常: " in table
    line = json.loads(cli.run("timeline", "C-1", "--json"))
    assert [each["what"][0] for each in line["entries"]] == ["申", "L", "P", "H"]

    (item,) = json.loads(cli.run("work-items", "--json"))
    assert item["declaration_no"] == number(1)
    assert "does not follow 已放行" in cli.run("work-items")
    assert cli.run("work-items", "--state", "handled") == "no work item is handled\n"
    assert "is handled: 已核" in cli.ask("close", item["item_id"], "--note", "已核")
    assert "is handled already" in cli.ask("close", item["item_id"], "--note", "又")
    assert cli.run("overdue") == "no leg is overdue\n"

    target = tmp_path / "out.xlsx"
    cli.run("export", "receipts", target)
    assert json.loads(cli.run("import", target, "--json"))["repeats"] == 3


def test_transits_and_levels_are_shown_as_they_were_told(cli: CommandLine, tmp_path: Path) -> None:
    steps, levels = tmp_path / "转关.csv", tmp_path / "等级.csv"
    steps.write_text(TRANSITS, "utf-8-sig")
    levels.write_text(LEVELS, "utf-8-sig")
    for file in (steps, levels):
        assert json.loads(cli.ask("import", str(file), "--json"))["accepted"] == 1

    shown = cli.ask("transit", "T-1")
    assert "leg 1  长沙海关 → 深圳海关(5316): departed, overdue" in shown
    assert "nobody told of transit" in cli.ask("transit", "T-2")
    assert "2026-05-01: 认证企业 (certified), AEO" in cli.ask("level", CODE, "--on", "2026-05-01")
    assert "2026-03-01: no decision known" in cli.ask("level", CODE, "--on", "2026-03-01")
    assert "the enterprise code is wrong" in cli.ask("level", "91")


def test_every_template_is_written_without_a_service(cli: CommandLine, tmp_path: Path) -> None:
    target = tmp_path / "报关单.csv"
    cli.run("template", "declaration", "--csv", "-o", target)

    assert target.read_text("utf-8-sig").startswith("申报单号")
    cli.run("template", "declarations", code=2)
