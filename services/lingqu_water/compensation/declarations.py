"""An accident that a person declares for a period, because no reading says who caused it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from lingqu.errors import ConflictError, InputError
from lingqu_water.compensation import store
from lingqu_water.compensation.acts import Signer
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.reckoning import annual_terms
from lingqu_water.compensation.tables import ACCIDENT
from lingqu_water.period import Month, check_period, is_year, month_of


def declare_accident(
    book: Book,
    session: Session,
    agreement_id: str,
    period: str,
    signer: Signer,
    *,
    happened: bool,
) -> None:
    """Declare an accident for an open period, or take the declaration back; recounts it."""
    check_period(period)
    agreement = book.library.get(session, agreement_id).agreement
    _check(agreement, period)
    store.lock(session, agreement_id)
    if period in store.closed_periods(session, agreement_id):
        raise ConflictError(f"{agreement_id} {period} is closed; nothing can be declared for it")
    columns = ACCIDENT.c
    place = (columns.agreement == agreement_id, columns.period == period)
    session.execute(delete(ACCIDENT).where(*place))
    if happened:
        session.execute(insert(ACCIDENT).values(_values(book, agreement_id, period, signer)))
    book.recount(session, agreement, _months(period), [period])


def _check(agreement: Agreement, period: str) -> None:
    """Refuse an accident that no rule of the period asks for."""
    if is_year(period):
        terms = annual_terms(agreement, int(period))
    else:
        terms = agreement.round_of(month_of(period))
        terms = None if terms is None or terms.annual else terms
    if terms is None or not terms.rule.on_accident:
        raise InputError(
            f"{agreement.id} says nothing of accidents for {period}; a rule by the month takes "
            "them for a month, one by the year for a year"
        )


def _values(book: Book, agreement_id: str, period: str, signer: Signer) -> dict[str, object]:
    if not signer.reason:
        raise InputError("an accident needs a reason; say what happened and who found so")
    return {
        "agreement": agreement_id,
        "period": period,
        "reason": signer.reason,
        "declared_by": signer.person or signer.org,
        "declared_at_ms": book.announcer.now_ms(),
    }


def _months(period: str) -> Iterable[Month]:
    return [] if is_year(period) else [month_of(period)]
