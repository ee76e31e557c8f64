"""Which level an enterprise had on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu.instants import days
from lingqu_customs.tables import AEO


def levels_of(session: Session, code: str) -> list[Document]:
    """Return all decisions about an enterprise, the first first.

    The enterprise is named by its social credit code or its customs code.
    """
    columns = AEO.c
    found = select(columns.document).where(
        or_(columns.enterprise_code == code, columns.customs_code == code),
        columns.change != "withdrawal",
    )
    rows = session.scalars(found.order_by(columns.valid_from, columns.occurred_at_ms))
    return [orjson.loads(each) for each in rows]


def level_on(decisions: Iterable[Document], day: date) -> Document | None:
    """Return the one of an enterprise's decisions in force on that day, None where none is.

    Where decisions overlap, the one that took effect last holds.
    """
    number = days(day)
    held = (
        each
        for each in decisions
        if each["valid_from"] <= number
        and (each["valid_until"] is None or number <= each["valid_until"])
    )
    return max(held, key=lambda each: (each["valid_from"], each["occurred_at"]), default=None)
