"""`lingqu contract` beside a live registry and a live control that knows who signed what."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.controls import control_at, environment
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.support.http import http
from tests.support.ports import free_port
from tests.support.registry import running_registry
from typer.testing import CliRunner, Result

from lingqu.client import ServiceClient
from lingqu_cli.contract import app

pytestmark = pytest.mark.integration

Run = Callable[..., Result]
FLOW = field("flow", "int", default=0)
WIDER = field("flow", "long", default=0)


def agreement(region: str, **view: Any) -> dict[str, Any]:
    return {
        "id": f"reading-to-{region}",
        "title": "Readings",
        "contract": "demo.reading",
        "contract_version": "1.0",
        "provider": {"partner": "north", "region": "43"},
        "recipient": {"partner": f"office-{region}", "region": region},
        "purpose": "joint warning",
        "legal_basis": "Article 1",
        "valid_from": "2026-01-01",
        "valid_until": "2098-12-31",
        "feed": f"reading-{region}",
        "view": {"clearance": {"grade": 4, "kinds": ["personal"]}, "fields": "all", **view},
        "delivery": {"connector": "file-sink", "options": {"folder": f"/srv/{region}"}},
    }


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServiceClient, Path]]:
    """Run a control with two agreements on 1.0: 44 sees all, 52 does not see the flow."""
    home = tmp_path_factory.mktemp("home")
    text = schema(fields=[*reading_fields(), FLOW])
    schemas = contract_folder(home, versions={"1.0": text}, compatibility="BACKWARD")
    environ = environment(home, "43", f"127.0.0.1:{free_port()}", LINGQU_SCHEMAS_DIR=str(schemas))
    partners = [("north", "43"), ("office-44", "44"), ("office-52", "52")]
    document = {
        "region": "43",
        "partners": [{"id": name, "name": name, "region": region} for name, region in partners],
        "agreements": [agreement("44"), agreement("52", masks={"flow": "drop"})],
    }
    with control_at(environ) as control:
        control.post("/v1/apply", document)
        yield control, schemas


@pytest.fixture
def schemas(signed: tuple[ServiceClient, Path], tmp_path: Path) -> Path:
    """Return a copy of the contracts, with an example."""
    copied = shutil.copytree(signed[1], tmp_path / "schemas")
    examples = copied / "demo" / "reading" / "examples"
    examples.mkdir()
    (examples / "plain.json").write_text(json.dumps(event()), "utf-8")
    return copied


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "none").mkdir()
    with running_registry(f"sqlite:///{tmp_path / 'r.sqlite'}", tmp_path / "none") as url:
        yield url


@pytest.fixture
def lingqu(
    signed: tuple[ServiceClient, Path],
    schemas: Path,
    registry: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    monkeypatch.setenv("LINGQU_SCHEMAS_DIR", str(schemas))
    monkeypatch.setenv("LINGQU_CONTROL_URL", signed[0].url)
    monkeypatch.setenv("LINGQU_REGISTRY_URL", registry)
    monkeypatch.setenv("LINGQU_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(app, arguments)


def write(schemas: Path, number: str, *fields: dict[str, Any]) -> Path:
    path = schemas / "demo" / "reading" / f"v{number}.avsc"
    path.write_text(schema(fields=[*reading_fields(), *fields]), "utf-8")
    return path


def registered(registry: str, subject: str) -> list[int]:
    answer = http.get(f"{registry}/subjects/{subject}/versions")
    return list(answer.json()) if answer.is_success else []


def test_publishing_registers_once_and_marks_the_contract(
    lingqu: Run, schemas: Path, registry: str
) -> None:
    first = lingqu("publish", "demo.reading", "--json")
    before = (schemas / "demo" / "reading" / "contract.yaml").read_text("utf-8")
    again = lingqu("publish", "demo.reading")

    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["published"] == ["1.0"]
    assert again.stdout == "demo.reading: nothing new; all versions are published\n"
    assert "status: released" in before
    assert (schemas / "demo" / "reading" / "contract.yaml").read_text("utf-8") == before
    assert registered(registry, "demo.reading.v1-value") == [1]
    level = http.get(f"{registry}/config/demo.reading.v1-value").json()
    assert level["compatibilityLevel"] == "BACKWARD"


def test_what_breaks_one_partners_view_is_told_and_not_published(
    lingqu: Run, schemas: Path, registry: str
) -> None:
    lingqu("publish", "demo.reading")
    write(schemas, "1.1", WIDER)

    compared = lingqu("diff", "demo.reading")
    refused = lingqu("publish", "demo.reading")

    assert compared.exit_code == 1
    lines = compared.stdout.splitlines()
    assert lines[:2] == ["demo.reading 1.0 → 1.1", "  flow: type widened from int to long"]
    assert (
        "breaks 44-office-44's view of demo.reading 1.0 (agreement reading-to-44):"
        " flow is read as int and written as long"
    ) in lines
    assert (
        "does not break 52-office-52's view of demo.reading 1.0 (agreement reading-to-52)" in lines
    )
    assert refused.exit_code == 1
    assert "breaks 44-office-44's view" in refused.stdout
    assert "52-office-52" not in refused.stdout
    assert "write it as v2.0.avsc, or amend the agreement" in refused.stdout
    assert registered(registry, "demo.reading.v1-value") == [1]


def test_what_breaks_nobody_is_published(lingqu: Run, schemas: Path, registry: str) -> None:
    lingqu("publish", "demo.reading")
    write(schemas, "1.1", FLOW, field("added", "string", default=""))

    compared = lingqu("diff", "demo.reading", "--json")
    published = lingqu("publish", "demo.reading", "--json")

    assert compared.exit_code == 0
    assert [view["breaks"] for view in json.loads(compared.stdout)["views"]] == [[], []]
    assert json.loads(published.stdout)["published"] == ["1.1"]
    assert registered(registry, "demo.reading.v1-value") == [1, 2]


def test_a_new_major_needs_a_stated_overlap_and_breaks_nobody(
    lingqu: Run, schemas: Path, registry: str
) -> None:
    lingqu("publish", "demo.reading")
    write(schemas, "2.0", WIDER)
    unsaid = lingqu("publish", "demo.reading")
    path = schemas / "demo" / "reading" / "contract.yaml"
    with path.open("a", encoding="utf-8") as contract:
        contract.write("majors:\n  1: {served_until: 2097-06-30}\n")

    compared = lingqu("diff", "demo.reading")
    published = lingqu("publish", "demo.reading")

    assert "it is not said how long v1 is served beside v2" in unsaid.stdout
    assert compared.exit_code == 0
    assert (
        "44-office-44 stays with demo.reading 1.0 (agreement reading-to-44) until 2097-06-30"
        in (compared.stdout)
    )
    assert "events of v2 do not reach the partners of v1: flow is read as int" in compared.stdout
    assert published.exit_code == 0, published.output
    assert "note: agreement reading-to-44 runs until 2098-12-31, and v1 is" in published.stdout
    assert registered(registry, "demo.reading.v1-value") == [1]
    assert registered(registry, "demo.reading.v2-value") == [1]


def test_a_published_version_that_is_edited_is_refused_everywhere(
    lingqu: Run, schemas: Path, tmp_path: Path
) -> None:
    lingqu("publish", "demo.reading")
    write(schemas, "1.0", {**FLOW, "grade": 2})

    refused = [lingqu(verb, "demo.reading") for verb in ("lint", "publish")]

    for each in refused:
        assert each.exit_code == 1
        assert "v1.0.avsc: was edited after its release" in each.stdout
    with running_registry(f"sqlite:///{tmp_path / 'other.sqlite'}", schemas) as url:
        ready = http.get(f"{url}/readyz")
        assert ready.status_code == 503
        assert "was edited after its release" in ready.text
        assert registered(url, "demo.reading.v1-value") == []


def test_diff_without_a_hub_judges_the_schema_and_says_so(
    lingqu: Run, schemas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(schemas, "1.1", FLOW, field("added", "long", default=0))
    monkeypatch.setenv("LINGQU_CONTROL_URL", "http://127.0.0.1:9")

    compared = lingqu("diff", "demo.reading@1.0", "demo.reading@1.1")

    assert compared.exit_code == 3
    assert "added added (long, default 0, grade 1, kind none)" in compared.stdout
    assert "compatibility: FULL; the contract asks for BACKWARD" in compared.stdout
    assert "only the schemas were judged, not whose view breaks: control at" in compared.stdout


def test_diff_of_a_folder_that_breaks_the_level_ends_in_one(lingqu: Run, tmp_path: Path) -> None:
    fewer = [each for each in reading_fields() if each["name"] != "station"]
    text = schema(fields=[*fewer, field("site", "string")])
    key: dict[str, Any] = {"key": ["site"], "rules": [], "compatibility": "FULL"}
    other = contract_folder(tmp_path / "other", versions={"1.1": text}, **key)

    compared = lingqu("diff", "demo.reading", str(other / "demo" / "reading"), "--json")

    assert compared.exit_code == 1
    told = json.loads(compared.stdout)
    assert (told["compatible"], told["old"]) == ("NONE", "1.0")
    assert "station is not written any more, and its readers have no default" in told["forward"][0]
    assert {change["kind"] for change in told["changes"]} >= {"added", "dropped", "key", "rule"}


def test_publish_without_a_hub_publishes_nothing(
    lingqu: Run, schemas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINGQU_CONTROL_URL", "http://127.0.0.1:9")
    path = schemas / "demo" / "reading" / "contract.yaml"
    before = path.read_text("utf-8")

    refused = lingqu("publish", "demo.reading")

    assert "does not answer" in str(refused.exception)
    assert path.read_text("utf-8") == before
