"""Another region's declarations and receipts, taken over in whatever order they come."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.contract.examples import decode, encode
from tests.support.customs import customs_ground

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.inbox.handler import Received
from lingqu.simulation import Scene
from lingqu_customs.codes.receipts import load_receipt_codes
from lingqu_customs.declarations.arrivals import Arrivals
from lingqu_customs.declarations.follow import AmendmentFollower, DeclarationFollower
from lingqu_customs.declarations.known import known_of
from lingqu_customs.declarations.receipts import Receipts
from lingqu_customs.declarations.statuses import Statuses
from lingqu_customs.nouns import AMENDMENTS, DECLARATIONS
from lingqu_customs.simulation import SIMULATION
from lingqu_customs.tables import RECEIPT, STANDING, WORK_ITEM

pytestmark = pytest.mark.integration

START = datetime(2026, 7, 1, tzinfo=UTC)
INSTANTS = ("occurred_at", "declared_at", "event_at", "received_at")
DECLARED, AMENDED = "customs.declaration", "customs.amendment"
CODES = load_receipt_codes()


@pytest.fixture
def ground(tmp_path: Path, database_url: str) -> Iterator[Foundation]:
    with customs_ground(tmp_path, database_url) as found:
        yield found


def simulated(ground: Foundation, contract: str, count: int) -> list[Received]:
    """Return events as they come from Guangdong's topic, instants in milliseconds."""
    version = ground.catalogue.contract(contract).latest()
    played = islice(SIMULATION.events(contract, Scene("44", START, 7)), count)
    events = [in_ms(decode(encode(timed(each), version), version)) for each in played]
    return [Received(event, 0, offset) for offset, event in enumerate(events)]


def timed(event: dict[str, Any]) -> dict[str, Any]:
    told = {name: datetime.fromisoformat(event[name]) for name in INSTANTS if event.get(name)}
    inner = {"receipt": timed(event["receipt"])} if event.get("receipt") else {}
    return event | told | inner


def in_ms(event: dict[str, Any]) -> dict[str, Any]:
    told = {
        name: round(event[name].timestamp() * 1000)
        for name in INSTANTS
        if event.get(name) is not None
    }
    inner = {"receipt": in_ms(event["receipt"])} if event.get("receipt") else {}
    return event | told | inner


def take_over(ground: Foundation, batches: Sequence[Sequence[Received]]) -> dict[str, Any]:
    """Return the states that the events leave, with what was counted."""
    statuses = Statuses(ground, CODES)
    declared = Declarations.on(ground, DECLARATIONS, [DeclarationFollower(statuses)])
    receipts = Receipts(declared.shelf, statuses, "43", ground.metrics)
    arrivals = Arrivals(declared.shelf, receipts, statuses)
    for batch in batches:
        with ground.writing.begin() as session:
            known = arrivals.known(session, [each["event_id"] for each in batch])
            left = [each for each in batch if each["event_id"] not in known]
            arrivals.handle(session, DECLARATIONS.topic, left)
    with ground.reading() as session:
        rows = session.execute(select(STANDING)).all()
        states = {row.declaration_no: (row.state, row.anomaly, row.guaranteed) for row in rows}
        for number, known_one in known_of(session, list(states)).items():
            assert states[number][0] == known_one.standing(CODES).state
        counted = [
            session.scalar(select(func.count()).select_from(table))
            for table in (RECEIPT, WORK_ITEM)
        ]
    return {"states": states, "counted": counted}


def test_any_order_and_batching_of_another_regions_events_ends_alike(
    ground: Foundation,
) -> None:
    events = simulated(ground, DECLARED, 400)
    receipts = {each["receipt"]["receipt_id"] for each in events if each["receipt"]}
    in_order = take_over(ground, [events])
    assert in_order["counted"][0] == len(receipts)
    assert any(anomaly for _, anomaly, _ in in_order["states"].values())

    chance = random.Random(5)
    shuffled = [*events, *chance.sample(events, 80)]
    chance.shuffle(shuffled)
    batches = [shuffled[first : first + 37] for first in range(0, len(shuffled), 37)]
    other = emptied(ground)
    again = take_over(other, batches)

    assert again["states"] == in_order["states"]
    assert again["counted"][0] == in_order["counted"][0]


def emptied(ground: Foundation) -> Foundation:
    """Return the ground with nothing in its tables."""
    with ground.writing.begin() as session:
        for table in (DECLARATIONS.table, RECEIPT, STANDING, WORK_ITEM):
            session.execute(table.delete())
    return ground


def test_amendments_that_are_played_open_work_items_where_they_do_not_follow(
    ground: Foundation,
) -> None:
    take_over(ground, [simulated(ground, DECLARED, 400)])
    amended = Declarations.on(ground, AMENDMENTS, [AmendmentFollower(Statuses(ground, CODES))])
    with ground.writing.begin() as session:
        amended.shelf.handle(session, AMENDMENTS.topic, simulated(ground, AMENDED, 60))
    with ground.reading() as session:
        items = session.scalars(select(WORK_ITEM.c.sentence)).all()
        states = session.scalars(select(STANDING.c.state)).all()

    assert any(each.startswith("amendment ") for each in items)
    assert "withdrawn" in states


def test_of_a_mixed_batch_only_what_was_told_live_opens_work_items(ground: Foundation) -> None:
    events = simulated(ground, DECLARED, 800)
    take_over(ground, [events])
    waiting = {number for number, _ in work_items(ground)}
    past = set(sorted(waiting)[::2])
    assert past < waiting

    for each in events:
        each["mode"] = "backfill" if each["declaration_no"] in past else "live"
    take_over(emptied(ground), [events])
    found = work_items(ground)
    assert {number for number, state in found if state == "handled"} == past
    assert {number for number, state in found if state == "open"} == waiting - past


def work_items(ground: Foundation) -> set[tuple[str, str]]:
    with ground.reading() as session:
        told = select(WORK_ITEM.c.declaration_no, WORK_ITEM.c.state)
        return {(row.declaration_no, row.state) for row in session.execute(told)}
