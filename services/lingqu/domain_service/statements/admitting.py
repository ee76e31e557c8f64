"""Events admitted by columns where that is exact, else row by row, which tells what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from lingqu.admission import Admitted
from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.value_kinds import Column, kinds_of
from lingqu.errors import PermanentError
from lingqu.outbox.events import Events


class Admitting:
    """Admits a service's own events of one topic, by columns where they can be.

    What does not fit the schema is refused row by row, as `Events.admit` does.
    """

    def __init__(self, events: Events, topic: str, version: ContractVersion) -> None:
        self._events = events
        self._topic = topic
        self._kinds = kinds_of(version.schema)

    def admit(self, events: Sequence[Document]) -> Admitted:
        """Return what may be published and why the rest may not; nothing is written."""
        columns = self._columns(events)
        if columns is not None:
            try:
                return self._events.admit_columns(self._topic, columns)
            except PermanentError:
                pass  # some row does not fit; which one and why is told by rows
        return self._events.admit(self._topic, events)

    def _columns(self, events: Sequence[Document]) -> dict[str, Column] | None:
        """Return the events as columns; None where they differ in fields or a type is in doubt."""
        if len(set(map(len, events))) != 1:
            return None
        names = list(events[0])
        try:
            values = list(zip(*map(itemgetter(*names), events), strict=True))
        except KeyError:
            return None
        columns: dict[str, Column] = {}
        for name, of_name in zip(names, values, strict=True):
            kind = self._kinds.get(name)
            column = None if kind is None else kind.column(of_name)
            if column is None:
                return None
            columns[name] = column
        return columns
