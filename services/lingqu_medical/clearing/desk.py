"""Clearing done: statements generated from the book, and led from one state to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu.instants import days, milliseconds
from lingqu_medical.calendar_file import Calendar
from lingqu_medical.clearing import steps
from lingqu_medical.clearing.book import Book
from lingqu_medical.clearing.lifecycle import (
    BY_TREATMENT,
    ClearingState,
    WrongSpeakerError,
    check_step,
)
from lingqu_medical.clearing.statement import Statement, StatementKey, key_of, statement_of
from lingqu_medical.journal import Journal
from lingqu_medical.period import period_at
from lingqu_medical.remittances.desk import RemittanceDesk
from lingqu_medical.tables import CLEARING, CLEARING_STEP


class BooksDifferError(ConflictError):
    """A statement is confirmed that our own book does not come to."""

    def __init__(self, key: StatementKey, stated: Statement, ours: Statement) -> None:
        super().__init__(
            f"clearing statement {key} says {stated.amount_fen} fen, our book {ours.amount_fen} "
            "fen; reconcile the days of the period, or return the statement"
        )


@dataclass(frozen=True, slots=True)
class Signed:
    """Who states a step, and what it needs beside that."""

    organisation: str | None = None
    person: str | None = None
    reason: str | None = None
    voucher_no: str | None = None
    paid_on: int | None = None

    def fields(self) -> dict[str, Any]:
        return {
            "stated_by_org": self.organisation,
            "stated_by": self.person,
            "reason": self.reason,
            "voucher_no": self.voucher_no,
            "paid_on": self.paid_on,
        }


class ClearingDesk:
    """States what others owe for treatment here, and answers what we owe for treatment there.

    `journal` is the handler of the topic: a step of the other province takes effect as ours do.
    `entering` are the shelves of what enters statements; they are locked while one is generated or
    goes on, so that nothing enters a period that is being stated and no step goes unseen.
    """

    def __init__(
        self,
        ground: Foundation,
        book: Book,
        calendar: Calendar,
        entering: tuple[Shelf, ...],
        remittances: RemittanceDesk,
    ) -> None:
        self._region = ground.settings.region
        self._clock = ground.clock
        self.book = book
        self._calendar = calendar
        self._entering = entering
        self.remittances = remittances
        self.journal = Journal(ground, steps.TOPIC, CLEARING_STEP, self._renew)

    def generate(
        self, session: Session, period: str, insured_region: str | None, signed: Signed
    ) -> list[Document]:
        """State a period that is over: each direction to us and fund that has no statement yet.

        A returned statement is stated anew, as its next version. Raises InputError before the
        period is over.
        """
        if period >= period_at(milliseconds(self._clock.now())):
            raise InputError(f"period {period} is not over; state it when its last day has passed")
        self._lock(session)
        book = self.book.statements(
            session, treatment_region=self._region, insured_region=insured_region, period=period
        )
        ours = CLEARING.c.treatment_region == self._region, CLEARING.c.period == period
        stated = {key_of(each): each for each in steps.every(session, ours)}
        return self.journal.say_all(session, list(self._due(book, stated, signed)))

    def step(self, session: Session, key: StatementKey, wanted: str, signed: Signed) -> Document:
        """Lead the statement that stands to its next state; return it as it stands then.

        To pay states the remittance too; to pay again under the same voucher says nothing new.
        Raises NotFoundError, IllegalStepError, WrongSpeakerError, and BooksDifferError where the
        insured place confirms what its own book does not come to.
        """
        self._lock(session)
        now = steps.standing(session, key)
        if now is None:
            raise NotFoundError(
                f"there is no clearing statement {key}; the treatment place states it"
            )
        said = self._said(now, wanted, signed)
        if not self._repeats_payment(session, now, said):
            self._check(session, key, now, wanted)
            self.journal.say(session, said)
        if wanted == "paid":
            self.remittances.pay(session, now, said)
        found = steps.standing(session, key)
        assert found is not None  # noqa: S101 - it stood before
        return found

    def our_confirmation(self, key: StatementKey) -> ClearingState:
        """Return what it means that we confirm: by the side of the statement that we are on."""
        ours = key.treatment_region == self._region
        return "confirmed_by_treatment" if ours else "confirmed_by_insured"

    def _lock(self, session: Session) -> None:
        for shelf in self._entering:
            shelf.lock(session)

    def _renew(self, session: Session, events: Sequence[Document]) -> None:
        """Let the statements stand anew; who says a step at the same time waits, and sees it."""
        self._lock(session)
        steps.renew(session, events)

    def _due(
        self,
        book: Mapping[StatementKey, Statement],
        stated: Mapping[StatementKey, Document],
        signed: Signed,
    ) -> Iterator[dict[str, Any]]:
        for key, statement in book.items():
            if not statement.lines:  # all of it is held back
                continue
            before = stated.get(key)
            if before is not None and before["state"] != "returned":
                continue
            yield {
                **statement.fields(),
                "paid_fen": None,
                "version": before["version"] + 1 if before else 1,
                "state": "generated",
                "due_on": self._due_on("generated", key.period),
                **signed.fields(),
            }

    def _said(self, now: Document, wanted: str, signed: Signed) -> dict[str, Any]:
        carried = (
            *StatementKey._fields,
            "version",
            "settlement_count",
            "reversal_count",
            "medfee_sumamt_fen",
            "amount_fen",
            "acct_pay_fen",
            "held_count",
        )
        return {
            **{name: now[name] for name in carried},
            **signed.fields(),
            "lines": [],
            "state": wanted,
            "refers_to": now["event_id"],
            "due_on": self._due_on(wanted, now["period"]),
            "paid_fen": now["amount_fen"] if wanted == "paid" else None,
        }

    def _check(self, session: Session, key: StatementKey, now: Document, wanted: str) -> None:
        check_step(str(key), now["state"], wanted)
        speaker = key.treatment_region if wanted in BY_TREATMENT else key.insured_region
        if speaker != self._region:
            raise WrongSpeakerError(str(key), wanted, speaker)
        if wanted == "confirmed_by_insured":
            self._check_books(session, key, now)

    def _repeats_payment(self, session: Session, now: Document, said: Mapping[str, Any]) -> bool:
        """Tell whether we have said already that this statement was paid, by this voucher."""
        if said["state"] != "paid":
            return False
        told = self.journal.find(session, CLEARING_STEP.c.refers_to == now["event_id"])
        ours = (one for one in told if one["state"] == "paid" and one["origin"] == self._region)
        return any(one["voucher_no"] == said["voucher_no"] for one in ours)

    def _check_books(self, session: Session, key: StatementKey, now: Document) -> None:
        stated, ours = statement_of(now), self.book.statement(session, key)
        if stated != ours:
            raise BooksDifferError(key, stated, ours)

    def _due_on(self, state: str, period: str) -> int | None:
        due = self._calendar.due_on(state, period)
        return None if due is None else days(due)
