from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.builders import contract_folder, event, schema

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue, Contract, UnknownContract, UnknownTopic
from lingqu.errors import ContractError, NotFoundError


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    versions = dict.fromkeys(("1.0", "1.1", "2.0"), schema())
    return load_catalogue(contract_folder(tmp_path, versions=versions, key=["origin", "station"]))


@pytest.fixture
def contract(catalogue: Catalogue) -> Contract:
    return catalogue.contract("demo.reading")


def test_topics_and_subjects_follow_from_the_name(contract: Contract) -> None:
    assert (contract.topic(), contract.topic(1)) == ("demo.reading.v2", "demo.reading.v1")
    assert contract.subject(1) == "demo.reading.v1-value"


def test_a_topic_leads_back_to_its_contract(catalogue: Catalogue, contract: Contract) -> None:
    assert catalogue.topics() == ("demo.reading.v1", "demo.reading.v2")
    assert catalogue.by_topic("demo.reading.v1") == (contract, 1)
    assert list(catalogue) == [contract]


@pytest.mark.parametrize("topic", ["demo.reading.v3", "demo.reading", "demo.v1", "", "x.vx", ".v1"])
def test_an_unknown_topic_is_not_found(catalogue: Catalogue, topic: str) -> None:
    with pytest.raises(UnknownTopic, match=r"there are: demo\.reading\.v1, demo\.reading\.v2"):
        catalogue.by_topic(topic)


def test_an_unknown_contract_is_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownContract, match=r"no contract named 'demo\.x'.*LINGQU_SCHEMAS_DIR"):
        catalogue.contract("demo.x")


def test_versions_are_found_by_number_and_major(contract: Contract) -> None:
    assert contract.latest().number == "2.0"
    assert contract.latest(1).number == "1.1"
    assert contract.version("1.0").minor == 0
    with pytest.raises(NotFoundError, match=r"no version 1\.2; it has 1\.0, 1\.1, 2\.0"):
        contract.version("1.2")
    with pytest.raises(NotFoundError, match=r"no version v3; it has 1\.0, 1\.1, 2\.0"):
        contract.latest(3)


def test_an_unknown_field_is_refused_with_those_there_are(contract: Contract) -> None:
    with pytest.raises(
        ContractError, match=r"has no field 'amount'; it has event_id, .*parts\.amo"
    ):
        contract.latest().field("amount")


def test_a_key_joins_its_fields(contract: Contract) -> None:
    assert contract.key_of(event(origin="43", station="A")) == "43|A"


@pytest.mark.parametrize("absent", [{"station": None}, {}])
def test_a_key_without_a_value_is_refused(contract: Contract, absent: dict[str, None]) -> None:
    given = {name: value for name, value in event().items() if name != "station"} | absent
    with pytest.raises(ContractError, match="the key field 'station' has no value"):
        contract.key_of(given)
