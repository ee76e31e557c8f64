"""What follows from a declaration or an amendment that comes to stand: its state."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu_customs.declarations.statuses import Statuses, lanes_of


class DeclarationFollower:
    """Lets a declaration have the state that its receipts give it, however early they came."""

    def __init__(self, statuses: Statuses) -> None:
        self._statuses = statuses

    def follow(self, session: Session, events: Sequence[Document]) -> None:
        revised = {each["declaration_no"] for each in events if each["change"] == "revision"}
        heads = {each["declaration_no"]: each for each in events}
        self._statuses.refold(session, lanes_of(events), heads=heads, tell_again=revised)


class AmendmentFollower:
    """Lets steps of amendments and withdrawals take effect on their declarations."""

    def __init__(self, statuses: Statuses) -> None:
        self._statuses = statuses

    def follow(self, session: Session, events: Sequence[Document]) -> None:
        self._statuses.refold(session, lanes_of(events))
