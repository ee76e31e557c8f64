"""Looking agreements and accounts up, by what people ask for."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from lingqu.service.paging import Position
from lingqu_water.compensation import messages, records, store
from lingqu_water.compensation.acts import UnknownAccountError
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.answering import account_detail
from lingqu_water.compensation.answers import AccountDetail
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.library import Library, Loaded
from lingqu_water.compensation.store import Kept
from lingqu_water.compensation.tables import ACCOUNT
from lingqu_water.compensation.tested import Trace, Traces
from lingqu_water.period import check_period, is_year, month_of, months_of_year


class Wanted(BaseModel):
    """Which accounts, and from where on."""

    model_config = ConfigDict(extra="forbid")

    agreement: str | None = None
    party: str | None = Field(default=None, description="region of a party, as 43")
    year: int | None = Field(default=None, ge=1990, le=2200)
    kind: Literal["monthly", "yearly", "correction"] | None = None
    status: (
        Literal["computed", "insufficient", "amount_missing", "base_missing", "tested"] | None
    ) = None
    state: Literal["computed", "claimed", "confirmed", "disputed", "settled"] | None = None
    limit: int = Field(default=100, ge=1, le=1000, description="rows a page")
    cursor: str | None = Field(
        default=None, max_length=2000, description="`next` of the page before"
    )


def agreements(
    library: Library, session: Session, party: str | None, example: bool | None
) -> list[Loaded]:
    """Return the agreements by id."""
    return [
        loaded
        for loaded in library.all(session).values()
        if (party is None or party in loaded.agreement.regions)
        and (example is None or loaded.agreement.example == example)
    ]


def accounts(
    library: Library,
    session: Session,
    wanted: Wanted,
    after: Position | None,
    *,
    cleared: bool = False,
) -> list[tuple[Agreement, Kept]]:
    """Return one account more than a page holds, to see whether more come."""
    there = {
        one.agreement.id: one.agreement for one in agreements(library, session, wanted.party, None)
    }
    columns = ACCOUNT.c
    conditions: list[ColumnElement[Any]] = [columns.agreement.in_(sorted(there))]
    for column, value in (
        (columns.agreement, wanted.agreement),
        (columns.kind, wanted.kind),
        (columns.status, wanted.status),
        (columns.state, wanted.state),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.year is not None:
        conditions.append(columns.period.startswith(f"{wanted.year:04d}"))
    if cleared:
        conditions.append(columns.clears)
    place = None if after is None else (str(after[0]), str(after[-1]))
    found = store.page(session, *conditions, after=place, limit=wanted.limit + 1)
    return [(kept.terms or there[kept.account.agreement], kept) for kept in found]


def detail(book: Book, session: Session, agreement_id: str, period: str) -> AccountDetail:
    """Return an account with its readings: as they stand, or as they stood when it was closed."""
    check_period(period)
    agreement = book.library.get(session, agreement_id).agreement
    kept = store.get(session, agreement_id, period)
    if kept is None:
        raise UnknownAccountError(agreement_id, period)
    agreement = kept.terms or agreement
    traces = records.kept_trace(session, agreement_id, period)
    if traces is None:
        traces = _live_traces(book, session, agreement, period)
    said = messages.about(session, agreement_id, period)
    documents = messages.documents(session, agreement_id, period)
    return account_detail(agreement, kept, traces, said, documents)


def _live_traces(book: Book, session: Session, agreement: Agreement, period: str) -> Traces:
    months = months_of_year(int(period)) if is_year(period) else [month_of(period)]
    found = {str(one): book.reckoning.traces(session, agreement, one) for one in months}
    return {month: traces for month, traces in found.items() if any(map(_any, traces.values()))}


def _any(trace: Trace) -> bool:
    return bool(trace.used or trace.excluded)
