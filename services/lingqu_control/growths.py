"""Growths of topics, as control keeps them: partitions that were added, and where the old ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lingqu_control.tables import GrowthRow


def growths_of(session: Session, topic: str) -> Sequence[GrowthRow]:
    """Return the growths of a topic, oldest first."""
    found = select(GrowthRow).where(GrowthRow.topic == topic).order_by(GrowthRow.partitions)
    return session.scalars(found).all()


def open_growths(session: Session) -> Sequence[GrowthRow]:
    """Return the growths that are not over."""
    found = select(GrowthRow).where(GrowthRow.ended_ms.is_(None)).order_by(GrowthRow.topic)
    return session.scalars(found).all()


def partitions_after(growths: Sequence[GrowthRow], at_first: int) -> int:
    """Return how many partitions a topic has that began with so many."""
    return max([each.partitions for each in growths if each.barrier], default=at_first)


def members_of(growths: Sequence[GrowthRow], at_first: int) -> dict[str, Any]:
    """Return what an agreement's state says of the growths of its topic."""
    return {
        "partitions": partitions_after(growths, at_first),
        "barriers": tuple(tuple(each.barrier) for each in growths if each.barrier),
        "growing_to": max([each.partitions for each in growths if not each.barrier], default=0),
    }


def forget_growths(session: Session, topics: Collection[str]) -> list[str]:
    """Forget the growths of topics that were made anew; return which of them had any."""
    gone = delete(GrowthRow).where(GrowthRow.topic.in_(topics)).returning(GrowthRow.topic)
    return sorted(set(session.scalars(gone)))
