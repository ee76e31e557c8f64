"""Accounts from the readings that stand, through the means of their months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lingqu_water.compensation import records, store
from lingqu_water.compensation.account import Account, Kind
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.months import month_account
from lingqu_water.compensation.round import Round
from lingqu_water.compensation.store import Kept
from lingqu_water.compensation.terms import AnnualClass
from lingqu_water.compensation.tested import SectionMonth, Tester, Trace
from lingqu_water.compensation.years import Months, annual_account, summed_account
from lingqu_water.period import Month, is_year, month_of, months_of_year
from lingqu_water.readings.store import ReadingStore


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Reckons an agreement's periods; what it returns is a function of what stands."""

    readings: ReadingStore
    tester: Tester

    def account(self, session: Session, agreement: Agreement, period: str) -> Account | None:
        """Return the period's account without corrections, None where there is nothing to say.

        A year is made from the accounts of its months as they are kept.
        """
        if not is_year(period):
            return self._month(session, agreement, month_of(period))
        year = int(period)
        if not clears_years(agreement, year):
            return None
        kept = _kept_months(session, agreement, year)
        months = {month: one.account for month, one in kept.items()}
        if not months:
            return None
        if annual_terms(agreement, year) is not None:
            last = _kept_months(session, agreement, year - 1) if improves(agreement, year) else {}
            before = {month: one.account for month, one in last.items()}
            return self._annual(session, agreement, year, months, before)
        agreed = {month for month, one in kept.items() if one.closed}
        return summed_account(agreement, year, months, agreed)

    def again(self, session: Session, terms: Agreement, closed: Account) -> Account:
        """Return what a closed account would be today, by the terms it was closed by."""
        period = closed.period
        found = self._anew(session, terms, period) if closed.kind != "correction" else None
        return found or self.empty(terms, period)

    def is_sum(self, agreement: Agreement, period: str) -> bool:
        """Say whether a period is a year that adds up months, which make good their own changes."""
        return is_year(period) and annual_terms(agreement, int(period)) is None

    def empty(self, agreement: Agreement, period: str) -> Account:
        """Return an account without readings, for what is due in a period or after the term."""
        terms = None if is_year(period) else agreement.round_of(month_of(period))
        within = terms or (annual_terms(agreement, int(period)) if is_year(period) else None)
        if within is None:
            return Account(agreement.id, period, "correction", None, True, "computed")
        kind: Kind = "yearly" if is_year(period) else "monthly"
        clears = is_year(period) or within.clearing == "month"
        reasons = ("本期尚无监测数据",)
        return Account(
            agreement.id, period, kind, within.name, clears, "insufficient", reasons=reasons
        )

    def traces(self, session: Session, agreement: Agreement, month: Month) -> dict[str, Trace]:
        """Return a month's readings by section, those used and those not."""
        terms = agreement.round_of(month)
        if terms is None:
            return {}
        return {one.section: trace for one, trace in self._test(session, terms, month)}

    def _month(self, session: Session, agreement: Agreement, month: Month) -> Account | None:
        terms = agreement.round_of(month)
        if terms is None:
            return None
        tests = self._test(session, terms, month)
        accident = str(month) in records.accidents(session, agreement.id)
        if not accident and not any(trace.used or trace.excluded for _, trace in tests):
            return None
        tested = [one for one, _ in tests]
        return month_account(agreement, terms, month, tested, accident=accident)

    def _test(
        self, session: Session, terms: Round, month: Month
    ) -> list[tuple[SectionMonth, Trace]]:
        return [
            self.tester.test(
                section,
                month,
                terms.measuring,
                self.readings.between(session, section.code, month.from_ms, month.until_ms),
            )
            for section in terms.sections
        ]

    def _annual(
        self,
        session: Session,
        agreement: Agreement,
        year: int,
        months: Months,
        before: Months,
    ) -> Account | None:
        terms = annual_terms(agreement, year)
        if terms is None:
            return None
        accident = str(year) in records.accidents(session, agreement.id)
        means = self.tester.means
        return annual_account(
            agreement, terms, year, months, means, accident=accident, before=before
        )

    def _anew(self, session: Session, terms: Agreement, period: str) -> Account | None:
        """Reckon from the readings alone, past what is kept of the months."""
        if not is_year(period):
            return self._month(session, terms, month_of(period))
        year = int(period)
        before = self._months(session, terms, year - 1) if improves(terms, year) else {}
        return self._annual(session, terms, year, self._months(session, terms, year), before)

    def _months(self, session: Session, terms: Agreement, year: int) -> Months:
        found = {str(month): self._month(session, terms, month) for month in months_of_year(year)}
        return {month: one for month, one in found.items() if one is not None}


def _kept_months(session: Session, agreement: Agreement, year: int) -> Mapping[str, Kept]:
    return store.several(session, agreement.id, [str(one) for one in months_of_year(year)])


def improves(agreement: Agreement, year: int) -> bool:
    """Say whether a year's account looks at the pass rate of the year before."""
    terms = annual_terms(agreement, year)
    return terms is not None and isinstance(terms.rule, AnnualClass) and bool(terms.rule.improving)


def clears_years(agreement: Agreement, year: int) -> bool:
    """Say whether any month of a year is cleared with the year."""
    terms = (agreement.round_of(month) for month in months_of_year(year))
    return any(one is not None and one.clearing == "year" for one in terms)


def annual_terms(agreement: Agreement, year: int) -> Round | None:
    """Return the round whose annual rule a year is judged by."""
    terms = agreement.round_of(Month(year, 1))
    return terms if terms is not None and terms.annual else None
