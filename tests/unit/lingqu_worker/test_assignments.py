from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.agreements import agreement_state
from tests.support.builders import contract_folder

from lingqu.admission.region import RegionScope
from lingqu.agreements.state import AgreementState, PartyState
from lingqu.contracts.loader import load_catalogue
from lingqu_worker.assignments import Assignments


@pytest.fixture
def state(tmp_path: Path) -> AgreementState:
    contract = load_catalogue(contract_folder(tmp_path)).contract("demo.reading")
    return agreement_state(contract)


@pytest.mark.parametrize(
    ("region", "connector", "direction"),
    [
        ("43", "kafka-sink", "outbound"),
        ("43", "file-sink", "outbound"),
        ("44", "kafka-sink", "inbound"),
        ("44", "file-sink", None),
        ("52", "kafka-sink", None),
        ("44", "file-source", "inbound"),
        ("44", "kafka-source", "inbound"),
        ("43", "file-source", None),
        ("44", "pigeon", None),
    ],
)
def test_a_hub_runs_what_concerns_its_region(
    state: AgreementState, region: str, connector: str, direction: str | None
) -> None:
    delivery = replace(state.delivery, connector=connector)
    asked = Assignments(RegionScope((region,))).direction(replace(state, delivery=delivery))
    assert asked == direction


def test_a_province_sends_for_its_cities(state: AgreementState) -> None:
    city = replace(state, provider=PartyState("city", "4306"))
    assert Assignments(RegionScope(("43",))).direction(city) == "outbound"


def test_an_office_of_the_own_region_brings_in_by_a_source(state: AgreementState) -> None:
    own = replace(state, recipient=state.provider)
    delivery = replace(state.delivery, connector="file-source")
    asked = Assignments(RegionScope(("43",))).direction(replace(own, delivery=delivery))
    assert asked == "inbound"


def test_only_what_is_in_force_flows(state: AgreementState) -> None:
    assignments = Assignments(RegionScope(("43",)))
    table = {
        "a": state.encode(),
        "b": replace(state, agreement="b", feed="b", paused=True).encode(),
        "c": replace(state, agreement="c", feed="c", state="suspended").encode(),
        "d": b'{"from": "a newer version"}',
    }
    assert list(assignments.flowing(table, 1_767_600_000_000)) == ["to-44"]
