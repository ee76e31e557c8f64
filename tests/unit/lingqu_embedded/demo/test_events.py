from __future__ import annotations

import json
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import NOON, contract_folder, event, schema

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.simulation import simulations
from lingqu_embedded.demo.events import events_until, example_events

EXAMPLE = event(
    occurred_at="2026-03-01T08:00:00+08:00", note="2026-03-01T07:30:00+08:00", value=100.0
)


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    catalogue = load_catalogue(contract_folder(tmp_path))
    return catalogue.contract("demo.reading")


def give(contract: Contract, name: str, example: dict[str, Any]) -> None:
    folder = contract.folder / "examples"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(example), "utf-8")


def made(contract: Contract, count: int, seed: int = 1) -> list[dict[str, Any]]:
    return list(islice(example_events(contract, "43", NOON, seed), count))


def test_examples_take_turns_and_invalid_ones_none(contract: Contract) -> None:
    give(contract, "a", {**EXAMPLE, "status": "ok"})
    give(contract, "b", {**EXAMPLE, "status": "faulty"})
    give(contract, "invalid-c", {**EXAMPLE, "status": "gone"})

    assert [one["status"] for one in made(contract, 4)] == ["ok", "faulty", "ok", "faulty"]


def test_each_event_has_an_id_a_time_and_the_origin_of_its_own(contract: Contract) -> None:
    give(contract, "a", {**EXAMPLE, "origin": "11"})

    events = made(contract, 20)

    assert len({one["event_id"] for one in events}) == 20
    assert len({one["occurred_at"] for one in events}) == 20
    assert {one["origin"] for one in events} == {"43"}


def test_all_instants_of_an_event_move_by_as_much(contract: Contract) -> None:
    give(contract, "a", EXAMPLE)

    for one in made(contract, 3):
        gap = datetime.fromisoformat(one["occurred_at"]) - datetime.fromisoformat(one["note"])
        assert gap.total_seconds() == 1800
    assert datetime.fromisoformat(made(contract, 1)[0]["occurred_at"]) == NOON


def test_keys_are_several_and_come_back(contract: Contract) -> None:
    give(contract, "a", EXAMPLE)

    keys = [contract.key_of(one) for one in made(contract, 16)]

    assert len(set(keys)) == 8
    assert keys[:8] == keys[8:]


def test_a_story_is_told_in_its_order_and_its_corrections_stand_on_what_they_correct(
    contract: Contract,
) -> None:
    later = {**EXAMPLE, "event_id": "b", "supersedes": "a", "occurred_at": "2026-03-01T09:00:00Z"}
    give(contract, "a-comes-later", {**later, "change": "revision"})
    give(contract, "b-comes-first", {**EXAMPLE, "event_id": "a"})

    rounds = [made(contract, 6)[place : place + 2] for place in (0, 2, 4)]

    for first, second in rounds:
        assert (first["change"], second["change"]) == ("first", "revision")
        assert second["supersedes"] == first["event_id"]
        assert contract.key_of(first) == contract.key_of(second)
    assert len({contract.key_of(first) for first, _ in rounds}) == 3


def test_a_region_plays_its_own_examples_where_there_are_any(contract: Contract) -> None:
    give(contract, "a", {**EXAMPLE, "origin": "43", "status": "ok"})
    give(contract, "b", {**EXAMPLE, "origin": "44", "status": "faulty"})

    assert {one["status"] for one in made(contract, 4)} == {"ok"}


def test_a_seed_says_the_figures(contract: Contract) -> None:
    give(contract, "a", EXAMPLE)

    def figures(seed: int) -> list[float]:
        return [one["value"] for one in made(contract, 10, seed)]

    assert figures(1) == figures(1) != figures(2)
    assert all(97 <= figure <= 103 for figure in figures(1))


def test_a_contract_without_examples_gives_no_events(contract: Contract) -> None:
    assert made(contract, 3) == []


def test_a_contract_that_nobody_simulates_is_played_by_its_examples(contract: Contract) -> None:
    give(contract, "a", EXAMPLE)

    events = events_until(NOON, contract, "43", 5, seed=1)

    assert [one["note"] is not None for one in events] == [True] * 5
    assert datetime.fromisoformat(events[-1]["occurred_at"]) < NOON


def test_a_contract_that_is_simulated_is_played_so_and_over_before_now() -> None:
    catalogue = load_catalogue(Path(__file__).parents[4] / "schemas")
    simulated = catalogue.contract("water.sample")
    assert simulated.name in simulations()

    events = events_until(NOON, simulated, "43", 50, seed=1)

    assert len({one["event_id"] for one in events}) == 50
    times = [datetime.fromisoformat(one["occurred_at"]) for one in events]
    assert times == sorted(times)
    assert times[-1] < NOON
    assert "withdrawal" in {
        one.get("change") for one in events_until(NOON, simulated, "43", 240, seed=43)
    }


def test_examples_of_the_newest_major_are_told_wherever_they_stand(tmp_path: Path) -> None:
    folder = contract_folder(tmp_path, versions={"1.0": schema(), "2.0": schema()})
    contract = load_catalogue(folder).contract("demo.reading")
    for major, status in (("v1", "faulty"), ("v2", "ok")):
        (contract.folder / "examples" / major).mkdir(parents=True)
        give(contract, f"{major}/a", {**EXAMPLE, "status": status})

    assert {one["status"] for one in made(contract, 4)} == {"ok"}
