"""A service's own events: admitted like everybody's, and appended with the rows they speak of."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from lingqu.admission.filling import Lists, count_of
from lingqu.admission.gates import Gates
from lingqu.admission.results import Admitted, EncodedRow
from lingqu.errors import ContractError, Reason
from lingqu.outbox.append import append
from lingqu.outbox.model import EncodedEvent
from lingqu.quality import Tally
from lingqu.service.committed import once_committed


class RefusedEventError(ContractError):
    """A service made an event that its own contract refuses: a defect of the service."""

    def __init__(self, topic: str, reason: Reason) -> None:
        place = ", ".join(part for part in (reason.rule, reason.field) if part) or "the event"
        super().__init__(
            f"{topic} refuses an event of this service at {place}: {reason.detail}; mend the"
            " service"
        )


class Events:
    """Admits the events that a service makes, in the name of its hub; may be shared by threads.

    Rows are as JSON carries them, without `origin` (it is the hub's) and, where the id shall be
    made from source, key, time and content, without `event_id`. What is appended, and what was
    refused beside it, goes into the tally once it is committed.
    """

    def __init__(self, gates: Gates, source: str, tally: Tally | None = None) -> None:
        self._gates = gates
        self._source = source
        self._tally = tally
        self._one_at_a_time = threading.Lock()  # a gate serves one thread

    def admit(self, topic: str, rows: Sequence[Mapping[str, Any]]) -> Admitted:
        """Return what may be published and why the rest may not; nothing is written."""
        gate = self._gates.of(topic)
        own = {"origin": self._gates.region}
        with self._one_at_a_time:
            return gate.admit_rows([{**own, **row} for row in rows], self._source)

    def admit_columns(self, topic: str, columns: Mapping[str, Sequence[Any] | Lists]) -> Admitted:
        """Return the same for many events as columns; each has an `event_id`, none an `origin`."""
        gate = self._gates.of(topic)
        origin = [self._gates.region] * count_of(columns)
        with self._one_at_a_time:
            return gate.admit_columns({"origin": origin, **columns})

    def append(self, session: Session, topic: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Append the events in the caller's transaction, in order, and return their ids.

        Raises RefusedEventError before writing anything; UnavailableError without a registry.
        """
        admitted = self.admit(topic, rows)
        self.append_whole(session, topic, admitted)
        return [row.event_id for row in admitted.accepted]

    def append_whole(self, session: Session, topic: str, admitted: Admitted) -> None:
        """Append what was admitted where nothing was refused, in the caller's transaction.

        Raises RefusedEventError before writing anything.
        """
        for reason in admitted.refused.values():
            raise RefusedEventError(topic, reason)
        self.append_admitted(session, topic, admitted)

    def append_admitted(self, session: Session, topic: str, admitted: Admitted) -> None:
        """Append what `admit` accepted, in the caller's transaction."""
        append(
            session,
            topic,
            [EncodedEvent(row.event_id, row.key, row.payload) for row in admitted.accepted],
        )
        self._append_twins(session, topic, admitted.accepted)
        tally = self._tally
        if tally is not None:
            once_committed(session, lambda: tally.note(topic, self._source, admitted))

    def _append_twins(self, session: Session, topic: str, rows: Sequence[EncodedRow]) -> None:
        for twin in self._gates.of(topic).twins([row.payload for row in rows]):
            pairs = zip(rows, twin.payloads, strict=True)
            append(
                session,
                twin.topic,
                [EncodedEvent(row.event_id, row.key, payload) for row, payload in pairs],
            )

    def note_apart(
        self, session: Session, topic: str, *, refused: Mapping[str, int], repeats: int
    ) -> None:
        """Count what the service itself refused, by kind, or absorbed, once this is committed."""
        tally, region = self._tally, self._gates.region
        if tally is not None and (refused or repeats):
            told = partial(tally.note_apart, topic, self._source, region)
            once_committed(session, partial(told, refused=refused, repeats=repeats))
