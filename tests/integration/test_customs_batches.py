"""Receipts, amendments and declarations taken in batches: whatever the batches, one end."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from tests.contract.examples import decode
from tests.support.customs import customs_ground, number
from tests.support.outbox_events import waiting_in

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.domain_service.statements.noun import Document
from lingqu.outbox.model import OUTBOX_BUNDLE
from lingqu_customs.codes.receipts import load_receipt_codes
from lingqu_customs.declarations.complete import complete_declaration
from lingqu_customs.declarations.follow import AmendmentFollower, DeclarationFollower
from lingqu_customs.declarations.receipts import Receipts, receipt_in
from lingqu_customs.declarations.statuses import Statuses
from lingqu_customs.lifecycle.facts import AmendmentStep, Fact
from lingqu_customs.lifecycle.fold import fold
from lingqu_customs.nouns import AMENDMENTS, DECLARATIONS
from lingqu_customs.tables import RECEIPT, STANDING, WORK_ITEM

pytestmark = pytest.mark.integration

CODES = load_receipt_codes()
NUMBERS = [number(serial) for serial in range(1, 9)]
BEGIN_MS, MINUTE_MS, FRAME = 1_780_272_000_000, 60_000, 5
STATEMENT = {
    "direction": "export",
    "source": "customs_notice",
    "authorisation_ref": None,
    "declare_office": "4900",
    "declared_at": BEGIN_MS,
}


@dataclass(frozen=True)
class Desk:
    """What takes facts, each kind its own batch, in one transaction."""

    ground: Foundation
    declared: Declarations
    amended: Declarations
    receipts: Receipts

    def take(self, batch: Sequence[tuple[str, Document]]) -> None:
        with self.ground.writing.begin() as session:
            for kind, taker in (
                ("receipt", self.receipts),
                ("amendment", self.amended),
                ("declaration", self.declared),
            ):
                told = [fact for name, fact in batch if name == kind]
                if told:
                    assert not taker.take(session, told).refused


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with customs_ground(tmp_path, database_url) as ground:
        statuses = Statuses(ground, CODES)
        declared = Declarations.on(ground, DECLARATIONS, [DeclarationFollower(statuses)])
        yield Desk(
            ground,
            declared,
            Declarations.on(ground, AMENDMENTS, [AmendmentFollower(statuses)]),
            Receipts(declared.shelf, statuses, "43", ground.metrics),
        )


def receipt(declaration_no: str, code: str, minute: int) -> Document:
    at_ms = BEGIN_MS + minute * MINUTE_MS
    return {
        "declaration_no": declaration_no,
        "receipt_id": f"{code}-{minute}",
        "family": "single_window",
        "code": code,
        "event_at": at_ms,
        "received_at": at_ms,
        "office": "4900",
    }


def amendment(declaration_no: str, kind: str, step: str, minute: int) -> Document:
    at_ms = BEGIN_MS + minute * MINUTE_MS
    return {
        "declaration_no": declaration_no,
        "amendment_no": f"A-{declaration_no}",
        "kind": kind,
        "step": step,
        "event_at": at_ms,
        "received_at": at_ms,
        "office": "4900",
        "reason_code": "01",
    }


def what_happens(chance: random.Random) -> list[tuple[str, Document]]:
    """Return facts of all declarations, among them some that do not follow."""
    codes = list(CODES.families["single_window"].codes)
    told: list[tuple[str, Document]] = []
    for declaration_no in NUMBERS:
        drawn = [*"7LGPR", *chance.choices([*codes, "?"], k=chance.randint(0, 5))]
        told += (
            ("receipt", receipt(declaration_no, code, chance.randint(1, 60))) for code in drawn
        )
        kind = chance.choice(("modification", "withdrawal"))
        told += (
            ("amendment", amendment(declaration_no, kind, step, chance.randint(1, 90)))
            for step in chance.sample(("applied", "accepted", "granted", "refused"), 3)
        )
        head = complete_declaration(STATEMENT | {"declaration_no": declaration_no})
        told.append(("declaration", head))
    return told


def expected(told: Sequence[tuple[str, Document]]) -> dict[str, tuple[Any, ...]]:
    """Return by their own fold the states, guarantees and sentences that the facts leave."""
    facts: dict[str, list[Fact]] = {each: [] for each in NUMBERS}
    for kind, fact in told:
        if kind == "receipt":
            facts[fact["declaration_no"]].append(receipt_in(fact))
        elif kind == "amendment":
            names = ("amendment_no", "kind", "step", "event_at", "received_at")
            step = AmendmentStep(*(fact[name] for name in names))
            facts[fact["declaration_no"]].append(step)
    found = {each: fold(of_it, CODES) for each, of_it in facts.items()}
    return {
        each: (one.state, one.guaranteed, sorted(anomaly.sentence for anomaly in one.anomalies))
        for each, one in found.items()
    }


def left(ground: Foundation) -> dict[str, tuple[Any, ...]]:
    """Return the states that are kept, with the sentences of the open items."""
    with ground.reading() as session:
        items = session.execute(select(WORK_ITEM).where(WORK_ITEM.c.state == "open")).all()
        return {
            row.declaration_no: (
                row.state,
                row.guaranteed,
                sorted(
                    each.sentence for each in items if each.declaration_no == row.declaration_no
                ),
            )
            for row in session.execute(select(STANDING))
        }


def told_events(ground: Foundation) -> list[dict[str, Any]]:
    """Return what was told of declarations, in order."""
    version = ground.catalogue.contract("customs.declaration").latest()
    with ground.reading() as session:
        told = waiting_in(session, DECLARATIONS.topic)
    return [decode(each.payload[FRAME:], version) for each in told]


def receipts_in(events: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return the receipts that statuses name, each with its declaration."""
    statuses = [each for each in events if each["receipt"]]
    return {(each["declaration_no"], each["receipt"]["receipt_id"]) for each in statuses}


