"""The periods that a statement of ours stands for: nothing more enters them."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu_medical.tables import CLEARING


def stated_periods(session: Session, treatment_region: str) -> dict[tuple[str, str], set[str]]:
    """Return by insured place and fund the periods whose statement stands; a returned one is open.

    Whoever states settlements or reversals reads this under the lock that stating a period takes.
    """
    columns = CLEARING.c
    found = select(columns.insured_region, columns.insutype, columns.period).where(
        columns.treatment_region == treatment_region, columns.state != "returned"
    )
    periods: dict[tuple[str, str], set[str]] = defaultdict(set)
    for insured_region, insutype, period in session.execute(found):
        periods[insured_region, insutype].add(period)
    return dict(periods)
