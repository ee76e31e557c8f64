"""Publishing adds to contract.yaml and keeps every other line, comments and all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.support.builders import contract_folder, field, reading_fields, schema

from lingqu.contracts.loader import load_contract
from lingqu.contracts.model import Release
from lingqu.contracts.release import released_text
from lingqu.errors import ContractError

DAY = date(2026, 11, 22)


def publish(folder: Path, *numbers: str) -> None:
    versions = {each.number: each for each in load_contract(folder, drafts=True).versions}
    new = {number: Release(DAY, versions[number].digest) for number in numbers}
    path = folder / "contract.yaml"
    path.write_text(released_text(path.read_text("utf-8"), str(path), new), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    more = [*reading_fields(), field("added", "long", default=0)]
    versions = {"1.0": schema(), "1.1": schema(fields=more)}
    found = contract_folder(tmp_path, versions=versions) / "demo" / "reading"
    path = found / "contract.yaml"
    path.write_text(f"# By hand.\n{path.read_text('utf-8')}", "utf-8")
    return found


def test_only_published_versions_are_served(folder: Path) -> None:
    publish(folder, "1.0")

    assert [each.number for each in load_contract(folder).versions] == ["1.0"]
    assert [each.number for each in load_contract(folder, drafts=True).versions] == ["1.0", "1.1"]
    assert load_contract(folder).status == "released"


def test_a_later_version_joins_the_earlier_ones_and_comments_stay(folder: Path) -> None:
    before = (folder / "contract.yaml").read_text("utf-8").splitlines()
    publish(folder, "1.0")
    publish(folder, "1.1")

    after = (folder / "contract.yaml").read_text("utf-8").splitlines()
    assert after[0] == "status: released"
    assert [line for line in before if line not in after] == []
    assert set(load_contract(folder).releases) == {"1.0", "1.1"}


def test_the_status_is_changed_in_its_place(folder: Path) -> None:
    path = folder / "contract.yaml"
    path.write_text(path.read_text("utf-8").replace("key:", "status: draft  # soon\nkey:"), "utf-8")

    publish(folder, "1.0")

    assert "status: released  # soon" in path.read_text("utf-8")
    assert path.read_text("utf-8").count("status:") == 1


def test_an_edited_version_is_refused_wherever_it_is_loaded(folder: Path) -> None:
    publish(folder, "1.0")
    (folder / "v1.0.avsc").write_text(schema().replace("An invented event.", "Else."), "utf-8")

    with pytest.raises(ContractError, match=r"v1\.0\.avsc: was edited after its release on 2026"):
        load_contract(folder)


def test_a_version_laid_out_otherwise_is_the_same(folder: Path) -> None:
    publish(folder, "1.0")
    (folder / "v1.0.avsc").write_text(json.dumps(json.loads(schema()), indent=2), "utf-8")

    assert load_contract(folder).latest().number == "1.0"


def test_a_published_version_that_is_gone_is_missed(folder: Path) -> None:
    publish(folder, "1.0")
    (folder / "v1.0.avsc").unlink()

    with pytest.raises(ContractError, match="was published on 2026-11-22 and is missing; restore"):
        load_contract(folder)


def test_added_lines_end_as_the_files_do(folder: Path) -> None:
    path = folder / "contract.yaml"
    text = path.read_text("utf-8").replace("\n", "\r\n")
    once = released_text(text, str(path), {"1.0": Release(DAY, "a" * 64)})
    twice = released_text(once, str(path), {"1.1": Release(DAY, "b" * 64)})

    assert twice.count("\n") == twice.count("\r\n")
    assert text.rstrip() in twice
