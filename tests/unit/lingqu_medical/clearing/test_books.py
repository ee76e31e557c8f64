"""Clearing equals a brute-force recomputation, and both hubs' books agree."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.unit.lingqu_medical.given import at, settlement

from lingqu.domain_service.statements.shelf import Shelf
from lingqu.errors import ContractError, Reason
from lingqu.inbox.handler import Received
from lingqu.service.database import make_engine
from lingqu_medical.clearing.book import Book, load_book
from lingqu_medical.clearing.statement import StatementKey, statement_of
from lingqu_medical.identities.profile import load_balance
from lingqu_medical.nouns import REVERSALS, SETTLEMENTS
from lingqu_medical.period import next_period
from lingqu_medical.reversals.prepare import Original, new_reversal
from lingqu_medical.settlements.stamp import stamped
from lingqu_medical.tables import TABLES

BALANCE, BOOK = load_balance(), load_book()
REGIONS = ("43", "44", "45")
FUNDS = ("310", "390")
Pair = tuple[str, str, str]


class Province:
    """A province of treatment: what it states, and by its own simple arithmetic what it is owed."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.events: list[tuple[str, Received]] = []
        self.owed: dict[StatementKey, int] = defaultdict(int)
        self.counted: dict[StatementKey, int] = defaultdict(int)
        self._stated: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._settled: list[dict[str, Any]] = []
        self._reversed: dict[str, str] = {}

    def settle(self, insured: str, fund: str, month: int, fen: int, off: int) -> None:
        number = len(self._settled)
        given = settlement(
            f"S{number}", fen,
            insuplc_admdvs=f"{insured}0100", insured_region=insured,
            mdtrtarea_admvs=f"{self.region}0100", treatment_region=self.region, insutype=fund,
            setl_time=at(f"2026-{month:02}-11T12:00:00"), psn_cash_pay_fen=150_00 + off,
        )  # fmt: skip
        stated = stamped(given, None, self._stated[insured, fund], BALANCE)
        self._settled.append(stated)
        self._publish(SETTLEMENTS.topic, stated)
        if not off:
            self._enter(insured, fund, month, fen)

    def cancel(self, which: int, month: int) -> None:
        if not self._settled:
            return
        one = self._settled[which % len(self._settled)]
        insured, fund = one["insured_region"], one["insutype"]
        given = {
            "reversal_id": f"R{len(self._reversed)}", "kind": "cancel",
            "infno": "2305", "setl_id": one["setl_id"],
            "reversed_at": at(f"2026-{month:02}-20T12:00:00"),
        }  # fmt: skip
        by = self._reversed.get(one["setl_id"])
        made = new_reversal(given, Original(one, by, self._stated[insured, fund]), self.region)
        if isinstance(made, Reason):
            return
        self._reversed[one["setl_id"]] = given["reversal_id"]
        self._publish(REVERSALS.topic, made)
        if not one["held"]:
            month = max(month, int(one["period"][5:]))
            self._enter(insured, fund, month, -one["fund_pay_sumamt_fen"])

    def state(self, insured: str, fund: str, month: int) -> None:
        self._stated[insured, fund].add(f"2026-{month:02}")

    def reopen(self, insured: str, fund: str, month: int) -> None:
        """Take a statement back, as the insured place does that returns it."""
        self._stated[insured, fund].discard(f"2026-{month:02}")

    def _enter(self, insured: str, fund: str, month: int, fen: int) -> None:
        period = f"2026-{month:02}"
        while period in self._stated[insured, fund]:
            period = next_period(period)
        key = StatementKey(self.region, insured, fund, period)
        self.owed[key] += fen
        self.counted[key] += 1

    def _publish(self, topic: str, said: dict[str, Any]) -> None:
        number = len(self.events)
        event = {
            "event_id": f"{self.region}-{number:06}", "occurred_at": number, "origin": self.region,
            "change": "first", **said,
        }  # fmt: skip
        self.events.append((topic, Received(event, 0, number)))


ACTIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("settle"), st.sampled_from(REGIONS), st.sampled_from(FUNDS),
            st.integers(1, 4), st.integers(0, 10**9), st.sampled_from((0, 0, 0, 1)),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 50), st.integers(1, 5)),
        st.tuples(
            st.sampled_from(("state", "reopen")), st.sampled_from(REGIONS),
            st.sampled_from(FUNDS), st.integers(1, 4),
        ),
    ),
    max_size=25,
)  # fmt: skip


def act(province: Province, actions: list[tuple[Any, ...]]) -> None:
    for name, *rest in actions:
        if name == "cancel" or rest[0] != province.region:
            getattr(province, name)(*rest)


def book(
    events: list[tuple[str, Received]], chance: random.Random, ours: Book = BOOK
) -> dict[StatementKey, Any]:
    """Return what a hub's book comes to that got the events in some order, some of them twice."""
    arriving = chance.sample(events, len(events)) + chance.sample(events, len(events) // 3)
    engine = make_engine("sqlite://")
    TABLES.create_all(engine)
    shelves = {noun.topic: Shelf(noun) for noun in (SETTLEMENTS, REVERSALS)}
    try:
        with Session(engine) as session:
            for topic, event in arriving:
                shelf = shelves[topic]
                if not shelf.known(session, [event["event_id"]]):
                    shelf.handle(session, topic, [event])
            return ours.statements(session)
    finally:
        engine.dispose()


# Told after its month was stated, and taken back when that statement had been returned.
LATE = [
    ("state", "44", "310", 1),
    ("settle", "44", "310", 1, 500_00, 0),
    ("reopen", "44", "310", 1),
    ("cancel", 0, 1),
]


@settings(max_examples=40, deadline=None)
@example((LATE, []), random.Random(1))
@given(st.tuples(ACTIONS, ACTIONS), st.randoms(use_true_random=False))
def test_clearing_is_what_was_settled_less_what_was_taken_back_in_any_order_of_arrival(
    actions: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]], chance: random.Random
) -> None:
    hunan, guangdong = Province("43"), Province("44")
    act(hunan, actions[0])
    act(guangdong, actions[1])
    events = hunan.events + guangdong.events
    ours, theirs = book(events, chance), book(events, chance)
    assert ours == theirs
    cleared = {key: one for key, one in ours.items() if one.lines}
    owed = {**hunan.owed, **guangdong.owed}
    assert {key: one.amount_fen for key, one in cleared.items()} == owed
    counts = {key: sum(line.count for line in one.lines) for key, one in cleared.items()}
    assert counts == {**hunan.counted, **guangdong.counted}


def test_a_statement_owes_what_the_operators_table_says(tmp_path: Path) -> None:
    told = {"source": "示例", "verified": False, "amount": ["fund_pay_sumamt_fen", "acct_pay_fen"]}
    (tmp_path / "clearing.yaml").write_text(json.dumps(told), "utf-8")
    hunan = Province("43")
    hunan.settle("44", "310", 1, 800_00, 0)
    chance = random.Random(1)
    ((_, ours),) = book(hunan.events, chance).items()
    ((_, other),) = book(hunan.events, chance, load_book(tmp_path)).items()

    assert (ours.amount_fen, other.amount_fen) == (800_00, 850_00)
    assert ours.lines == other.lines
    assert ours != other  # nobody confirms a statement that owes another sum
    assert statement_of(ours.fields()) == ours
    (tmp_path / "clearing.yaml").write_text(json.dumps(told | {"amount": []}), "utf-8")
    with pytest.raises(ContractError, match="amount"):
        load_book(tmp_path)


def test_the_order_of_a_statements_lines_tells_nothing() -> None:
    hunan = Province("43")
    hunan.settle("44", "310", 1, 800_00, 0)
    hunan.settle("44", "310", 1, 500_00, 0)
    hunan.cancel(1, 1)
    ((_, ours),) = book(hunan.events, random.Random(1)).items()
    fields = ours.fields()

    assert len(fields["lines"]) == 2
    assert statement_of(fields | {"lines": fields["lines"][::-1]}) == ours
