"""What is filled in afterwards counts as what it is, and alerts nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.medical import SIGNED, Desks, arrived, at, cancellation, settle, statement

from lingqu.clock import china_day
from lingqu.instants import days
from lingqu_medical.calendar_file import load_calendar
from lingqu_medical.clearing import steps
from lingqu_medical.filings.take import Filings
from lingqu_medical.inquiries.desk import TOPIC, InquiryDesk
from lingqu_medical.metrics import HELD, OVERDUE_INQUIRIES, WAITING
from lingqu_medical.remittances.desk import balances
from lingqu_medical.upkeep import counting

pytestmark = pytest.mark.integration


def off(setl_id: str) -> dict[str, Any]:
    return statement(setl_id, 800_00, psn_cash_pay_fen=0)


def rectification(reversal_id: str, setl_id: str) -> dict[str, Any]:
    given = cancellation(reversal_id, setl_id, kind="rectify", infno="2601")
    named = {"original_msgid": f"M{reversal_id}", "original_infno": "2304"}
    return given | named | {"insured_region": "44", "reversed_at": at(given["reversed_at"])}


@pytest.mark.parametrize(("mode", "expected"), [("live", 1), ("backfill", 0), ("snapshot", 0)])
def test_what_waits_for_people_is_counted_where_it_was_told_live(
    hunan: Desks, mode: str, expected: int
) -> None:
    inquiries = InquiryDesk(hunan.ground, load_calendar())
    with hunan.ground.writing.begin() as session:
        assert not hunan.settlements.take(session, [off("S1")], mode=mode).refused
        assert not hunan.reversals.take(session, [rectification("R1", "S9")], mode=mode).refused
        asked = inquiries.ask(session, {"asked_region": "44", "text": "?"})
        told = {"event_id": "asked", "origin": "44", "mode": mode, "inquiry_id": "44-1"}
        sides = {"asking_region": "44", "asked_region": "43", "answer_by": asked["asked_on"] - 1}
        inquiries.journal.handle(session, TOPIC, arrived([{**asked, **told, **sides}]))

    metrics = hunan.ground.metrics
    book, calendar = hunan.clearing.book, load_calendar()
    counting(hunan.ground.reading, inquiries, book, calendar, "43", metrics).do()
    found = [metrics.value(each) for each in (HELD, WAITING, OVERDUE_INQUIRIES)]
    assert found == [expected] * 3


def test_history_that_was_paid_for_settlements_nobody_told_us_of_lays_nothing_out(
    hunan: Desks,
) -> None:
    settle(hunan, statement("S1", 800_00))
    with hunan.ground.writing.begin() as session:
        (stated,) = hunan.clearing.generate(session, "2025-03", None, SIGNED)
        past = {**stated, "event_id": "past", "mode": "backfill", "period": "2024-12"}
        closed = {**past, "event_id": "closed", "state": "closed", "refers_to": "past"}
        hunan.clearing.journal.handle(session, steps.TOPIC, arrived([past, closed]))
        (balance,) = balances(session, hunan.clearing.book)
    assert balance.outstanding_fen == 800_00


def test_a_filing_that_was_filled_in_expires_as_history(hunan: Desks) -> None:
    filings = Filings(hunan.ground)
    yesterday = days(china_day(hunan.ground.clock.now()) - timedelta(days=1))
    filed = {
        "insured_region": "43",
        "treatment_region": "44",
        "filing_type": "referral",
        "filed_at": at("2025-03-01T09:00:00+08:00"),
        "effective_from": yesterday - 9,
        "effective_until": yesterday,
    }
    with hunan.ground.writing.begin() as session:
        for mode in ("live", "backfill"):
            assert not filings.take(session, [{**filed, "filing_id": mode}], mode=mode).refused
        assert filings.expire(session) == 2
        found = {each["filing_id"]: each for each in filings.shelf.all(session)}
    assert {each["state"] for each in found.values()} == {"expired"}
    assert [each["mode"] for each in found.values()] == list(found)
