"""Which feeds this worker runs: what the agreements on `lingqu.agreement.v1` ask of this hub."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from lingqu.admission.region import RegionScope
from lingqu.agreements.state import AgreementState
from lingqu.connect.api import SinkTask, TopicSource
from lingqu.connect.plugins import Connector, connector
from lingqu.connect.record_source import RecordSource
from lingqu.errors import LingquError, NotFoundError

logger = logging.getLogger(__name__)

Direction = Literal["outbound", "inbound"]

# The connector that reads what a sink of another hub has written to this hub's cluster.
SOURCE_OF_SINK = {"kafka-sink": "kafka-source"}


class Assignments:
    """Decodes the agreement table and says what flows now, and which way."""

    def __init__(self, own: RegionScope) -> None:
        self._own = own
        self._decoded: dict[str, tuple[bytes, AgreementState | None]] = {}

    def flowing(self, table: Mapping[str, bytes], now_ms: int) -> dict[str, AgreementState]:
        """Return the agreements in force for this hub, by the name of what runs.

        A feed runs under its own; beside it each open order, with that one order in its agreement.
        """
        states = [self._state(name, record) for name, record in table.items()]
        return {
            each.runs_as: each
            for state in states
            if state is not None
            for way in [self.direction(state)]
            if way
            for each in _streams(state, way, now_ms)
        }

    def direction(self, state: AgreementState) -> Direction | None:
        """Say which way an agreement flows here; None where it is none of this hub's business.

        What a source brings comes in for the recipient, even from an office of its own region.
        """
        comes_in = is_source(state) or state.delivery.connector in SOURCE_OF_SINK
        if self._own.admits(state.provider.region) and not is_source(state):
            return "outbound"
        return "inbound" if comes_in and self._own.admits(state.recipient.region) else None

    def _state(self, name: str, record: bytes) -> AgreementState | None:
        known = self._decoded.get(name)
        if known is None or known[0] != record:
            known = self._decoded[name] = (record, _decoded(name, record))
        return known[1]


def _streams(state: AgreementState, way: Direction, now_ms: int) -> Iterator[AgreementState]:
    """Yield what runs now: offsets are altered while the feed rests, all else while it flows."""
    flows = state.flows_at(now_ms)
    rests = state.paused and replace(state, paused=False).flows_at(now_ms)
    if flows:
        yield replace(state, orders=())
    for order in state.orders:
        known = way == "outbound" or order.kind == "redrive"
        if known and (rests if order.kind == "offsets" else flows):
            yield replace(state, orders=(order,))


def _decoded(name: str, record: bytes) -> AgreementState | None:
    try:
        return AgreementState.decode(record)
    except LingquError as error:
        said = {"agreement": name, "why": str(error)}
        logger.error("agreement not understood", extra=said)  # noqa: TRY400 - the sentence is enough
        return None


def sink_class(state: AgreementState) -> type[SinkTask]:
    """Return the sink an agreement delivers by."""
    found = connector(state.delivery.connector)
    if not issubclass(found, SinkTask):
        raise LingquError(f"connector {state.delivery.connector!r} is not a sink")
    return found


def source_class(state: AgreementState) -> type[TopicSource | RecordSource]:
    """Return the agreement's source, or the one that reads what its sink delivers to this hub."""
    name = state.delivery.connector
    found = connector(SOURCE_OF_SINK.get(name, name))
    if issubclass(found, SinkTask):
        raise LingquError(f"connector {name!r} is not a source")
    return found


def is_source(state: AgreementState) -> bool:
    """Say whether the agreement's connector is a source; one that is not installed is none."""
    try:
        found: Connector = connector(state.delivery.connector)
    except NotFoundError:
        return False
    return not issubclass(found, SinkTask)
