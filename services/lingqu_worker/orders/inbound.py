"""Redrive of what came in: dead letters of a partner's topic, admitted again as they are sealed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from lingqu.admission import Admission, AdmittedBatch
from lingqu.agreements.state import AgreementState
from lingqu.connect.binary import Binary
from lingqu.errors import PermanentError
from lingqu.kafka.letters import StoredLetter, redriven_record, sealed_contents
from lingqu.kafka.order_reports import OrderReport, ReportState
from lingqu.kafka.progress import Progress, progress_key
from lingqu.kafka.topics import DEAD_LETTER_TOPIC
from lingqu.kafka.transaction import TransactionalLane
from lingqu.sealing import open_under
from lingqu_worker.dead_letters import DeadLetters, Letter
from lingqu_worker.gate import Gate
from lingqu_worker.intake import publish
from lingqu_worker.lane import Position
from lingqu_worker.metrics import ADMITTED
from lingqu_worker.orders.meant_letters import meant_letters
from lingqu_worker.records import Records
from lingqu_worker.resources import Resources

# All letters of an order are held at once, sealed.
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readmission:
    """What a redrive of an inbound feed needs to admit again."""

    state: AgreementState
    admission: Callable[[], Admission]
    dead_letters: DeadLetters
    gate: Gate


class InboundRedrive:
    """Admits dead letters' events again, under today's contract and agreement.

    Exactly once: admitted events, letters of those refused again, the record of what was redriven
    and the progress are one transaction. The lane of partition 0 does it all, for letters name
    partitions of the partner's topic; the others have nothing to do.
    """

    in_hand = False

    def __init__(self, spec: Readmission, partition: int, resources: Resources) -> None:
        state = spec.state
        self._spec = spec
        self._partition = partition
        self._resources = resources
        (self._order,) = state.orders
        self._key = progress_key(resources.region, state.runs_as, state.topic, partition)
        self._id = f"lingqu.{resources.region}.{state.runs_as}.{partition}"
        self._meant: Sequence[StoredLetter] = ()
        self._sealed: dict[str, tuple[str | None, str | None]] = {}
        self._gone = 0
        self._log: TransactionalLane | None = None
        self._admission: Admission | None = None
        self._progress = Progress("", 0)

    @property
    def sent(self) -> int:
        return self._counts()[0]

    def prepare(self) -> bool:
        """Find the letters; those that were too large for their body cannot be admitted again."""
        if self._partition != 0:
            return False
        state, kafka = self._spec.state, self._resources.kafka
        found = meant_letters(kafka, state, self._order.selection.partition)
        if sum(letter.body_bytes for letter in found) > _MOST_BYTES:
            raise PermanentError(
                f"feed {state.feed!r}: the letters meant hold more than {_MOST_BYTES >> 20} MiB;"
                " cancel the order and give several, each from an earlier to a later time"
            )
        self._sealed = sealed_contents(kafka, state.feed, {letter.id for letter in found})
        self._meant = [letter for letter in found if self._sealed[letter.id][1] is not None]
        self._gone = len(found) - len(self._meant)
        return bool(self._meant)

    def open(self) -> Position:
        self._admission = self._spec.admission()
        self._progress = Progress("", 0, counts=(0, 0))
        if not self._order.dry_run:
            self._log = TransactionalLane(self._resources.kafka, self._id)
            stored = self._log.open(self._key)
            self._progress = self._progress if stored is None else Progress.decode(stored)
        return Position(self._progress.next_offset)

    def check(self) -> None:
        self._spec.gate.check()

    def take_turn(self) -> None:
        """Wait for a producer only: no partner is called."""
        if not self._order.dry_run:
            self._resources.producers.enter(self)

    def batches(self, position: Position, most: int, stop: threading.Event) -> Iterator[Records]:
        """Yield the letters' events; their offsets are the letters' places in this order."""
        for first in range(position.next_offset, len(self._meant), most):
            if stop.is_set():
                return
            places = range(first, min(first + most, len(self._meant)))
            opened = [self._opened(self._meant[place]) for place in places]
            keys, values = (Binary.of([one[part] for one in opened]) for part in (0, 1))
            yield Records(self._spec.state.topic, self._partition, places, keys, values)

    def process(self, records: Records) -> None:
        """Publish what is admitted now, and a letter for what is refused again."""
        assert self._admission is not None  # noqa: S101 - it is open, so this is
        admitted = self._admission.admit_payloads(list(records.values), list(records.keys))
        sent, dead = self._counts()
        counts = (sent + len(admitted.payloads), dead + len(admitted.refused))
        done = replace(self._progress, next_offset=records.next_offset, counts=counts)
        if self._log is not None:
            self._commit(self._log, self._admission, records, admitted, done)
        self._progress = done

    def note(self, records: Records) -> None:
        """All was noted with the effect."""

    def due(self) -> bool:
        return False

    def attend(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        log, self._log = self._log, None
        try:
            if log is not None:
                log.close()
        finally:
            self._resources.producers.leave(self)

    def report(self, state: ReportState, why: str = "") -> OrderReport:
        place = (self._order.number, self._partition, state, why)
        at, (sent, dead) = self._progress.next_offset, self._counts()
        end = len(self._meant)
        return OrderReport(*place, at, end, sent=sent, dead=dead, gone=self._gone)

    def _commit(
        self,
        log: TransactionalLane,
        admission: Admission,
        records: Records,
        admitted: AdmittedBatch,
        done: Progress,
    ) -> None:
        meant = self._meant[records.offsets[0] : records.next_offset]
        letters = [
            _again(meant[place], records, place, admitted) for place in sorted(admitted.refused)
        ]
        state = self._spec.state
        log.begin()
        publish(log, state.topic, admission, admitted)
        for key, value in self._redriven([meant[place] for place in admitted.indices]):
            log.produce(DEAD_LETTER_TOPIC, value, key)
        for letter in letters:
            record = self._spec.dead_letters.record(letter)
            log.produce(DEAD_LETTER_TOPIC, record.value, record.key)
        self._spec.gate.check()
        log.commit(self._key, done.encode())
        self._resources.metrics.inc(ADMITTED, len(admitted.payloads), feed=state.feed)
        self._resources.tally.note(state.topic, state.feed, admitted)
        self._spec.dead_letters.count(letters, self._resources.metrics)

    def _redriven(self, letters: Sequence[StoredLetter]) -> Iterator[tuple[bytes, bytes]]:
        places: dict[tuple[str, int], list[int]] = defaultdict(list)
        for letter in letters:
            places[letter.topic, letter.partition].append(letter.offset)
        for (topic, partition), offsets in places.items():
            place = (self._spec.state.feed, topic, partition)
            yield redriven_record(*place, self._order.attempt, offsets)

    def _opened(self, letter: StoredLetter) -> tuple[bytes | None, bytes | None]:
        sealing = self._spec.dead_letters.sealing_key
        key, body = (
            None if sealed is None else open_under(sealing, sealed, letter.id)
            for sealed in self._sealed[letter.id]
        )
        return key, body

    def _counts(self) -> tuple[int, int]:
        sent, dead = self._progress.counts or (0, 0)
        return sent, dead


def _again(letter: StoredLetter, records: Records, place: int, admitted: AdmittedBatch) -> Letter:
    where = (letter.topic, letter.partition, letter.offset, None)
    content = (records.keys[place], records.values[place])
    return Letter(*where, *content, admitted.refused[place])