def emptied(ground: Foundation) -> None:
    nouns = (DECLARATIONS.table, AMENDMENTS.table)
    with ground.writing.begin() as session:
        for table in (*nouns, RECEIPT, STANDING, WORK_ITEM, OUTBOX_BUNDLE):
            session.execute(table.delete())


def test_any_order_and_batches_of_the_same_facts_end_as_one_fold_does(desk: Desk) -> None:
    chance = random.Random(6)
    for _ in range(4):
        told = what_happens(chance)
        wanted = expected(told)
        assert any(sentences for _, _, sentences in wanted.values())
        shuffled = [*told, *chance.sample([each for each in told if each[0] == "receipt"], 9)]
        chance.shuffle(shuffled)
        while shuffled:
            size = chance.randint(1, 40)
            batch, shuffled = shuffled[:size], shuffled[size:]
            desk.take(batch)

        assert left(desk.ground) == wanted
        events = told_events(desk.ground)
        states = {declaration_no: state for declaration_no, (state, *_) in wanted.items()}
        assert {each["declaration_no"]: each["state"] for each in events} == states
        assert receipts_in(events) == {
            (fact["declaration_no"], fact["receipt_id"]) for kind, fact in told if kind == "receipt"
        }
        emptied(desk.ground)


def test_a_batch_takes_as_many_statements_however_many_receipts_it_has(desk: Desk) -> None:
    def statements(told: Sequence[Document]) -> int:
        sent: list[str] = []
        listener = ("before_cursor_execute", lambda *said: sent.append(said[2]))
        event.listen(desk.ground.engine, *listener)
        desk.take([("receipt", each) for each in told])
        event.remove(desk.ground.engine, *listener)
        return len(sent)

    heads = [complete_declaration(STATEMENT | {"declaration_no": each}) for each in NUMBERS]
    desk.take([("declaration", each) for each in heads])
    few = statements([receipt(NUMBERS[0], "L", 1), receipt(NUMBERS[0], "7", 2)])
    many = statements([receipt(each, code, 3) for each in NUMBERS for code in "GCTPRH"])

    assert max(few, many) <= 16
