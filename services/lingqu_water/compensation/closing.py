"""Closing a period: from then on its account never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from lingqu.clock import CHINA
from lingqu.errors import ConflictError, InputError
from lingqu_water.compensation import records, store
from lingqu_water.compensation.acts import Desk, Signer
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.lifecycle import CLAIM
from lingqu_water.compensation.reckoning import annual_terms
from lingqu_water.compensation.store import Kept
from lingqu_water.compensation.tested import Traces
from lingqu_water.period import is_year, month_of, months_of_year, over_at_ms


def close(book: Book, session: Session, agreement_id: str, period: str, signer: Signer) -> Kept:
    """Close a period and claim its account from the other parties."""
    desk = Desk.on(book, session, agreement_id, period)
    if desk.kept.closed:
        raise ConflictError(f"{desk.named} is closed; what changes now enters the next open period")
    desk = freeze(desk, signer)
    kept = replace(desk.kept, version=desk.kept.version + 1)
    event_id = replace(desk, kept=kept).say(CLAIM, signer)
    kept = replace(kept, event_id=event_id)
    store.put(session, kept)
    _go_on(desk)
    return desk.renewed(kept)


def freeze(desk: Desk, signer: Signer) -> Desk:
    """Close the account without saying so; raise where it cannot be closed yet."""
    _check(desk, signer)
    now_ms = desk.book.announcer.now_ms()
    kept = replace(desk.kept, closed_at_ms=now_ms, terms=desk.agreement)
    records.keep_trace(desk.session, *kept.key, _traces(desk))
    store.put(desk.session, kept)
    return replace(desk, kept=kept)


def confirm_closing(desk: Desk, signer: Signer) -> Desk:
    """Close the account where it is still open, because a claim on it is confirmed."""
    if desk.kept.closed:
        return desk
    desk = freeze(desk, signer)
    _go_on(desk)
    return desk


def _check(desk: Desk, signer: Signer) -> None:
    account = desk.kept.account
    over_ms = over_at_ms(account.period)
    if desk.book.announcer.now_ms() < over_ms:
        day = datetime.fromtimestamp(over_ms / 1000, UTC).astimezone(CHINA)
        raise ConflictError(f"{desk.named} can be closed from {day:%Y-%m-%d} on: it is not over")
    if account.status == "tested":
        raise ConflictError(
            f"{desk.named} is a result without money; close the year {account.period[:4]}"
        )
    if account.status != "computed" and not signer.reason:
        raise InputError(
            f"{desk.named} is {account.status} ({';'.join(account.reasons)}); to close it as it "
            "stands give the reason that the parties have agreed on"
        )
    _check_months(desk.session, desk.agreement, account.period)


def _check_months(session: Session, agreement: Agreement, period: str) -> None:
    """Refuse to close a year that adds up months while one of them is open."""
    if not is_year(period) or annual_terms(agreement, int(period)) is not None:
        return
    covered = {str(one) for one in months_of_year(int(period)) if agreement.round_of(one)}
    left = sorted(covered - store.closed_periods(session, agreement.id))
    if left:
        raise ConflictError(f"{agreement.id} {period}: close its months first; open: {left}")


def _traces(desk: Desk) -> Traces:
    """Return the readings that the account stands on, by month and section."""
    period, agreement = desk.kept.account.period, desk.agreement
    if is_year(period) and annual_terms(agreement, int(period)) is None:
        return {}
    months = months_of_year(int(period)) if is_year(period) else [month_of(period)]
    reckoning = desk.book.reckoning
    return {str(one): reckoning.traces(desk.session, agreement, one) for one in months}


def _go_on(desk: Desk) -> None:
    """Recount what depends on the period being closed: its year, and the next open period."""
    period = desk.kept.account.period
    months = [] if is_year(period) else [month_of(period)]
    desk.book.recount(desk.session, desk.agreement, months, [period])
