"""Simulated declarations and transits keep the contracts, repeat under a seed, and go wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.contract.examples import columns, encode

from lingqu.contracts.loader import load_contract
from lingqu.contracts.rules import compile_rule
from lingqu.domain_service.identities.uscc import is_uscc
from lingqu.simulation import Scene, simulations
from lingqu_customs.codes.receipts import load_receipt_codes
from lingqu_customs.lifecycle.facts import AmendmentStep
from lingqu_customs.lifecycle.fold import fold
from lingqu_customs.simulation import SIMULATION

START = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[4] / "schemas" / "customs"
Event = dict[str, Any]
CONTRACTS = ("declaration", "amendment", "transit", "inspection", "aeo")
INSTANTS = ("occurred_at", "declared_at", "event_at", "due_at", "received_at", "arrived_at")


def played(
    contract: str, count: int, seed: int = 43, region: str = "43", rate: float | None = None
) -> list[Event]:
    scene = Scene(region, START, seed, rate)
    return list(islice(SIMULATION.events(f"customs.{contract}", scene), count))


def timeless(event: Event) -> Event:
    left = {"event_id", "supersedes", "refers_to", "feedback", *INSTANTS, "receipt"}
    return {name: value for name, value in event.items() if name not in left}


def timed(event: Event) -> Event:
    found = dict(event)
    for name in ("valid_from", "decided_on"):
        if isinstance(found.get(name), str):
            found[name] = date.fromisoformat(found[name])
    for name in INSTANTS:
        if isinstance(found.get(name), str):
            found[name] = datetime.fromisoformat(found[name])
    for name in ("receipt", "feedback"):
        if found.get(name):
            found[name] = timed(found[name])
    return found


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_simulation_is_found_by_the_contract_it_plays(contract: str) -> None:
    assert simulations()[f"customs.{contract}"] is SIMULATION


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_same_seed_gives_the_same_content_and_another_seed_another(contract: str) -> None:
    once, again, other = (played(contract, 200, seed) for seed in (43, 43, 44))

    assert list(map(timeless, once)) == list(map(timeless, again))
    assert list(map(timeless, once)) != list(map(timeless, other))
    assert len({event["event_id"] for event in once + again}) == 400


@pytest.mark.parametrize("region", ["43", "44"])
@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_event_keeps_the_rules_of_its_contract(contract: str, region: str) -> None:
    loaded = load_contract(SCHEMAS / contract)
    version = loaded.latest()
    events = [timed(event) for event in played(contract, 400, region=region)]

    batch = columns([encode(event, version) for event in events], version)
    rules = [compile_rule(spec.name, spec.expression) for spec in loaded.rules]
    assert [rule.name for rule in rules if not all(rule.passes(batch).to_pylist())] == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_events_come_in_the_order_in_which_they_are_told(contract: str) -> None:
    told = [datetime.fromisoformat(event["occurred_at"]) for event in played(contract, 300)]

    assert all(before < after for before, after in pairwise(told))


def test_a_rate_is_kept() -> None:
    told = [datetime.fromisoformat(e["occurred_at"]) for e in played("declaration", 101, rate=50)]

    assert (told[-1] - told[0]).total_seconds() == pytest.approx(2)


def test_what_is_superseded_was_told() -> None:
    events = played("declaration", 600)
    told = {event["event_id"] for event in events}

    assert all(event.get("supersedes") in told | {None} for event in events)


def test_declarations_go_wrong_as_real_ones_do() -> None:
    events = played("declaration", 3_000)
    statuses = [event for event in events if event.get("statement") == "status"]
    receipts = Counter(event["receipt"]["receipt_id"] for event in statuses)
    by_number = defaultdict(list)
    for event in statuses:
        by_number[event["declaration_no"]].append(event["receipt"]["event_at"])

    assert max(receipts.values()) > 1  # repeated
    assert any(told != sorted(told) for told in by_number.values())  # late, out of order
    assert any(event["anomaly"] for event in statuses)
    assert {"cleared", "returned_for_edit", "rejected", "deleted"} <= {e["state"] for e in statuses}
    assert not all(is_uscc(event["owner_uscc"]) for event in events)
    assert any("change" in event for event in events if "statement" not in event)  # put right


def test_both_ends_tell_of_the_same_transits() -> None:
    steps: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for region in ("43", "44"):
        for event in played("transit", 600, region=region):
            ends = event["transit_no"], event["from_office"], event["to_office"]
            steps[ends].add(event["step"])
    stories = list(steps.values())

    assert any(story >= {"departed", "arrived", "written_off"} for story in stories)
    assert any("departed" in story and "arrived" not in story for story in stories)


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("count", [1, 60, 400])
def test_so_many_events_are_told_within_their_span(contract: str, count: int) -> None:
    span = SIMULATION.span(f"customs.{contract}", "43", count)

    assert datetime.fromisoformat(played(contract, count)[-1]["occurred_at"]) <= START + span


def test_amendments_are_of_what_was_declared_and_some_do_not_follow() -> None:
    amendments = played("amendment", 300)
    declared = {event["declaration_no"]: event for event in reversed(played("declaration", 2_500))}
    of_them: dict[str, list[AmendmentStep]] = defaultdict(list)
    for event in amendments:
        assert event["event_at"] > declared[event["declaration_no"]]["declared_at"]
        times = (round(timed(event)[name].timestamp()) for name in ("event_at", "received_at"))
        told = (event[name] for name in ("amendment_no", "kind", "step"))
        of_them[event["declaration_no"]].append(AmendmentStep(*told, *times))
    standings = [fold(steps, load_receipt_codes()) for steps in of_them.values()]

    assert any(each.anomalies for each in standings)
    assert {"granted", "refused", "cancelled"} <= {event["step"] for event in amendments}
    assert any(event.get("change") == "revision" for event in amendments)


def test_inspections_fail_and_arrive_as_the_port_found_them() -> None:
    events = played("inspection", 1_200)
    arrived = [event for event in events if event["step"] == "arrived"]
    told = {event["event_id"]: event for event in events}

    assert all(told[event["refers_to"]]["step"] == "certified" for event in arrived)
    assert {event["feedback"]["seals_intact"] for event in arrived} == {True, False}
    assert {event["destination"] for event in arrived} == {"81", "82"}
    assert any(event.get("result") == "failed" for event in events)
    never = {event["inspection_no"] for event in events[:600] if event["step"] == "certified"}
    assert never - {event["inspection_no"] for event in arrived}


def test_levels_are_of_enterprises_with_valid_codes() -> None:
    events = played("aeo", 300)

    assert all(is_uscc(event["enterprise_code"]) for event in events)
    assert any(event["change"] == "revision" for event in events)
    assert {event["scheme"] for event in events} == {"282"}


def test_a_region_without_an_office_tells_nothing() -> None:
    assert played("declaration", 5, region="65") == []
