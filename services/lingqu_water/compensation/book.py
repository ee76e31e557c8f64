"""The accounts of all agreements, kept in step with the readings they stand on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from lingqu_water.compensation import records, store
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.announcer import Announcer
from lingqu_water.compensation.library import Library
from lingqu_water.compensation.reckoning import Reckoning
from lingqu_water.compensation.recount import Recount
from lingqu_water.period import Month, month_at
from lingqu_water.readings.follow import Change


@dataclass(frozen=True, slots=True)
class Book:
    """Follows the readings: accounts are a function of those that stand and of what was closed.

    One transaction at a time works on one agreement, so that none overlooks another's readings.
    """

    library: Library
    reckoning: Reckoning
    announcer: Announcer

    def follow(self, session: Session, changes: Sequence[Change]) -> None:
        """Recount what depends on the readings that changed, back-filled ones included."""
        codes = {change.after.section_code for change in changes}
        for agreement in self.library.followed(session):
            if codes.isdisjoint(agreement.section_codes):
                continue
            touched = [
                change.after
                for change in changes
                if change.after.section_code in agreement.section_codes
            ]
            months = {month_at(one.sampled_at_ms) for one in touched}
            mode = "live" if any(one.mode == "live" for one in touched) else "backfill"
            self.recount(session, agreement, months, mode=mode)

    def recount(
        self,
        session: Session,
        agreement: Agreement,
        months: Iterable[Month],
        periods: Iterable[str] = (),
        *,
        mode: str = "live",
    ) -> None:
        """Recount months, and periods by name, of one agreement."""
        store.lock(session, agreement.id)
        ours = self.library.is_ours(agreement)
        recount = Recount(session, agreement, self.reckoning, self.announcer, ours, mode)
        recount.run(months, periods)

    def rebuild(self, session: Session, agreement: Agreement) -> None:
        """Recount every open period of an agreement, because its terms are new here."""
        store.lock(session, agreement.id)
        there = store.every(session, agreement.id)
        periods = {period for period, kept in there.items() if not kept.closed}
        self.recount(session, agreement, self._known_months(session, agreement, there), periods)
        records.set_basis(session, agreement)

    def catch_up(self, sessions: sessionmaker[Session]) -> None:
        """Rebuild what was made by other terms than today's, an agreement a transaction."""
        with sessions() as session:
            waiting = self.outdated(session)
        for agreement in waiting:
            with sessions.begin() as session:
                self.rebuild(session, agreement)

    def outdated(self, session: Session) -> list[Agreement]:
        """Return the agreements whose accounts were made by other terms than today's."""
        return [
            one
            for one in self.library.followed(session)
            if records.basis(session, one.id) != one.digest
        ]

    def _known_months(
        self, session: Session, agreement: Agreement, kept: Collection[str]
    ) -> list[Month]:
        """Return the months that an account is kept of, or may be made of: most are still empty."""
        first_ms, last_ms = self.reckoning.readings.span(session, agreement.section_codes)
        known = {*kept, *records.accidents(session, agreement.id)}
        return [
            month
            for month in self._months(agreement)
            if str(month) in known or (first_ms < month.until_ms and month.from_ms <= last_ms)
        ]

    def _months(self, agreement: Agreement) -> list[Month]:
        """Return the months of its rounds up to now."""
        now = month_at(self.announcer.now_ms())
        months: list[Month] = []
        for terms in agreement.rounds:
            month = Month(terms.valid_from.year, terms.valid_from.month)
            while month <= now and terms.covers(month):
                months.append(month)
                month = month.next
        return months
