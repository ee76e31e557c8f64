"""What people of our region do in disputes and consultations."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lingqu.clock import CHINA, Clock
from lingqu.errors import ConflictError
from lingqu.outbox.events import Events
from lingqu_water.incidents.procedure import IllegalStepError, Procedure, side_of
from lingqu_water.incidents.proceeding import (
    Proceeding,
    find_proceeding,
    known_proceeding,
    steps_of,
    take_event,
)
from lingqu_water.incidents.telling import tell


class ProceedingExistsError(ConflictError):
    """A proceeding of that number was opened before."""

    def __init__(self, procedure: Procedure, proceeding_id: str) -> None:
        super().__init__(
            f"{procedure.name} {proceeding_id} was opened before; take a step in it, or leave the "
            "number out to get a new one"
        )


@dataclass(frozen=True)
class ProceedingDesk:
    """Opens proceedings of one kind and takes our steps in them, in the caller's transaction."""

    procedure: Procedure
    events: Events
    region: str
    clock: Clock

    def open(self, session: Session, said: Mapping[str, Any], proceeding_id: str | None) -> str:
        """Tell the other side and return the proceeding's number."""
        number = proceeding_id or self._number()
        if known_proceeding(session, self.procedure, number) is not None:
            raise ProceedingExistsError(self.procedure, number)
        opened = {
            self.procedure.id_field: number,
            self.procedure.opener_field: self.region,
            "step": self.procedure.opening,
            "sequence": 1,
        }
        self._tell(session, {**said, **opened})
        return number

    def take(
        self, session: Session, proceeding_id: str, step: str, said: Mapping[str, Any]
    ) -> None:
        """Take a step, or raise IllegalStepError naming those that are possible."""
        found = find_proceeding(session, self.procedure, proceeding_id, lock=True)
        legal = self.possible(found)
        if step not in legal:
            name = self.procedure.name
            raise IllegalStepError(name, proceeding_id, found.state, step, legal)
        steps = steps_of(session, self.procedure, proceeding_id)
        last = steps[-1]
        kept = {name: last.document[name] for name in self._kept()}
        taken = {
            "step": step,
            "sequence": last.taken.sequence + 1,
            "refers_to": last.taken.event_id,
        }
        self._tell(session, {**kept, **said, **taken})

    def possible(self, proceeding: Proceeding) -> tuple[str, ...]:
        """Return the steps that our region may take now."""
        side = side_of(self.region, proceeding.opener, proceeding.others)
        return self.procedure.legal(proceeding.state, side)

    def _kept(self) -> tuple[str, ...]:
        """Return the fields that every step repeats."""
        procedure = self.procedure
        return (
            procedure.id_field,
            procedure.opener_field,
            procedure.others_field,
            "title",
            "section_codes",
        )

    def _tell(self, session: Session, document: Mapping[str, Any]) -> None:
        row = {**document, "occurred_at": int(self.clock.now().timestamp() * 1000)}
        event_id = tell(session, self.events, self.procedure.topic, row)
        own = {"event_id": event_id, "origin": self.region, "section_codes": []}
        take_event(session, self.procedure, {**own, **row})

    def _number(self) -> str:
        day = self.clock.now().astimezone(CHINA)
        return f"{self.region}-{day:%Y%m%d}-{secrets.token_hex(3)}"
