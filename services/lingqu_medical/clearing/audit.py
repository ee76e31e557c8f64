"""Statements that the book no longer comes to: something entered a period that had been stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from lingqu.domain_service.filters import equal
from lingqu_medical.clearing import steps
from lingqu_medical.clearing.book import Book
from lingqu_medical.clearing.statement import Statement, statement_of
from lingqu_medical.tables import CLEARING


class Disagreement(NamedTuple):
    """A statement that stands, and what the events make of its period today."""

    stated: Statement
    ours: Statement

    def fields(self) -> dict[str, Any]:
        """Return its key and both amounts."""
        return {
            **self.stated.key._asdict(),
            "stated_fen": self.stated.amount_fen,
            "ours_fen": self.ours.amount_fen,
            "difference_fen": self.stated.amount_fen - self.ours.amount_fen,
        }


def disagreements(
    session: Session, book: Book, period: str | None = None
) -> Iterator[Disagreement]:
    """Give the statements, returned ones left out, that a recomputation does not come to.

    The statements themselves never change: a hub that was told a settlement anew, or late for its
    period, finds here what to inquire about. A statement that was filled in afterwards is held
    against what was filled in with it, if anything was.
    """
    found = book.statements(session, period=period)
    conditions = [CLEARING.c.state != "returned", *equal(CLEARING, period=period)]
    for event in steps.every(session, conditions):
        stated = statement_of(event)
        nothing = Statement(stated.key)
        ours = found.get(stated.key, nothing)
        is_history = event["mode"] != "live" and ours == nothing
        if stated != ours and not is_history:
            yield Disagreement(stated, ours)
