from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tests.contract.examples import TIMES, columns, encode

from lingqu.contracts.loader import load_contract
from lingqu.contracts.model import ContractVersion
from lingqu.contracts.rules import compile_rule
from lingqu.simulation import Scene, simulations
from lingqu_medical.simulation import SIMULATION

START = datetime(2026, 9, 29, 1, 30, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[4] / "schemas"
Event = dict[str, Any]


def played(
    contract: str, count: int, seed: int = 7, region: str = "43", rate: float | None = 2.0
) -> list[Event]:
    scene = Scene(region, START, seed, rate)
    return list(islice(SIMULATION.events(contract, scene), count))


def timeless(event: Event) -> Event:
    ids = {"event_id", "supersedes", "refers_to"}
    return {name: value for name, value in event.items() if name not in ids}


def as_read(event: Event, version: ContractVersion) -> Event:
    """Return the event with its instants and days as the encoder takes them."""
    types = {spec.path: spec.type_name for spec in version.fields}
    known = {name: TIMES[types[name]] for name in event if types.get(name) in TIMES}
    read = {name: take(event[name]) for name, take in known.items() if event[name] is not None}
    return event | read


def test_the_simulation_is_found_by_the_contracts_it_plays() -> None:
    found = simulations()
    assert {found[name] for name in SIMULATION.contracts} == {SIMULATION}


@pytest.mark.parametrize("contract", SIMULATION.contracts)
def test_the_same_seed_gives_the_same_content_and_another_seed_another(contract: str) -> None:
    once, again, other = (played(contract, 80, seed) for seed in (7, 7, 8))
    assert list(map(timeless, once)) == list(map(timeless, again))
    assert list(map(timeless, once)) != list(map(timeless, other))


@pytest.mark.parametrize("contract", SIMULATION.contracts)
@pytest.mark.parametrize("region", ["43", "44"])
def test_every_event_keeps_the_rules_of_its_contract(contract: str, region: str) -> None:
    found = load_contract(SCHEMAS / contract.replace(".", "/"))
    version = found.latest()
    events = [as_read(event, version) for event in played(contract, 250, region=region)]
    batch = columns([encode(event, version) for event in events], version)
    rules = [compile_rule(spec.name, spec.expression) for spec in found.rules]
    assert [rule.name for rule in rules if not all(rule.passes(batch).to_pylist())] == []
    assert json.loads(json.dumps(timeless(played(contract, 1)[0])))


def test_settlements_come_with_repeats_late_ones_and_such_as_do_not_balance() -> None:
    events = played("medical.settlement", 1_500)
    told = Counter(event["event_id"] for event in events)
    assert 10 < sum(count == 2 for count in told.values()) < 80
    assert 10 < sum(event["held"] and bool(event["violations"]) for event in events) < 80
    delays = [
        datetime.fromisoformat(event["occurred_at"]) - datetime.fromisoformat(event["setl_time"])
        for event in events
    ]
    assert 10 < sum(delay > timedelta(hours=1) for delay in delays) < 120
    assert {event["origin"] for event in events} == {"43"}
    assert len({event["insured_region"] for event in events}) == 6


def test_each_reversal_undoes_a_settlement_of_the_same_scene() -> None:
    settled = {event["setl_id"]: event for event in played("medical.settlement", 3_000)}
    undone = played("medical.reversal", 60)
    taken_back = [event for event in undone if event.get("period")]
    known = [event for event in taken_back if event["setl_id"] in settled]
    assert len(known) > 30
    for event in known:
        original = settled[event["setl_id"]]
        assert event["fund_pay_sumamt_fen"] == -original["fund_pay_sumamt_fen"]
        assert event["reversed_at"] > original["setl_time"]
    assert {event["state"] for event in undone} >= {"proved", "pending_reconciliation"}


def test_a_rectification_is_decided_once_and_names_what_it_replaces() -> None:
    undone = played("medical.reversal", 300)
    waiting = {one["event_id"] for one in undone if one["state"] == "pending_reconciliation"}
    decided = [event["supersedes"] for event in undone if event.get("supersedes")]
    assert decided
    assert len(decided) == len(set(decided))
    assert set(decided) <= waiting


def test_a_filing_made_afterwards_says_so() -> None:
    for event in played("medical.filing", 400):
        filed = datetime.fromisoformat(event["filed_at"]) + timedelta(hours=8)
        assert event["retroactive"] == (date.fromisoformat(event["effective_from"]) < filed.date())


def test_each_statement_is_generated_confirmed_and_closed_and_its_lines_make_the_amount() -> None:
    told = list({event["event_id"]: event for event in played("medical.clearing", 300)}.values())
    statements = [event for event in told if event["state"] == "generated"]
    for statement in statements[:-1]:  # the last one's steps are to come
        steps = [one for one in told if one.get("refers_to") == statement["event_id"]]
        assert [one["state"] for one in steps] == ["confirmed_by_treatment", "closed"]
        assert {one["amount_fen"] for one in steps} == {
            sum(line["fund_pay_sumamt_fen"] for line in statement["lines"])
        }
    keys = [(one["insured_region"], one["insutype"], one["period"]) for one in statements]
    assert len(keys) == len(set(keys))
    assert max(period for *_, period in keys) == "2026-08"
    assert sum(one["reversal_count"] for one in statements) > 5
    assert sum(one["held_count"] for one in statements) > 2
    assert {event["mode"] for event in told} == {"backfill"}


def test_a_province_that_the_profile_lacks_tells_nothing() -> None:
    assert played("medical.settlement", 5, region="65") == []


def test_a_reconciliation_sums_up_settlements_that_are_played() -> None:
    known = {each["setl_id"]: each for each in played("medical.settlement", 1_400)}
    stated = [each for each in played("medical.reconciliation", 60) if each.get("rows")]
    assert stated
    for each in stated:
        assert {known[row["id"]]["insured_region"] for row in each["rows"]} == {
            each["insured_region"]
        }
        for name in ("fund_pay_sumamt_fen", "medfee_sumamt_fen"):
            summed = sum(total[name] for total in each["totals"])
            assert summed == sum(row[name] for row in each["rows"])
    results = Counter(each.get("result") for each in played("medical.reconciliation", 400))
    assert results["matched"] > results["different"] > 0


def test_a_province_pays_and_is_paid() -> None:
    told = played("medical.remittance", 200)
    sent = [each for each in told if each["step"] == "sent"]
    assert {each["payer_region"] for each in sent} == {"43"}
    assert {each["payee_region"] for each in told if each not in sent} == {"43"}
    assert {each["kind"] for each in told} == {"clearing", "prepayment"}
