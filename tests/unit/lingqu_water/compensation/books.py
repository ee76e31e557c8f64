"""Accounts over a database, kept in step with the readings that are taken into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session, sessionmaker
from tests.support.clock import FakeClock
from tests.support.outbox_events import waiting_in
from tests.support.readings import Taking, catalogue, events_of, final, items, reading, taking
from tests.unit.lingqu_water.compensation.given import HOURS_4_MS, agreement, make_tester

from lingqu.admission import RegionScope
from lingqu.service.database import session_factory
from lingqu.wire.codec import AvroCodec
from lingqu_water.compensation import store
from lingqu_water.compensation.account import Account
from lingqu_water.compensation.acts import Signer
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.announcer import Announcer
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.closing import close
from lingqu_water.compensation.correspondence import Correspondence
from lingqu_water.compensation.event import COMPENSATION_TOPIC
from lingqu_water.compensation.library import Library, Loaded
from lingqu_water.compensation.reckoning import Reckoning
from lingqu_water.compensation.replies import Answer, answer, settle
from lingqu_water.compensation.store import Kept
from lingqu_water.compensation.tables import COMPENSATION
from lingqu_water.judgement.items import shipped_items
from lingqu_water.period import Month
from lingqu_water.readings.model import Reading
from lingqu_water.readings.store import ReadingStore

OFFICE = Signer("湖南省财政厅", "张三")


def measured(month: int = 4, place: int = 0, codmn: float = 2.4, **more: Any) -> Reading:
    """Return a final statement of a month of 2021, so many times four hours after it began."""
    at_ms = Month(2021, month).from_ms + place * HOURS_4_MS
    raw = reading(sampled_at_ms=at_ms, items=items(w01019=codmn), as_of_ms=at_ms + HOURS_4_MS)
    told = final(raw) | {"sampled_at_ms": at_ms, "items": raw.items, "as_of_ms": raw.as_of_ms}
    return reading(**told | more)


def corrected(statement: Reading, codmn: float, **more: Any) -> Reading:
    """Return a later statement about the same reading with another value."""
    values: dict[str, Any] = statement._asdict()
    later = {"items": items(w01019=codmn), "as_of_ms": statement.as_of_ms + HOURS_4_MS}
    return Reading(**values | later | more)


def months(*numbers: int, codmn: float = 2.4, **more: Any) -> list[Reading]:
    """Return two final statements for each of the months, just enough for an account."""
    return [measured(number, place, codmn, **more) for number in numbers for place in (0, 1)]


@dataclass(frozen=True)
class Booking:
    """What a test does with readings and accounts, each in a transaction of its own."""

    taken: Taking
    book: Book
    clock: FakeClock

    @property
    def sessions(self) -> sessionmaker[Session]:
        return session_factory(self.taken.engine)

    def take(self, *statements: Reading, mode: str = "live") -> None:
        refused = self.taken.take(*statements, mode=mode).refused
        assert refused == {}

    def kept(self, period: str, agreement_id: str = "shili") -> Kept:
        with self.sessions() as session:
            found = store.get(session, agreement_id, period)
        assert found is not None
        return found

    def account(self, period: str, agreement_id: str = "shili") -> Account:
        return self.kept(period, agreement_id).account

    def accounts(self, agreement_id: str = "shili") -> dict[str, Account]:
        with self.sessions() as session:
            found = store.every(session, agreement_id)
        return {period: kept.account for period, kept in found.items()}

    def payments(self, period: str, agreement_id: str = "shili") -> list[tuple[Any, ...]]:
        """Return payer, payee, amount in 万元 and what it corrects, of each line."""
        return [
            (line.payer, line.payee, (line.amount_fen or 0) / 1e6, line.corrects)
            for line in self.account(period, agreement_id).lines
        ]

    def published(self) -> list[dict[str, Any]]:
        """Return the events on accounts that wait in the outbox, in order."""
        with self.sessions() as session:
            bodies = [each.payload[5:] for each in waiting_in(session, COMPENSATION_TOPIC)]
        contract, major = catalogue().by_topic(COMPENSATION_TOPIC)
        return AvroCodec(contract.latest(major).schema).decode_rows(bodies)

    def close(self, period: str, reason: str | None = None, agreement_id: str = "shili") -> Kept:
        signer = Signer(OFFICE.org, OFFICE.person, reason)
        with self.sessions.begin() as session:
            return close(self.book, session, agreement_id, period, signer)

    def answer(self, period: str, state: Answer, refers_to: str, reason: str | None = None) -> Kept:
        signer = Signer(OFFICE.org, OFFICE.person, reason)
        with self.sessions.begin() as session:
            return answer(self.book, session, "shili", period, state, refers_to, signer)

    def settle(self, period: str) -> Kept:
        with self.sessions.begin() as session:
            return settle(
                self.book, session, "shili", period, "国库拨字第1号", date(2021, 5, 18), OFFICE
            )

    def receive(self, *events: dict[str, Any]) -> None:
        with self.sessions.begin() as session:
            Correspondence(self.book.library).handle(session, COMPENSATION_TOPIC, events)


@contextmanager
def booking(
    *agreements: Agreement, url: str = "sqlite://", region: str = "43"
) -> Iterator[Booking]:
    """Yield the accounts of these agreements, or of the usual one, over a fresh database."""
    clock = FakeClock()
    loaded = {one.id: Loaded(one, "file") for one in agreements or (agreement(),)}
    book = Book(
        Library(loaded, RegionScope((region,)), shipped_items()),
        Reckoning(ReadingStore(), make_tester()),
        Announcer(events_of(region), clock),
    )
    with taking(url, book, clock=clock) as taken:
        COMPENSATION.create_all(taken.engine)
        yield Booking(taken, book, clock)
