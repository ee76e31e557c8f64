"""Accounts on both kinds of database, and over the published readings of a real section."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from tests.support.published_classes import HOURLY, SHARED
from tests.support.readings import COLLECTED_MS
from tests.support.waiting import wait_until
from tests.unit.lingqu_water.compensation.books import (
    OFFICE,
    Booking,
    booking,
    corrected,
    measured,
    months,
)
from tests.unit.lingqu_water.compensation.given import agreement, round_document

from lingqu_water.compensation import store
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.library import read_agreements
from lingqu_water.forms import read
from lingqu_water.judgement.items import shipped_items
from lingqu_water.readings.model import Reading
from lingqu_water.readings.review import Stretch, Verdict, review

pytestmark = pytest.mark.integration

UPSTREAM_PAID = ("43", "50", 40.0, None)
DOWNSTREAM_PAID = ("50", "43", 40.0, None)
LIYE = "43-里耶镇"
JUMP_MS = int(datetime(2021, 4, 2, 8, tzinfo=UTC).timestamp() * 1000)
END_MS = int(datetime(2021, 4, 5, 2, tzinfo=UTC).timestamp() * 1000)
SECOND: dict[str, Any] = {"section_code": "43-别处", "section_name": "别处"}
BOTH = agreement(
    round_document(
        sections=[{"code": "43-示例", "name": "示例"}, {"code": "43-别处", "name": "别处"}]
    )
)


@pytest.fixture
def books(database_url: str) -> Iterator[Booking]:
    with booking(url=database_url) as found:
        yield found


def test_accounts_are_made_closed_corrected_and_settled(books: Booking) -> None:
    books.take(*months(4, 5))
    claim = books.close("2021-04").event_id
    assert claim is not None
    books.receive(
        {
            "event_id": "answer-of-50",
            "occurred_at": 1_900_000_000_000,
            "origin": "50",
            "change": "first",
            "agreement_id": "shili",
            "period": "2021-04",
            "state": "confirmed",
            "refers_to": claim,
            "statements": [],
        }
    )
    assert books.settle("2021-04").state == "settled"

    books.take(corrected(measured(4, 0), 40.0))

    assert books.payments("2021-04") == [UPSTREAM_PAID]
    assert books.payments("2021-05") == [UPSTREAM_PAID, ("50", "43", 80.0, "2021-04")]
    assert [one["state"] for one in books.published()] == [
        "computed",
        "computed",
        "claimed",
        "settled",
        "computed",
    ]


def test_what_is_rolled_back_leaves_neither_account_nor_event(books: Booking) -> None:
    with books.sessions() as session:
        books.taken.readings.take(session, months(4))
        assert store.get(session, "shili", "2021-04") is not None
        session.rollback()

    assert books.accounts() == {}
    assert books.published() == []


def test_two_transactions_on_one_agreement_overlook_none_of_each_others_readings(
    postgres_url: str,
) -> None:
    """Each brings one section's readings; the second waits and then counts both."""
    with booking(BOTH, url=postgres_url) as books:
        books.take(*months(3), *months(3, **SECOND))  # both sections are known

        def second() -> None:
            books.take(*months(4, **SECOND))

        other = threading.Thread(target=second)
        with books.sessions.begin() as session:
            books.taken.readings.take(session, months(4))
            other.start()
            wait_until(lambda: _waits_for_a_lock(books.taken.engine))
        other.join(30)

        assert not other.is_alive()
        assert books.account("2021-04").status == "computed"
        assert books.account("2021-04").readings == 4


def _waits_for_a_lock(engine: Engine) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with engine.connect() as connection:
        return bool(connection.execute(text(waiting)).scalar())


def youshui(min_readings: int) -> Agreement:
    """Return the agreement that ships, with a threshold that five days of April can reach."""
    shipped = read_agreements(shipped_items())["youshui"].agreement.model_dump(mode="json")
    for terms in shipped["rounds"]:
        (entry,) = terms["measuring"]
        entry |= {"per_day": None, "min_percent": None, "min_readings": min_readings}
    return Agreement.model_validate(shipped)


def liye() -> list[Reading]:
    file = SHARED / HOURLY[0]
    with read(file, file.name, collected_on=date(2021, 4, 6)) as form:
        stated = [row.statement for row in form if row.statement is not None]
    return [one for one in stated if one.section_code == LIYE]


def reviewed(
    books: Booking, from_ms: int, until_ms: int, *, hours_later: int, reason: str | None = None
) -> None:
    """Make readings final, or say with a reason that they are not valid."""
    at_ms = COLLECTED_MS + hours_later * 3_600_000
    validity = "invalid" if reason else "valid"
    verdict = Verdict("final", OFFICE.org, validity, reason, at_ms)
    with books.sessions.begin() as session:
        review(session, books.taken.readings, Stretch(LIYE, from_ms, until_ms), verdict)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data files are not here")
def test_the_jump_at_liye_turns_april_until_a_review_calls_it_invalid() -> None:
    with booking(youshui(7)) as books:
        books.take(*liye())
        assert books.account("2021-04", "youshui").status == "insufficient"
        assert books.published() == []

        reviewed(books, 0, 2_000_000_000_000, hours_later=1_000)
        account = books.account("2021-04", "youshui")
        (codmn,) = [mean for mean in account.sections[0].means if mean.item == "codmn"]
        assert (account.water_class, account.outcome) == ("Ⅳ", "missed")
        assert (codmn.count, round(codmn.value or 0, 3)) == (13, 7.525)
        assert books.payments("2021-04", "youshui") == [DOWNSTREAM_PAID]

        held = "高锰酸盐指数长时间不变,维护期间数值"
        reviewed(books, JUMP_MS, END_MS, hours_later=1_001, reason=held)
        account = books.account("2021-04", "youshui")
        assert (account.water_class, account.outcome) == ("Ⅱ", "met")
        assert books.payments("2021-04", "youshui") == [UPSTREAM_PAID]
        assert account.unverified == ("数据量门槛", "金额")
        assert [one["change"] for one in books.published()] == ["first", "revision"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data files are not here")
def test_five_days_are_too_little_for_the_agreement_as_it_ships() -> None:
    shipped = read_agreements(shipped_items())["youshui"].agreement
    with booking(shipped) as books:
        books.take(*liye())
        reviewed(books, 0, 2_000_000_000_000, hours_later=1_000)

        account = books.account("2021-04", "youshui")
        assert (account.status, account.lines) == ("insufficient", ())
        assert "协议要求 108 个" in account.reasons[0]
