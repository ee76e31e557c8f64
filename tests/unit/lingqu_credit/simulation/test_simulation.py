"""Simulated records keep the contracts, repeat under a seed, and go wrong as real ones do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tests.contract.examples import columns, encode

from lingqu.contracts.loader import load_contract
from lingqu.contracts.rules import compile_rule
from lingqu.domain_service.identities.citizen import citizen_id_problem
from lingqu.domain_service.identities.uscc import is_uscc
from lingqu.simulation import Scene, simulations
from lingqu_credit.records.record_id import belongs
from lingqu_credit.simulation import SIMULATION

START = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
BEFORE_ANY_RULE = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[4] / "schemas" / "credit"
CONTRACTS = ("penalty", "dishonesty", "repair")
Event = dict[str, Any]


def played(
    contract: str, count: int, seed: int = 43, region: str = "43", start: datetime = START
) -> list[Event]:
    scene = Scene(region, start, seed)
    return list(islice(SIMULATION.events(f"credit.{contract}", scene), count))


def timeless(event: Event) -> Event:
    left = {"event_id", "supersedes", "refers_to"}
    return {name: value for name, value in event.items() if name not in left}


def typed(told: Any) -> Any:
    if isinstance(told, list):
        return [typed(each) for each in told]
    if not isinstance(told, dict):
        return told
    return {name: _typed(name, value) for name, value in told.items()}


def _typed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return typed(value)
    if name in {"occurred_at", "stop_by"}:
        return datetime.fromisoformat(value)
    if name in {"from", "until", "publish_from", "min_until", "max_until"} or name.endswith("_on"):
        return date.fromisoformat(value)
    return value


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_simulation_is_found_by_the_contract_it_plays(contract: str) -> None:
    assert simulations()[f"credit.{contract}"] is SIMULATION


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_same_seed_gives_the_same_content_and_another_seed_another(contract: str) -> None:
    once, again, other = (played(contract, 150, seed) for seed in (43, 43, 44))

    assert list(map(timeless, once)) == list(map(timeless, again))
    assert list(map(timeless, once)) != list(map(timeless, other))


@pytest.mark.parametrize(
    ("region", "start"), [("43", START), ("44", START), ("43", BEFORE_ANY_RULE)]
)
@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_event_keeps_the_rules_of_its_contract(
    contract: str, region: str, start: datetime
) -> None:
    loaded = load_contract(SCHEMAS / contract)
    version = loaded.latest()
    events = [typed(event) for event in played(contract, 200, region=region, start=start)]

    batch = columns([encode(event, version) for event in events], version)
    rules = [compile_rule(spec.name, spec.expression) for spec in loaded.rules]
    assert [rule.name for rule in rules if not all(rule.passes(batch).to_pylist())] == []
    assert all(belongs(event["record_id"], region) for event in events)


def test_penalties_go_wrong_as_real_ones_do() -> None:
    events = played("penalty", 1_000)
    seen: set[str] = set()
    told = Counter[str]()
    for event in events:
        told["repeated"] += event["event_id"] in seen
        told["overtaking"] += (
            event.get("supersedes") is not None and event["supersedes"] not in seen
        )
        told["revised"] += event.get("change") == "revision"
        told["wrong code"] += "uscc" in event and not is_uscc(event["uscc"])
        told["people"] += event["subject_type"] == "natural_person"
        seen.add(event["event_id"])
    assert all(told[each] for each in ("repeated", "overtaking", "revised", "wrong code", "people"))
    assert told["wrong code"] < 100
    people = [event["person_id_no"] for event in events if "person_id_no" in event]
    assert all(citizen_id_problem(number) is None for number in people)
    assert all(number.startswith("000000") for number in people)


def test_repairs_end_listings_of_the_same_seed() -> None:
    listings = {event["record_id"]: event for event in played("dishonesty", 300)}
    repairs = played("repair", 50)
    ended = {key for key, event in listings.items() if event.get("change") == "withdrawal"}
    granted = {event["record_id"] for event in repairs if event["step"] == "granted"}

    assert granted
    assert granted <= ended
    assert any(not event.get("measures") for event in listings.values())
    steps = [event["step"] for event in repairs if event["repair_id"] == repairs[0]["repair_id"]]
    assert steps == ["applied", "accepted", "granted"]
