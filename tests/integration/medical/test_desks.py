"""What arrives from the other province, in whatever order, and how it is answered."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text
from tests.support.medical import (
    KEY,
    SIGNED,
    Desks,
    arrived,
    cancel,
    carry,
    desks,
    settle,
    statement,
    tell,
    told,
)
from tests.support.waiting import wait_until

from lingqu_medical.clearing import steps
from lingqu_medical.clearing.audit import disagreements
from lingqu_medical.clearing.desk import BooksDifferError
from lingqu_medical.reconciliations import desk as reconciliation
from lingqu_medical.reconciliations.scope import Scope
from lingqu_medical.tables import CLEARING, CLEARING_STEP

pytestmark = pytest.mark.integration

SCOPE = Scope("43", "44", date(2025, 3, 18), date(2025, 3, 20))


def test_the_other_side_names_every_row_that_differs(hunan: Desks, guangdong: Desks) -> None:
    settle(hunan, *(statement(f"S{number}", number * 100) for number in range(1, 6)))
    cancel(hunan, "R1", "S1")
    events = told(hunan)
    other = dict(events[1])
    other["fund_pay_sumamt_fen"] += 1
    tell(
        guangdong, [events[0], other, *events[3:], {**events[0], "setl_id": "S9", "event_id": "x"}]
    )

    with hunan.ground.writing.begin() as session:
        id_ = hunan.reconciliations.state(session, SCOPE, None)
        stated = hunan.reconciliations.journal.find(session)
    with guangdong.ground.writing.begin() as session:
        guangdong.reconciliations.journal.handle(session, reconciliation.TOPIC, arrived(stated))
        answer = guangdong.reconciliations.answer(session, id_, None)
        found = guangdong.reconciliations.shown(session, answer)
    differing = {(one["id"], one["refunded"]): one["kind"] for one in found["differences"]}
    assert differing == {
        ("S1", True): "missing_here",
        ("S2", False): "different_amounts",
        ("S3", False): "missing_here",
        ("S9", False): "missing_there",
    }
    assert (found["result"], found["difference_count"]) == ("different", 4)


def test_many_rows_go_in_parts_and_are_compared_when_all_have_arrived(
    hunan: Desks, guangdong: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_ROWS_A_PART", 3)
    settle(hunan, *(statement(f"S{number}", number * 100) for number in range(8)))
    tell(guangdong, told(hunan))
    with hunan.ground.writing.begin() as session:
        id_ = hunan.reconciliations.state(session, SCOPE, None)
        said = hunan.reconciliations.journal.find(session)
    parts = sorted(said, key=lambda part: int(part["part"]))
    assert [len(part["rows"]) for part in parts] == [3, 3, 2]
    for part in reversed(parts):
        with guangdong.ground.writing.begin() as session:
            guangdong.reconciliations.journal.handle(session, reconciliation.TOPIC, arrived([part]))
    with guangdong.ground.writing.begin() as session:
        answer = guangdong.reconciliations.answer(session, id_, None)
        assert guangdong.reconciliations.shown(session, answer)["result"] == "matched"


def test_a_statement_is_confirmed_only_where_our_own_book_comes_to_it(
    hunan: Desks, guangdong: Desks
) -> None:
    settle(hunan, statement("S1", 800_00), statement("S2", 500_00))
    events = told(hunan)
    tell(guangdong, events[:1])
    with hunan.ground.writing.begin() as session:
        hunan.clearing.generate(session, "2025-03", None, SIGNED)
        hunan.clearing.step(session, KEY, "confirmed_by_treatment", SIGNED)
    carry(hunan, guangdong, random.Random(1))
    with pytest.raises(BooksDifferError, match="says 130000 fen, our book 80000 fen"):
        confirm(guangdong)
    tell(guangdong, events[1:])
    confirm(guangdong)


def confirm(hub: Desks) -> None:
    with hub.ground.writing.begin() as session:
        hub.clearing.step(session, KEY, "confirmed_by_insured", SIGNED)


def test_steps_that_arrive_in_any_order_come_to_the_same_state(
    hunan: Desks, tmp_path: Path
) -> None:
    settle(hunan, statement("S1", 800_00))
    with hunan.ground.writing.begin() as session:
        (generated,) = hunan.clearing.generate(session, "2025-03", None, SIGNED)
        hunan.clearing.step(session, KEY, "confirmed_by_treatment", SIGNED)
        said = hunan.clearing.journal.find(session)
    more = [("confirmed_by_insured", "44"), ("funds_requested", "44"), ("paid", "44")]
    for number, (state, origin) in enumerate(more):
        own = {"event_id": f"e{number}", "origin": origin, "state": state, "lines": []}
        said.append({**generated, **own, "refers_to": generated["event_id"]})
    with desks(tmp_path / "44", f"sqlite:///{tmp_path / 'book.sqlite'}", "44") as book:
        for order in list(permutations(said))[::7]:
            with book.ground.writing.begin() as session:
                session.execute(delete(CLEARING))
                session.execute(delete(CLEARING_STEP))
                for event in order:
                    book.clearing.journal.handle(session, steps.TOPIC, arrived([event]))
                found = steps.standing(session, KEY)
            assert found is not None
            assert (found["state"], found["amount_fen"]) == ("paid", 800_00)


WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def test_steps_that_arrive_at_the_same_time_are_all_seen(hunan: Desks, guangdong: Desks) -> None:
    settle(hunan, statement("S1", 800_00))
    with hunan.ground.writing.begin() as session:
        (generated,) = hunan.clearing.generate(session, "2025-03", None, SIGNED)
    carry(hunan, guangdong, random.Random(1))
    journal, sessions = guangdong.clearing.journal, guangdong.ground.writing

    def arrive(state: str) -> dict[str, Any]:
        said = {"event_id": state, "state": state, "refers_to": generated["event_id"]}
        return {**generated, **said, "lines": []}

    def closed() -> None:
        with sessions.begin() as session:
            journal.handle(session, steps.TOPIC, arrived([arrive("closed")]))

    def waits() -> bool:
        with guangdong.ground.reading() as session:
            return bool(session.scalar(WAITING))

    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            journal.handle(session, steps.TOPIC, arrived([arrive("paid")]))
            other = pool.submit(closed)
            wait_until(lambda: other.done() or waits())
        other.result()
    with guangdong.ground.reading() as session:
        found = steps.standing(session, KEY)
    assert found is not None
    assert found["state"] == "closed"


def test_what_enters_a_stated_period_is_found_and_the_statement_stays(hunan: Desks) -> None:
    settle(hunan, statement("S1", 800_00))
    with hunan.ground.writing.begin() as session:
        hunan.clearing.generate(session, "2025-03", None, SIGNED)
        assert list(disagreements(session, hunan.clearing.book)) == []
    (event,) = told(hunan)
    later = {"event_id": "later", "occurred_at": event["occurred_at"] + 1, "change": "revision"}
    tell(hunan, [{**event, **later, "fund_pay_sumamt_fen": 799_99}])
    with hunan.ground.reading() as session:
        (found,) = disagreements(session, hunan.clearing.book, "2025-03")
        stands = steps.standing(session, KEY)
    assert found.fields()["difference_fen"] == 1
    assert stands is not None
    assert stands["amount_fen"] == 800_00


def test_history_differs_from_our_book_only_where_its_settlements_were_filled_in_too(
    hunan: Desks,
) -> None:
    settle(hunan, statement("S1", 800_00))
    with hunan.ground.writing.begin() as session:
        (stated,) = hunan.clearing.generate(session, "2025-03", None, SIGNED)
    past = {**stated, "event_id": "past", "mode": "backfill", "insutype": "390"}
    with hunan.ground.writing.begin() as session:
        hunan.clearing.journal.handle(session, steps.TOPIC, arrived([past]))
        assert list(disagreements(session, hunan.clearing.book)) == []
    settle(hunan, statement("S2", 799_99, insutype="390"))
    (event,) = [each for each in told(hunan) if each["setl_id"] == "S2"]
    later = {"event_id": "later", "occurred_at": event["occurred_at"] + 1, "change": "revision"}
    tell(hunan, [{**event, **later, "period": "2025-03"}])
    with hunan.ground.reading() as session:
        (found,) = disagreements(session, hunan.clearing.book)
    assert found.fields()["difference_fen"] == 1


def test_both_databases_come_to_the_same_book(hunan: Desks, guangdong: Desks) -> None:
    settle(
        hunan,
        statement("S1", 800_00),
        statement("S2", 500_00, insutype="390"),
        statement("S3", 70_00, clr_type=None, psn_cash_pay_fen=0),
        statement("S4", 60_00, clr_type="11"),
    )
    tell(guangdong, told(hunan))
    with hunan.ground.reading() as ours, guangdong.ground.reading() as theirs:
        book = hunan.clearing.book.statements(ours)
        assert book == guangdong.clearing.book.statements(theirs)
    assert {str(key): one.amount_fen for key, one in book.items()} == {
        "44→43 310 2025-03": 860_00,
        "44→43 390 2025-03": 500_00,
    }
    assert book[KEY].held_count == 1
