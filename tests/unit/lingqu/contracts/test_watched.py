from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import contract_folder, field, reading_fields, schema
from tests.support.releases import release

from lingqu.contracts.model import Catalogue
from lingqu.contracts.watched import WatchedContracts

NAME = "demo.reading"


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def wider() -> str:
    return schema(NAME, [*reading_fields(), field("added", "long", default=0)])


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    folder = contract_folder(tmp_path)
    release(folder / "demo" / "reading", "1.0")
    return folder


def watched(schemas: Path, **settings: Any) -> tuple[Catalogue, Time]:
    clock = Time()
    return Catalogue(WatchedContracts(schemas, monotonic=clock, **settings)), clock


def served(catalogue: Catalogue) -> list[str]:
    return [each.number for each in catalogue.contract(NAME).versions]


def test_what_is_published_is_taken_up_within_a_second_and_a_draft_is_not(schemas: Path) -> None:
    catalogue, clock = watched(schemas)
    folder = schemas / "demo" / "reading"
    (folder / "v1.1.avsc").write_text(wider(), "utf-8")
    clock.now += 1
    assert served(catalogue) == ["1.0"]

    release(folder, "1.1")
    assert served(catalogue) == ["1.0"]
    clock.now += 1
    assert served(catalogue) == ["1.0", "1.1"]


def test_a_new_contract_comes_with_its_first_release(schemas: Path, tmp_path: Path) -> None:
    catalogue, clock = watched(schemas)
    contract_folder(tmp_path, "demo.other")
    clock.now += 1
    assert list(catalogue.contracts) == [NAME]

    release(schemas / "demo" / "other", "1.0")
    clock.now += 1
    assert catalogue.topics() == ("demo.reading.v1", "demo.other.v1")


def test_other_edits_wait_for_the_next_start(schemas: Path) -> None:
    catalogue, clock = watched(schemas)
    path = schemas / "demo" / "reading" / "contract.yaml"
    path.write_text(path.read_text("utf-8").replace("partitions: 2", "partitions: 9"), "utf-8")
    clock.now += 1

    assert catalogue.contract(NAME).partitions == 2


def test_a_folder_that_does_not_hold_together_changes_nothing_until_it_does(
    schemas: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A copy may bring contract.yaml before the schema that it names."""
    catalogue, clock = watched(schemas)
    folder = schemas / "demo" / "reading"
    (folder / "v1.1.avsc").write_text(wider(), "utf-8")
    release(folder, "1.1")
    (folder / "v1.1.avsc").rename(folder / "late")

    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            clock.now += 1
            assert served(catalogue) == ["1.0"]
    assert len(caplog.records) == 1
    (folder / "late").rename(folder / "v1.1.avsc")
    clock.now += 1
    assert served(catalogue) == ["1.0", "1.1"]


def test_a_release_may_have_to_lie_for_a_while(schemas: Path) -> None:
    catalogue, clock = watched(schemas, settle_s=10.0)
    folder = schemas / "demo" / "reading"
    (folder / "v1.1.avsc").write_text(json.dumps(json.loads(wider())), "utf-8")
    release(folder, "1.1")

    seen = []
    for _ in range(12):
        clock.now += 1
        seen.append(len(served(catalogue)))
    assert seen == [1] * 10 + [2] * 2
