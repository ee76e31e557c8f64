"""Accounts as they are kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, delete, insert, select, text, tuple_, update
from sqlalchemy.orm import Session

from lingqu_water.compensation.account import Account
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.tables import ACCOUNT

_ACCOUNT = TypeAdapter(Account)


@dataclass(frozen=True, slots=True)
class Kept:
    """An account with what became of it; one that is closed never changes but for `today`."""

    account: Account
    state: str = "computed"
    version: int = 0
    digest: str = ""
    event_id: str | None = None
    changed_at_ms: int = 0
    closed_at_ms: int | None = None
    terms: Agreement | None = None
    today: Account | None = None

    @property
    def closed(self) -> bool:
        return self.closed_at_ms is not None

    @property
    def key(self) -> tuple[str, str]:
        return self.account.agreement, self.account.period


def lock(session: Session, agreement_id: str) -> None:
    """Let one transaction at a time work on an agreement's accounts; SQLite has but one anyway.

    Whoever waits sees afterwards what the other has committed, and so loses no reading of it.
    """
    if session.get_bind().dialect.name == "postgresql":
        name = f"lingqu.water.compensation.{agreement_id}"
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def get(session: Session, agreement_id: str, period: str) -> Kept | None:
    return next(iter(_find(session, _where(agreement_id, ACCOUNT.c.period == period))), None)


def several(session: Session, agreement_id: str, periods: Collection[str]) -> dict[str, Kept]:
    """Return those of the periods that have an account."""
    found = _find(session, _where(agreement_id, ACCOUNT.c.period.in_(sorted(periods))))
    return {kept.account.period: kept for kept in found}


def every(session: Session, agreement_id: str) -> dict[str, Kept]:
    """Return all accounts of an agreement by period."""
    return {kept.account.period: kept for kept in _find(session, _where(agreement_id))}


def disturbed(session: Session, agreement_id: str) -> list[Kept]:
    """Return the closed accounts that today's readings differ from, or that correct others."""
    differs = ACCOUNT.c.today.is_not(None) | ACCOUNT.c.corrects
    return _find(session, _where(agreement_id, ACCOUNT.c.closed_at_ms.is_not(None), differs))


def closed_periods(session: Session, agreement_id: str) -> set[str]:
    columns = ACCOUNT.c
    found = select(columns.period).where(
        columns.agreement == agreement_id, columns.closed_at_ms.is_not(None)
    )
    return set(session.scalars(found))


def page(
    session: Session,
    *conditions: Any,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Kept]:
    """Return accounts by agreement and period, from behind a place."""
    statement = select(ACCOUNT).where(*conditions).order_by(ACCOUNT.c.agreement, ACCOUNT.c.period)
    if after is not None:
        statement = statement.where(tuple_(ACCOUNT.c.agreement, ACCOUNT.c.period) > after)
    return _find(session, statement.limit(limit))


def put(session: Session, kept: Kept) -> None:
    """Write an account in place of what stood for its period."""
    remove(session, kept)
    session.execute(insert(ACCOUNT).values(_values(kept)))


def remove(session: Session, kept: Kept) -> None:
    columns = ACCOUNT.c
    place = (columns.agreement == kept.key[0], columns.period == kept.key[1])
    session.execute(delete(ACCOUNT).where(*place))


def set_state(session: Session, kept: Kept, state: str) -> Kept:
    """Note how far the parties have come with an account."""
    if state != kept.state:
        columns = ACCOUNT.c
        place = (columns.agreement == kept.key[0], columns.period == kept.key[1])
        session.execute(update(ACCOUNT).where(*place).values(state=state))
    return replace(kept, state=state)


def _where(agreement_id: str, *conditions: Any) -> Select[Any]:
    found = select(ACCOUNT).where(ACCOUNT.c.agreement == agreement_id, *conditions)
    return found.order_by(ACCOUNT.c.period)


def _find(session: Session, statement: Select[Any]) -> list[Kept]:
    return [_kept(row) for row in session.execute(statement)]


def _kept(row: Any) -> Kept:
    return Kept(
        account=_ACCOUNT.validate_json(row.account),
        state=row.state,
        version=row.version,
        digest=row.digest,
        event_id=row.event_id,
        changed_at_ms=row.changed_at_ms,
        closed_at_ms=row.closed_at_ms,
        terms=None if row.terms is None else Agreement.model_validate_json(row.terms),
        today=None if row.today is None else _ACCOUNT.validate_json(row.today),
    )


def _values(kept: Kept) -> dict[str, Any]:
    account = kept.account
    return {
        "agreement": account.agreement,
        "period": account.period,
        "kind": account.kind,
        "status": account.status,
        "state": kept.state,
        "clears": account.clears,
        "account": _ACCOUNT.dump_json(account).decode(),
        "version": kept.version,
        "digest": kept.digest,
        "event_id": kept.event_id,
        "changed_at_ms": kept.changed_at_ms,
        "closed_at_ms": kept.closed_at_ms,
        "terms": None if kept.terms is None else kept.terms.model_dump_json(),
        "today": None if kept.today is None else _ACCOUNT.dump_json(kept.today).decode(),
        "corrects": bool(account.corrections),
    }
