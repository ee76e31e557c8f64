from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from tests.support.builders import contract_folder, event, schema

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue, UnknownTopic
from lingqu.errors import ConflictError, LingquError, UnavailableError
from lingqu.wire.registry import RegistryClient

TOPIC = "demo.reading.v1"


class Ids:
    """A registry that knows a schema or not, answers or not."""

    def __init__(self, known: int | None = 3, failure: LingquError | None = None) -> None:
        self.known = known
        self.failure = failure
        self.asked = 0

    def lookup(self, subject: str, _schema: str) -> int | None:
        assert subject == f"{TOPIC}-value"
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return self.known

    def register(self, _subject: str, _schema: str) -> int:
        self.known = 4
        return 4

    def schema(self, schema_id: int) -> str:
        raise NotImplementedError(schema_id)


def gates(tmp_path: Path, ids: Ids, catalogue: Catalogue | None = None) -> Gates:
    return Gates(
        catalogue or load_catalogue(contract_folder(tmp_path)),
        cast("RegistryClient", ids),
        scope=RegionScope(("43",)),
        environment="prod",
        id_key=b"k" * 32,
    )


def published_id(made: Gates) -> int:
    (row,) = made.of(TOPIC).admit_rows([event()]).accepted
    return int.from_bytes(row.payload[1:5], "big")


def test_the_schema_id_is_asked_for_once(tmp_path: Path) -> None:
    ids = Ids()
    made = gates(tmp_path, ids)
    assert (published_id(made), published_id(made)) == (3, 3)
    assert ids.asked == 1


def test_a_new_version_of_the_contract_has_a_gate_of_its_own(tmp_path: Path) -> None:
    contracts = dict(load_catalogue(contract_folder(tmp_path)).contracts)
    ids = Ids()
    made = gates(tmp_path, ids, Catalogue(contracts))
    before = made.of(TOPIC).admit_rows([event()])
    [contract] = contracts.values()
    ids.known = 5

    contracts[contract.name] = replace(contract)

    assert published_id(made) == 5
    with pytest.raises(UnavailableError, match="a new version came meanwhile"):
        made.of(TOPIC).twins([row.payload for row in before.accepted])


def test_a_schema_that_is_not_there_is_registered(tmp_path: Path) -> None:
    assert published_id(gates(tmp_path, Ids(known=None))) == 4


@pytest.mark.parametrize("failure", [UnavailableError("away"), ConflictError("incompatible")])
def test_without_a_schema_id_the_gate_says_when_to_come_again(
    tmp_path: Path, failure: LingquError
) -> None:
    ids = Ids(failure=failure)
    made = gates(tmp_path, ids)
    with pytest.raises(UnavailableError, match=str(failure)):
        made.of(TOPIC)
    assert made.missing()
    ids.failure = None
    assert made.missing() == []


def test_an_unknown_topic_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownTopic, match=TOPIC):
        gates(tmp_path, Ids()).of("demo.readings.v1")


def test_a_major_that_has_ended_takes_nothing_and_names_the_one_that_does(tmp_path: Path) -> None:
    folder = contract_folder(
        tmp_path,
        versions={"1.0": schema(), "2.0": schema()},
        majors={1: {"served_until": "2020-12-31"}},
    )
    made = Gates(
        load_catalogue(folder),
        cast("RegistryClient", Ids()),
        scope=RegionScope(("43",)),
        environment="prod",
        id_key=b"k" * 32,
    )

    with pytest.raises(ConflictError, match=r"v1 was served until 2020-12-31; publish on demo.*v2"):
        made.of(TOPIC)
