from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lingqu.errors import ConfigurationError
from lingqu_embedded.home import HubHome
from lingqu_embedded.plan import HubOptions, Plan, make_plan

SERVICES = ("registry", "gateway", "control", "worker")


def plan(environ: dict[str, str] | None = None, **options: Any) -> Plan:
    home = HubHome(Path("/hub"))
    return make_plan(HubOptions(home, "43", environ or {}, **options), SERVICES)


def names(phases: list[Any]) -> list[list[str]]:
    return [[spec.name for spec in phase] for phase in phases]


def test_kafka_starts_before_the_api_and_the_api_before_the_rest() -> None:
    assert names(plan().phases("jars")) == [["kafka"], ["api"], ["worker"]]


def test_separate_gives_each_service_its_own_process() -> None:
    phases = plan(separate=True).phases("jars")

    assert names(phases) == [["kafka"], ["control", "gateway", "registry"], ["worker"]]


@pytest.mark.parametrize(
    ("only", "groups"),
    [
        (("worker",), {"worker": ["worker"]}),
        (("api",), {"api": ["control", "gateway", "registry"]}),
        (("registry", "worker"), {"api": ["registry"], "worker": ["worker"]}),
    ],
)
def test_only_takes_processes_and_services(
    only: tuple[str, ...], groups: dict[str, list[str]]
) -> None:
    assert plan(only=only).groups == groups


def test_an_unknown_name_in_only_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"'wroker' is no process.*did you mean 'worker'"):
        plan(only=("wroker",))


def test_an_offset_moves_every_port() -> None:
    usual, moved = plan().ports, plan(port_offset=200).ports

    assert usual["kafka"] == 9092
    assert usual["controller"] == 19093
    assert moved == {name: port + 200 for name, port in usual.items()}


def test_a_port_can_be_set_alone() -> None:
    assert plan({"LINGQU_REGISTRY_PORT": "7000"}).ports["registry"] == 7000


def test_an_offset_beyond_the_last_port_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="ports are 1 to 65535"):
        plan(port_offset=60000)


def test_a_kafka_of_the_settings_is_used_in_place_of_an_own_one() -> None:
    made = plan({"LINGQU_KAFKA__BOOTSTRAP_SERVERS": "broker.example:9092"})

    assert made.bootstrap == "broker.example:9092"
    assert names(made.phases(None)) == [["api"], ["worker"]]
    assert "kafka" not in made.ports


def test_processes_are_told_where_everything_is() -> None:
    environ = plan({"PATH": "/bin"}, port_offset=200).environ()

    assert environ["PATH"] == "/bin"
    assert environ["LINGQU_HOME"] == "/hub"
    assert environ["LINGQU_REGION"] == "43"
    assert environ["LINGQU_PROFILE"] == "demo"
    assert environ["LINGQU_KAFKA__BOOTSTRAP_SERVERS"] == "127.0.0.1:9292"
    assert environ["LINGQU_REGISTRY_URL"] == "http://127.0.0.1:8281"
    assert environ["LINGQU_PORT_OFFSET"] == "200"


def test_urls_are_of_services_only() -> None:
    assert plan().facts()["urls"] == {
        "control": "http://127.0.0.1:8082",
        "gateway": "http://127.0.0.1:8080",
        "registry": "http://127.0.0.1:8081",
        "worker": "http://127.0.0.1:9101",
    }


@pytest.mark.parametrize(
    ("options", "heap_mb"),
    [({}, 512), ({"only": ("api",)}, 256), ({"only": ("api",), "heap_mb": 700}, 700)],
)
def test_a_part_of_a_hub_gets_a_small_broker(options: dict[str, Any], heap_mb: int) -> None:
    assert plan(**options).broker_settings().heap_mb == heap_mb
