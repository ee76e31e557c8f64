"""`lingqu water import` against a water service in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openpyxl import load_workbook
from tests.support.gateway import small_registry
from tests.support.http import http
from tests.support.ports import free_ports
from tests.support.served import Served, environment
from tests.support.waiting import wait_until
from tests.support.water import ROOT, shared_file
from typer.testing import CliRunner

from lingqu.client import RefusedError
from lingqu_water.commands import app

pytestmark = pytest.mark.integration

HEADING = "省份,流域,断面名称,监测时间,水质类别,pH(无量纲),高锰酸盐指数(mg/L),站点情况"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line beside one water service."""

    environ: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lingqu_cli", "water", *arguments]
        return subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False
        )

    def said(self, *arguments: str) -> str:
        """Return what a command prints, run in this process; a refusal is raised."""
        result = CliRunner().invoke(app, arguments, env=self.environ, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    def outcome(self, *arguments: str) -> Any:
        done = self.run("import", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    home = tmp_path_factory.mktemp("hub")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with small_registry() as registry:
        more = {"LINGQU_WATER_PORT": str(port), "LINGQU_WATER_URL": url}
        environ = environment(home, "43", "127.0.0.1:1", ROOT / "schemas", **more)
        environ["LINGQU_REGISTRY_URL"] = registry.url
        service = Served(environ, ("water",))
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


def table(folder: Path, section: str, *rows: str) -> Path:
    path = folder / f"{section}.csv"
    lines = [f"湖南省,长江流域,{section},{row}" for row in rows]
    path.write_text("\n".join([HEADING, *lines]), "gb18030")
    return path


GOOD, REFUSED = "04-01 04:00,Ⅱ,7.6,2.4,正常", "*,Ⅱ,7.6,2.4,正常"


def test_json_prints_the_counts_and_refusals_alone(cli: CommandLine, tmp_path: Path) -> None:
    file = table(tmp_path, "甲", GOOD, "04-01 04:00,Ⅲ,7.6,4.4,正常", GOOD, REFUSED)
    outcome = cli.outcome(str(file), "--collected-on", "2021-04-06")
    (refused,) = outcome.pop("refused")
    assert (refused["row"], refused["reason"].startswith("监测时间: ")) == (5, True)
    assert outcome.pop("revisions") + outcome.pop("repeats") == 2
    assert outcome == {"file": str(file), "read": 4, "accepted": 1, "withdrawals": 0}


def test_a_published_file_comes_to_its_counts_and_a_second_time_to_nothing_new(
    cli: CommandLine,
) -> None:
    file = str(shared_file("hourly4_2021/jiangxi.csv"))
    outcome = cli.outcome(file, "--collected-on", "2021-04-06")
    again = cli.outcome(file, "--collected-on", "2021-04-06")
    assert list(outcome) == [
        "file", "read", "accepted", "repeats", "revisions", "withdrawals", "refused",
    ]  # fmt: skip
    refused = len(outcome.pop("refused"))
    assert (*list(outcome.values())[1:], refused) == (1976, 1765, 69, 32, 21, 89)
    assert (again["accepted"], again["revisions"], again["withdrawals"]) == (0, 0, 0)
    assert again["repeats"] == again["read"] - len(again["refused"])


def test_words_name_row_column_and_cure(cli: CommandLine, tmp_path: Path) -> None:
    file = table(tmp_path, "乙", GOOD, *[REFUSED] * 25)
    done = cli.run("import", str(file))
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert "is assumed; say another day with --collected-on" in lines[0]
    assert lines[1].startswith("row 3, 监测时间: holds no real time")
    assert lines[21] == "and 5 more; --json lists all, --returned-copy FILE marks them"
    assert lines[22].endswith("26 read, 1 new, 0 repeats, 0 revisions, 0 withdrawals, 25 refused")
    assert done.stderr == ""


def test_the_returned_copy_can_be_corrected_and_imported(cli: CommandLine, tmp_path: Path) -> None:
    file, copy = table(tmp_path, "丙", GOOD, "04-01 08:00,Ⅱ,很酸,2.4,正常"), tmp_path / "copy.csv"
    day = ("--collected-on", "2021-04-06")
    assert len(cli.outcome(str(file), *day, "--returned-copy", str(copy))["refused"]) == 1
    text = copy.read_text("utf-8-sig")
    assert "退回原因" in text
    assert "pH(无量纲):内容为 “很酸”" in text
    copy.write_text(text.replace("很酸", "5.6"), "utf-8-sig")
    outcome = cli.outcome(str(copy), *day)
    assert (outcome["accepted"], outcome["repeats"], outcome["refused"]) == (1, 1, [])


def test_the_template_is_filled_in_imported_and_returned(cli: CommandLine, tmp_path: Path) -> None:
    file, copy = tmp_path / "三月.xlsx", tmp_path / "退回.xlsx"
    assert cli.run("template", "-o", str(file)).returncode == 0
    book = load_workbook(file)
    sheet = book["监测数据"]
    names = [str(cell.value).split("(")[0].rstrip("*") for cell in sheet[1]]
    place = {name: number for number, name in enumerate(names, 1)}
    for number, bod5 in ((4, 1.8), (5, "多")):
        row = {"省份": "湖南省", "断面名称": f"丁{number}", "监测时间": "2024/3/1",
               "监测方式": "手工", "数据级别": "实时", "五日生化需氧量": bod5}  # fmt: skip
        for heading, value in row.items():
            sheet.cell(number, place[heading], value)
    book.save(file)
    outcome = cli.outcome(str(file), "--returned-copy", str(copy))
    assert (outcome["read"], outcome["accepted"]) == (2, 1)
    marked = load_workbook(BytesIO(copy.read_bytes()))["监测数据"]
    assert marked.cell(5, place["五日生化需氧量"]).comment is not None


def test_one_bad_file_does_not_hold_up_the_others(cli: CommandLine, tmp_path: Path) -> None:
    good = table(tmp_path, "戊", GOOD)
    bad = tmp_path / "notes.csv"
    bad.write_text("a,b\n1,2\n")
    done = cli.run("import", "--json", str(bad), str(good))
    assert done.returncode == 1
    assert json.loads(done.stdout)["accepted"] == 1
    assert done.stderr.startswith("lingqu: notes.csv is of no known form. Known are: template")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 80, "save it as .xlsx"),
        ("broken.json", b'{"thead": [', "is broken JSON at line 1"),
        ("utf16.csv", HEADING.encode("utf-16"), "neither UTF-8 nor GB18030"),
        ("empty.csv", b"", "is empty"),
    ],
)
def test_what_cannot_be_read_ends_in_one_sentence(
    cli: CommandLine, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = cli.run("import", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_whose_rows_are_all_refused_is_a_failure(cli: CommandLine, tmp_path: Path) -> None:
    done = cli.run("import", str(table(tmp_path, "己", REFUSED)))
    assert done.returncode == 1
    assert "1 read, 0 new" in done.stdout


def test_without_a_hub_the_cure_is_named(cli: CommandLine, tmp_path: Path) -> None:
    file = table(tmp_path, "庚", GOOD)
    done = cli.run("import", str(file), "--url", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "is the hub up (lingqu status)" in done.stderr


def test_sections_and_readings_are_listed(cli: CommandLine, tmp_path: Path) -> None:
    more = [f"04-0{day} 04:00,Ⅱ,7.6,2.4,维护" for day in range(2, 5)]
    cli.outcome(str(table(tmp_path, "辛", GOOD, *more)), "--collected-on", "2021-04-06")
    of_section = ("readings", "--section", "43-辛", "--from", "2021-04-02", "--to", "2021-04-04")
    found = json.loads(cli.run(*of_section, "--json").stdout)
    assert [each["sampled_at"][:10] for each in found] == ["2021-04-02", "2021-04-01"]
    shown = cli.run(*of_section, "--limit", "1").stdout.splitlines()
    assert shown[0].split() == [
        "section", "sampled", "method", "level", "class", "published", "validity", "items",
    ]  # fmt: skip
    assert shown[1].split()[1:3] == ["2021-04-03", "04:00:00"]
    assert len(shown) == 2
    assert "43-里耶镇" in cli.run("sections", "--river", "酉水").stdout
    assert cli.run("readings", "--section", "43-无").stdout.startswith("no such readings")


def jump(folder: Path, section: str) -> Path:
    """Return a table in which the permanganate index leaps beyond its limit."""
    values = (2.4, 2.4, 2.5, 13.6, 13.7)
    rows = [f"04-01 {4 * hour:02}:00,Ⅱ,7.6,{value},正常" for hour, value in enumerate(values)]
    return table(folder, section, *rows)


def test_people_on_duty_find_an_alert_and_say_what_they_made_of_it(
    cli: CommandLine, tmp_path: Path
) -> None:
    cli.outcome(str(jump(tmp_path, "壬")), "--collected-on", "2021-04-06")
    of_section = ("alerts", "--section", "43-壬")
    (alert,) = json.loads(cli.said(*of_section, "--level", "超标", "--state", "open", "--json"))
    alert_id = alert["alert_id"]
    with pytest.raises(RefusedError, match="possible is: acknowledge"):
        cli.said("alerts", "verify", alert_id, "--who", "张三")
    cli.said("alerts", "acknowledge", alert_id, "--who", "张三", "--note", "已通知复测")
    found = cli.said("alerts", "false", alert_id, "--who", "李四", "--note", "探头结垢")
    assert found.splitlines()[0] == "43-壬  高锰酸盐指数  超标  false_alarm"
    assert found.splitlines()[1] == "begun 2021-04-01 12:00:00, worst 13.7 mg/L = 2.28 × Ⅲ"
    assert found.splitlines()[2].startswith("rules: jump, ")
    assert found.splitlines()[-1] == "possible: verify, clear"
    shown = cli.said("alerts", "show", alert_id)
    assert [line.split()[2:5] for line in shown.splitlines() if "revision" in line] == [
        ["revision", "超标", "acknowledged"],
        ["revision", "超标", "false_alarm"],
    ]
    assert alert_id in cli.said(*of_section, "--state", "false_alarm")
    assert cli.said(*of_section, "--state", "open") == "no such alerts\n"


def test_a_false_alarm_is_explained(cli: CommandLine) -> None:
    result = CliRunner().invoke(app, ["alerts", "false", "x", "--who", "李四"], env=cli.environ)
    assert result.exit_code == 2
    assert "--note" in result.output


def test_assessments_and_accounts_are_listed_with_what_they_lack(
    cli: CommandLine, tmp_path: Path
) -> None:
    cli.outcome(str(table(tmp_path, "里耶镇", GOOD)), "--collected-on", "2021-04-06")
    asked = {"section": "43-里耶镇", "month": "2021-04"}
    http.post(f"{cli.environ['LINGQU_WATER_URL']}/v1/assessments", json=asked).raise_for_status()
    listed = cli.said("assessments", "--month", "2021-04", "--section", "43-里耶镇")
    assert "insufficient" in listed
    assert "0 of 180" in listed
    assert cli.said("assessments", "--met").startswith("no such assessments")
    (account,) = json.loads(cli.said("accounts", "--agreement", "youshui", "--json"))
    assert (account["period"], account["status"]) == ("2021-04", "insufficient")
    listed = cli.said("accounts", "--party", "50", "--year", "2021")
    assert "youshui" in listed
    assert "(+4)" in listed
    shown = cli.said("accounts", "show", "youshui", "2021-04").splitlines()
    assert shown[:2] == ["酉水流域横向生态保护补偿  2021-04", "insufficient, computed"]
    assert any(line.startswith("2021-04  43-里耶镇  0") for line in shown)
