"""Which level an enterprise had on a day."""

from __future__ import annotations

from datetime import date

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu_customs.tables import AEO

_DAY_ZERO = date(1970, 1, 1)


def level_on(session: Session, code: str, day: date) -> Document | None:
    """Return the decision in force on that day, None where nobody told of one.

    The enterprise is named by its social credit code or its customs code. Where decisions overlap,
    the one that took effect last holds.
    """
    columns = AEO.c
    number = (day - _DAY_ZERO).days
    found = (
        select(columns.document)
        .where(
            or_(columns.enterprise_code == code, columns.customs_code == code),
            columns.change != "withdrawal",
            columns.valid_from <= number,
            or_(columns.valid_until.is_(None), columns.valid_until >= number),
        )
        .order_by(columns.valid_from.desc(), columns.occurred_at_ms.desc())
        .limit(1)
    )
    document = session.scalars(found).one_or_none()
    return None if document is None else orjson.loads(document)


def levels_of(session: Session, code: str) -> list[Document]:
    """Return all decisions about an enterprise, the first first."""
    columns = AEO.c
    found = select(columns.document).where(
        or_(columns.enterprise_code == code, columns.customs_code == code),
        columns.change != "withdrawal",
    )
    rows = session.scalars(found.order_by(columns.valid_from))
    return [orjson.loads(each) for each in rows]
