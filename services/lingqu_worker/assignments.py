"""Which feeds this worker runs: what the agreements on `lingqu.agreement.v1` ask of this hub."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Literal

from lingqu.admission.region import RegionScope
from lingqu.agreements.state import AgreementState
from lingqu.connect.api import SinkTask, TopicSource
from lingqu.connect.plugins import connector
from lingqu.errors import LingquError

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
        """Return the agreements in force for this hub, by feed id."""
        states = [self._state(name, record) for name, record in table.items()]
        return {
            state.feed: state
            for state in states
            if state is not None and state.flows_at(now_ms) and self.direction(state)
        }

    def direction(self, state: AgreementState) -> Direction | None:
        """Say which way an agreement flows here; None where it is none of this hub's business."""
        if self._own.admits(state.provider.region):
            return "outbound"
        if self._own.admits(state.recipient.region) and state.delivery.connector in SOURCE_OF_SINK:
            return "inbound"
        return None

    def _state(self, name: str, record: bytes) -> AgreementState | None:
        known = self._decoded.get(name)
        if known is None or known[0] != record:
            known = self._decoded[name] = (record, _decoded(name, record))
        return known[1]


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


def source_class(state: AgreementState) -> type[TopicSource]:
    """Return the source that reads what the agreement's sink delivers to this hub."""
    found = connector(SOURCE_OF_SINK[state.delivery.connector])
    if not issubclass(found, TopicSource):
        raise LingquError(f"connector {found.__name__} is not a topic source")
    return found
