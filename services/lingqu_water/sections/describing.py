"""Sections described otherwise, and all that was judged by them judged anew with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from lingqu.service.database import database_errors
from lingqu_water.sections.model import Section
from lingqu_water.sections.store import Sections, put_section


@dataclass(frozen=True, slots=True)
class Rejudged:
    """How many of a section's readings got another class, and how much was told anew of them."""

    readings: int = 0
    assessments: int = 0
    alerts: int = 0


# Judges by the limits that now apply to a section, in the transaction that changes them.
Rejudging = Callable[[Session, Section], Rejudged]


class Describing:
    """Writes what is known of sections; other limits and what they come to are one transaction."""

    def __init__(
        self, sessions: sessionmaker[Session], sections: Sections, rejudging: Rejudging
    ) -> None:
        self._sessions = sessions
        self._sections = sections
        self._rejudging = rejudging
        self._waiting: list[Section] = []

    def put(self, section: Section) -> Rejudged:
        """Write a section as an operator declares it.

        Raises UnavailableError where database or registry are away; nothing was done then.
        """
        with database_errors(), self._sessions.begin() as session:
            changed = put_section(session, section)
            found = self._rejudging(session, section) if changed else Rejudged()
        self._sections.forget()
        return found

    def seed(self, shipped: Iterable[Section]) -> None:
        """Write the shipped sections; those by which readings were judged otherwise have to wait.

        A service starts without the registry, and judging anew tells others of it.
        """
        self._waiting = self._sections.seed(shipped)

    def catch_up(self) -> None:
        """Write those that wait."""
        while self._waiting:
            self.put(self._waiting[0])
            self._waiting.pop(0)
