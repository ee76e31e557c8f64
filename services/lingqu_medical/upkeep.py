"""What the medical service does by the clock: filings expire, and what waits is counted."""

from __future__ import annotations

import logging

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.upkeep import Chore
from lingqu.metrics import Metrics
from lingqu_medical.calendar_file import Calendar
from lingqu_medical.clearing.audit import disagreements
from lingqu_medical.clearing.book import Book
from lingqu_medical.filings.take import Filings
from lingqu_medical.inquiries.desk import InquiryDesk
from lingqu_medical.metrics import (
    DISAGREEMENTS,
    HELD,
    LOW_PREPAYMENTS,
    OVERDUE_INQUIRIES,
    WAITING,
)
from lingqu_medical.remittances.desk import balances
from lingqu_medical.reversals.lifecycle import WAITING as WAITING_STATES
from lingqu_medical.tables import REVERSAL, SETTLEMENT, is_live

logger = logging.getLogger(__name__)


def expiring(sessions: sessionmaker[Session], filings: Filings) -> Chore:
    """Return the chore that lets filings expire, at most a thousand a round."""

    def expire() -> None:
        with sessions.begin() as session:
            filings.expire(session)

    return Chore("expire-filings", 600.0, expire)


def auditing(reading: sessionmaker[Session], book: Book, metrics: Metrics) -> Chore:
    """Return the chore that recomputes every statement from the events."""

    def audit() -> None:
        with reading() as session:
            found = [str(each.stated.key) for each in disagreements(session, book)]
        metrics.set(DISAGREEMENTS, len(found))
        if found:
            logger.warning("our book does not come to these statements", extra={"keys": found[:20]})

    return Chore("audit-statements", 3_600.0, audit)


def _held() -> Select[int]:
    """Return how many live settlements are held back that nobody has taken back."""
    columns, undone = SETTLEMENT.c, REVERSAL.c
    taken_back = exists().where(
        undone.treatment_region == columns.treatment_region,
        undone.setl_id == columns.setl_id,
        undone.period.is_not(None),
    )
    return (
        select(func.count())
        .select_from(SETTLEMENT)
        .where(columns.held, is_live(SETTLEMENT), ~taken_back)
    )


def counting(
    reading: sessionmaker[Session],
    inquiries: InquiryDesk,
    book: Book,
    calendar: Calendar,
    region: str,
    metrics: Metrics,
) -> Chore:
    """Return the chore that counts what people have to look after, history left out."""

    def count() -> None:
        with reading() as session:
            held = session.scalar(_held())
            waiting = session.scalar(
                select(func.count())
                .select_from(REVERSAL)
                .where(
                    REVERSAL.c.kind == "rectify",
                    REVERSAL.c.state.in_(WAITING_STATES),
                    is_live(REVERSAL),
                )
            )
            unanswered = inquiries.unanswered(session)
            low = sum(
                one.warns(calendar.prepayment_warn_percent) for one in balances(session, book)
            )
        today = inquiries.today()
        late = sum(
            one["asked_region"] == region and one["answer_by"] < today and one["mode"] == "live"
            for one in unanswered
        )
        metrics.set(HELD, held or 0)
        metrics.set(WAITING, waiting or 0)
        metrics.set(OVERDUE_INQUIRIES, late)
        metrics.set(LOW_PREPAYMENTS, low)

    return Chore("count", 60.0, count)
