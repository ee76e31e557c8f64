"""An order's dry run: counts what the order would send, and sends nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from lingqu.agreements.state import AgreementState
from lingqu.kafka.order_reports import OrderReport, ReportState
from lingqu_worker.feed import FeedStage
from lingqu_worker.gate import Gate
from lingqu_worker.lane import Position
from lingqu_worker.orders.extent import Extent, Extents
from lingqu_worker.orders.range_reader import RangeReader
from lingqu_worker.orders.stage import OrderStage
from lingqu_worker.records import Records
from lingqu_worker.resources import Resources


class DryRun:
    """Goes the way of the order itself, up to where it would call the partner.

    Keeps no progress: after a failure it counts anew.
    """

    in_hand = False
    sent = 0

    def __init__(
        self,
        state: AgreementState,
        today: FeedStage,
        partition: int,
        resources: Resources,
        gate: Gate,
    ) -> None:
        self._state = state
        self._today = today
        self._partition = partition
        self._resources = resources
        self._gate = gate
        self._reader = RangeReader(resources.kafka, state.topic, partition)
        self._extent = Extent([], 1, OrderStage.of_nothing(today))
        self._counts = (0, 0, 0)
        self._following = 1

    def prepare(self) -> bool:
        extents = Extents(self._state, self._partition, self._resources, self._reader)
        self._extent = extents.find(self._today)
        self._counts, self._following = (0, 0, 0), self._extent.first_sequence
        return bool(self._extent.ranges)

    def open(self) -> Position:
        return Position(self._extent.begin)

    def check(self) -> None:
        self._gate.check()

    def take_turn(self) -> None:
        """Nobody is called."""

    def batches(self, position: Position, most: int, stop: threading.Event) -> Iterator[Records]:
        del position
        return self._reader.read(self._extent.ranges, max(most, 10_000), stop)

    def process(self, records: Records) -> None:
        chosen = self._extent.stage.apply(records, self._following)
        self._following = chosen.next_sequence
        sent, withheld, dead = chosen.counts(records.offsets[0], records.next_offset)
        before = self._counts
        self._counts = (before[0] + sent, before[1] + withheld, before[2] + dead)

    def due(self) -> bool:
        return False

    def attend(self) -> None:
        """Nothing waits here."""

    def note(self, records: Records) -> None:
        """Nothing was sent."""

    def close(self) -> None:
        self._reader.close()

    def report(self, state: ReportState, why: str = "") -> OrderReport:
        (order,) = self._state.orders
        place = (order.number, self._partition, state, why)
        end = self._extent.end
        return OrderReport(*place, end, end, self._following, *self._counts, self._extent.gone)
