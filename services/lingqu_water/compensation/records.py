"""What is kept beside the accounts: readings of closed ones, accidents, the terms last used."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.tables import ACCIDENT, BASIS, TRACE
from lingqu_water.compensation.tested import Traces

_TRACES = TypeAdapter(Traces)


def keep_trace(session: Session, agreement_id: str, period: str, traces: Traces) -> None:
    """Keep the readings that an account is closed by."""
    document = _TRACES.dump_json(traces).decode()
    place = {"agreement": agreement_id, "period": period}
    session.execute(insert(TRACE).values(**place, trace=document))


def kept_trace(session: Session, agreement_id: str, period: str) -> Traces | None:
    """Return the readings that a closed account was made from, None for an open one."""
    columns = TRACE.c
    found = select(columns.trace).where(columns.agreement == agreement_id, columns.period == period)
    document = session.scalar(found)
    return None if document is None else _TRACES.validate_json(document)


def accidents(session: Session, agreement_id: str) -> set[str]:
    """Return the periods for which a person has declared an accident."""
    found = select(ACCIDENT.c.period).where(ACCIDENT.c.agreement == agreement_id)
    return set(session.scalars(found))


def basis(session: Session, agreement_id: str) -> str | None:
    """Return which terms the open accounts were last made by."""
    found = select(BASIS.c.digest).where(BASIS.c.agreement == agreement_id)
    return session.scalar(found)


def set_basis(session: Session, agreement: Agreement) -> None:
    session.execute(delete(BASIS).where(BASIS.c.agreement == agreement.id))
    session.execute(insert(BASIS).values(agreement=agreement.id, digest=agreement.digest))
