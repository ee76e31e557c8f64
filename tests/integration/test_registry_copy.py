"""`lingqu registry export | import`: one registry's contents in another, with their ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.http import http
from tests.support.registry import running_registry
from typer.testing import CliRunner

from lingqu.errors import ConflictError
from lingqu_cli.registry import app

pytestmark = pytest.mark.integration

R1: dict[str, Any] = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
R2 = {**R1, "fields": [*R1["fields"], {"name": "b", "type": "string", "default": ""}]}
USER = {"type": "record", "name": "U", "fields": [{"name": "r", "type": "R"}]}


@dataclass(frozen=True)
class Registry:
    url: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = http.request(method, self.url + path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def register(self, subject: str, schema: Any, **more: Any) -> int:
        body = {"schema": json.dumps(schema), **more}
        return int(self.call("POST", f"/subjects/{subject}/versions", body)["id"])


@pytest.fixture
def registries(tmp_path: Path) -> Iterator[tuple[Registry, Registry]]:
    contracts = tmp_path / "none"
    contracts.mkdir()
    with ExitStack() as stack:
        source, target = (
            Registry(stack.enter_context(running_registry(f"sqlite:///{file}", contracts)))
            for file in (tmp_path / "source.sqlite", tmp_path / "target.sqlite")
        )
        yield source, target


def lingqu(*arguments: str) -> str:
    return CliRunner().invoke(app, arguments, catch_exceptions=False).output


def fill(source: Registry) -> None:
    source.register("gone", R1)
    source.call("DELETE", "/subjects/gone")
    source.call("DELETE", "/subjects/gone?permanent=true")
    source.register("z-value", R1)
    source.register("z-value", R2, metadata={"properties": {"owner": "李"}})
    source.register("a-value", USER, references=[{"name": "R", "subject": "z-value", "version": 2}])
    source.register("z-value", {**R2, "doc": "third"})
    source.call("DELETE", "/subjects/z-value/versions/1")
    source.register(":.south:a-value", R1)
    source.call("PUT", "/config/z-value", {"compatibility": "FULL_TRANSITIVE"})
    source.call("PUT", "/config/:.south:", {"compatibility": "NONE"})
    source.call("PUT", "/config", {"compatibility": "FORWARD"})
    source.call("PUT", "/mode/a-value", {"mode": "READONLY"})


def test_what_is_exported_is_the_same_after_import(
    registries: tuple[Registry, Registry], tmp_path: Path
) -> None:
    source, target = registries
    fill(source)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"

    assert "3 subjects" in lingqu("export", str(first), "--registry", source.url)
    assert "5 of 5 versions registered" in lingqu("import", str(first), "--registry", target.url)
    assert "nothing was changed" in lingqu("import", source.url, "--registry", target.url)
    lingqu("export", str(second), "--registry", target.url)

    assert second.read_text("utf-8") == first.read_text("utf-8")
    assert target.call("GET", "/subjects/z-value/versions") == [2, 3]
    assert target.call("GET", "/subjects/z-value/versions?deleted=true") == [1, 2, 3]


def test_an_import_goes_on_where_it_was_interrupted(registries: tuple[Registry, Registry]) -> None:
    source, target = registries
    fill(source)
    target.call("PUT", "/mode/z-value", {"mode": "IMPORT"})
    held = source.call("GET", "/subjects/z-value/versions/1?deleted=true")
    target.call("POST", "/subjects/z-value/versions", held | {"version": 1})

    said = lingqu("import", source.url, "--registry", target.url)

    assert "4 of 5 versions registered, 1 marked deleted" in said
    for subject in ("z-value", "a-value"):
        target.call("PUT", f"/mode/{subject}?force=true", {"mode": "IMPORT"})
    assert "nothing was changed" in lingqu("import", source.url, "--registry", target.url)
    assert http.get(f"{target.url}/mode/z-value").status_code == 404
    assert target.call("GET", "/mode/a-value") == {"mode": "READONLY"}


def test_another_schema_under_the_same_id_is_told_in_one_sentence(
    registries: tuple[Registry, Registry],
) -> None:
    source, target = registries
    fill(source)
    target.register("other-value", {**R2, "name": "S"})
    target.register("other-value", {**R2, "name": "S", "doc": "S"})
    target.register("z-value", R1)

    with pytest.raises(ConflictError, match="z-value version 1 has id 1 there and id 3"):
        lingqu("import", source.url, "--registry", target.url)

    assert "a-value" not in target.call("GET", "/subjects")
    assert target.register("z-value", R2) == 4


def test_a_context_of_its_own_keeps_other_ids_apart(registries: tuple[Registry, Registry]) -> None:
    source, target = registries
    source.register("z-value", R1)
    source.register("a-value", USER, references=[{"name": "R", "subject": "z-value", "version": 1}])
    target.register("mine-value", R2)

    lingqu("import", source.url, "--context", "south", "--registry", target.url)

    assert target.call("GET", "/subjects/:.south:a-value/versions/1")["id"] == 2
    own, brought = "/schemas/ids/1", "/schemas/ids/1?subject=:.south:z-value"
    assert json.loads(target.call("GET", own)["schema"]) == R2
    assert json.loads(target.call("GET", brought)["schema"]) == R1
