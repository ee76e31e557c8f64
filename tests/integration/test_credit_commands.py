"""`lingqu credit` against a credit service in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.credit import code, recent, statement
from tests.support.gateway import small_registry
from tests.support.http import http
from tests.support.ports import free_ports
from tests.support.served import Served, environment
from tests.support.service import SCHEMAS
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

TABLE = (
    "行政相对人名称,行政相对人类别,统一社会信用代码,处罚决定书文号,违法事实,处罚依据,处罚类别,罚款金额(万元),处罚决定日期,处罚机关\n"
    f"示例一,法人及非法人组织,{code(1)},一号,事实,依据,罚款,0.000001,{recent()},示例局\n"
    f"示例二,法人及非法人组织,{code(2)},二号,事实,依据,罚款,0.0000001,{recent()},示例局\n"
)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the environment of commands beside a running service."""
    home = tmp_path_factory.mktemp("hub")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with small_registry() as registry:
        more = {"LINGQU_CREDIT_PORT": str(port), "LINGQU_CREDIT_URL": url}
        found = environment(home, "43", "127.0.0.1:1", SCHEMAS, **more)
        found["LINGQU_REGISTRY_URL"] = registry.url
        service = Served(found, ("credit",))
        service.start()
        try:
            wait_until(lambda: is_up(url), 60)
            yield found
        finally:
            service.stop()


def is_up(url: str) -> bool:
    try:
        return http.get(f"{url}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def run(environ: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "lingqu_cli", "credit", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_tables_go_in_and_out_and_subjects_are_asked_for(
    environ: dict[str, str], tmp_path: Path
) -> None:
    file, copy, out = (tmp_path / name for name in ("处罚.csv", "退回.csv", "导出.csv"))
    file.write_text(TABLE, "gb18030")
    told: Any = json.loads(
        run(environ, "import", "--json", "--returned-copy", str(copy), str(file))
    )
    assert (told["accepted"], len(told["refused"])) == (1, 1)
    assert "fen" in told["refused"][0]["reason"]
    assert copy.exists()
    run(environ, "export", "penalty", str(out))
    assert "0.000001" in out.read_text("utf-8-sig")

    url = environ["LINGQU_CREDIT_URL"]
    listed = http.post(f"{url}/v1/records/dishonesty", json=[statement("dishonesty", 3)])
    assert listed.status_code == 200
    assert "2024 2-1" in run(environ, "restrictions", code(3))
    assert "no measure is in force" in run(environ, "restrictions", code(1))
    shown = run(environ, "subject", code(3))
    assert "湖南示例建设有限公司" in shown
    assert "class D" in shown
    assert "nothing is recorded of it" in run(environ, "subject", code(9))
    assert "no repairs" in run(environ, "repair")
    assert "no objections" in run(environ, "objection")


def test_repairs_and_objections_are_shown_to_people(
    environ: dict[str, str], tmp_path: Path
) -> None:
    url = f"{environ['LINGQU_CREDIT_URL']}/v1"
    told = statement("dishonesty", 5, list_type="失信被执行人")
    assert http.post(f"{url}/records/dishonesty", json=[told]).status_code == 200
    (listed,) = http.get(f"{url}/records/dishonesty?uscc={code(5)}").json()["items"]
    record = {"record_kind": "dishonesty", "record_id": listed["record_id"]}
    objection = record | {"raised_by": "示例厅", "claim": "金额与决定书不符"}
    assert http.post(f"{url}/objections", json=[objection]).status_code == 201
    assert "金额与决定书不符" in run(environ, "objection", "--state", "raised")
    form, out = tmp_path / "模板.csv", tmp_path / "异议.csv"
    run(environ, "template", "objection", "-o", str(form))
    run(environ, "export", "objection", str(out))
    (heading, example), (shown, exported) = (
        each.read_text("utf-8-sig").splitlines() for each in (form, out)
    )
    assert heading.replace("*", "") == shown.split(",异议状态")[0]
    assert "【示例】" in example
    assert "已提出" in exported
    application = record | {"applied_on": recent(0)}
    repair = http.post(f"{url}/repairs", json=application).json()["repair_id"]
    assert repair in run(environ, "repair", "--state", "applied")
    shown = run(environ, "repair", repair)
    assert listed["record_id"] in shown
    assert "+00:00" not in shown
    assert "applied; it can be accepted, refused, withdrawn" in shown
    assert json.loads(run(environ, "repair", "--json", repair))["state"] == "applied"
