"""The command line over a real control, whose Kafka is away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.controls import control_at, environment
from tests.support.http import http
from tests.support.ports import free_port

from lingqu.kafka.settings import KafkaSettings

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found = environment(
        tmp_path_factory.mktemp("home"),
        "43",
        f"127.0.0.1:{free_port()}",
        LINGQU_SCHEMAS_DIR=str(ROOT / "schemas"),
        GUANGDONG_KAFKA="127.0.0.1:9292",
        GUANGDONG_REGISTRY="http://127.0.0.1:8281",
        GUIZHOU_URL="http://127.0.0.1:8852/v1/events",
        JIANGXI_DATABASE="sqlite:////srv/jiangxi/exchange.sqlite",
        GUANGXI_FOLDER="/srv/guangxi",
    )
    return {**found, "LINGQU_CONTROL_URL": f"http://127.0.0.1:{found['LINGQU_CONTROL_PORT']}"}


@pytest.fixture(scope="module")
def lingqu(environ: dict[str, str]) -> Iterator[Run]:
    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lingqu_cli", *arguments]
        return subprocess.run(
            command,
            env={**environ, **more},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    with control_at(environ):
        applied = run("agreement", "apply", "deploy/regions/43.yaml")
        assert applied.returncode == 0, applied.stderr
        yield run


def test_the_region_file_of_the_demo_makes_a_feed_to_each_partner(lingqu: Run) -> None:
    feeds = json.loads(lingqu("feed", "list", "--json").stdout)
    of_readings = [one for one in feeds if one["topic"] == "water.sample.v1"]

    assert all(one["flows"] for one in feeds)
    assert [(one["id"], one["connector"]) for one in of_readings] == [
        ("water-to-guangdong", "kafka-sink"),
        ("water-to-guangxi", "file-sink"),
        ("water-to-guizhou", "http-sink"),
        ("water-to-jiangxi", "database-sink"),
    ]
    shown = lingqu("agreement", "show", "water-hunan-guangxi", "--json")
    view = json.loads(shown.stdout)["view"]
    assert view["withheld"] == ["operator_name", "operator_phone"]
    assert (view["masked"], view["hidden_key_fields"]) == (
        ["section_code", "section_name"],
        ["section_code"],
    )


def test_applying_twice_says_unchanged(lingqu: Run) -> None:
    again = lingqu("agreement", "apply", "deploy/regions/43.yaml")

    assert again.returncode == 0
    assert again.stdout.count("unchanged") == len(again.stdout.splitlines()) - 1 > 9
    assert not {"created", "changed"} & set(again.stdout.split())


def test_tables_are_readable(lingqu: Run) -> None:
    assert "湖南省生态环境厅" in lingqu("partner", "list").stdout
    assert "hunan-ecology (43)" in lingqu("agreement", "list").stdout
    shown = lingqu("agreement", "show", "water-hunan-guangdong").stdout
    assert "operator_phone" in shown
    assert "countersigned" in shown
    assert "湘粤跨省断面水质监测数据共享" in shown


def test_a_feed_is_paused_and_resumed(lingqu: Run) -> None:
    assert lingqu("feed", "pause", "water-to-guangxi").stdout == "feed water-to-guangxi is paused\n"
    assert (
        lingqu("feed", "resume", "water-to-guangxi").stdout == "feed water-to-guangxi is active\n"
    )
    assert "water.sample.v1" in lingqu("feed", "show", "water-to-guangxi").stdout


def test_an_agreement_is_suspended_and_resumed(lingqu: Run) -> None:
    suspended = lingqu("agreement", "suspend", "water-hunan-guangxi", "--reason", "a check")

    assert suspended.stdout == "agreement water-hunan-guangxi version 1 is suspended\n"
    assert lingqu("agreement", "resume", "water-hunan-guangxi").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("agreement", "show", "x"), "no agreement named 'x'; there are: air-alert-hunan-guizhou"),
        (("feed", "pause", "x"), "no feed named 'x'"),
        (("agreement", "apply", "missing.yaml"), "missing.yaml: cannot be read"),
        (("agreement", "apply", "deploy/regions/44.yaml"), "this is the hub of 43"),
    ],
)
def test_an_error_is_one_sentence_and_exit_code_one(
    lingqu: Run, arguments: tuple[str, ...], said: str
) -> None:
    ended = lingqu(*arguments)

    assert ended.returncode == 1
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_missing_variable_is_named(lingqu: Run, tmp_path: Path) -> None:
    path = tmp_path / "43.yaml"
    path.write_text('region: "43"\nname: ${NOT_SET_ANYWHERE}\n', "utf-8")

    ended = lingqu("agreement", "apply", str(path))

    assert ended.returncode == 1
    assert "set the variable NOT_SET_ANYWHERE" in ended.stderr


def test_control_works_while_kafka_is_away_and_says_so(
    lingqu: Run, environ: dict[str, str]
) -> None:
    assert lingqu("feed", "list").returncode == 0

    ready = http.get(f"{environ['LINGQU_CONTROL_URL']}/readyz", timeout=15)

    assert ready.status_code == 503
    assert "topics" in ready.text or "Kafka" in ready.text


def test_no_hub_is_said_in_one_sentence(lingqu: Run) -> None:
    ended = lingqu("feed", "list", LINGQU_CONTROL_URL="http://127.0.0.1:9")

    assert ended.returncode == 1
    assert "does not answer" in ended.stderr


def test_the_catalogue_counts_what_agreements_carry_and_what_kafka_holds(
    lingqu: Run, kafka: KafkaSettings
) -> None:
    away = json.loads(lingqu("contract", "catalogue", "show", "--json").stdout)
    known = {"LINGQU_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    there = json.loads(lingqu("contract", "catalogue", "show", "--json", **known).stdout)
    agreements = json.loads(lingqu("agreement", "list", "--json").stdout)
    active = {one["contract"] for one in agreements if one["state"] == "active"}

    assert away["timeliness"] is None
    assert "Kafka" in away["notes"][0]
    assert away["mounting"] == there["mounting"]
    assert away["mounting"]["count"] == len(active)
    assert set(away["mounting"]["others"]).isdisjoint(active)
    assert there["notes"] == []
    assert there["timeliness"]["total"] == len(
        [one for one in there["entries"] if one["update_cycle"] not in ("实时", "不定期")]
    )
