"""Whoever keeps something that follows from statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document


class Follower(Protocol):
    """Told of every event of a noun that comes to stand, own ones and other regions'."""

    def follow(self, session: Session, events: Sequence[Document]) -> None:
        """Keep what follows, in the transaction in which the events are kept and published.

        The events are whole, instants in milliseconds, in the order in which they came to stand;
        one key may have several. What comes too late to stand is left out. May block on the
        database only; what it raises undoes the events too.
        """
        ...
