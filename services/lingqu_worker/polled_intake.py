"""A polled lane's work: admit a source's rows and publish them on the canonical topic."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from lingqu.admission import Admission, Admitted, EncodedRow
from lingqu.agreements.state import AgreementState
from lingqu.connect.record_source import Advance, Polled, RecordSource, SourceContext, SourceRow
from lingqu.errors import PermanentError, Reason
from lingqu.kafka.progress import Progress, progress_key
from lingqu.kafka.topics import DEAD_LETTER_TOPIC, PROGRESS_TOPIC
from lingqu.kafka.transaction import TransactionalLane
from lingqu.quality.tally import kind_of
from lingqu_worker.dead_letters import DeadLetters, Letter
from lingqu_worker.gate import Gate
from lingqu_worker.known_events import KnownEvents
from lingqu_worker.metrics import ADMITTED, REPEATS
from lingqu_worker.notes import Notes
from lingqu_worker.polled_lane import PolledWork
from lingqu_worker.resources import Resources

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PolledSpec:
    """One polled inbound connector as this worker runs it."""

    state: AgreementState
    source: type[RecordSource]
    options: object
    mappings: Path | None
    schema: str
    admission: Callable[[], Admission]
    dead_letters: DeadLetters
    gate: Gate


@dataclass(frozen=True, slots=True)
class _Judged:
    """What of the polled rows goes where; `unread` are those that the source gives no row of."""

    admitted: Admitted
    repeats: int
    refused: Mapping[int, Reason]
    unread: Mapping[int, Reason]


class PolledIntake(PolledWork):
    """One source that is polled for rows.

    Exactly once: admitted events, dead letters, the source's position and its notes are one
    transaction on the hub's cluster. An event that the topic has already, among its last ones, is
    not published again: tables overlap. Nobody waits for a refusal here, so every refused row
    becomes a dead letter, by its place among all rows of this connector.
    """

    def __init__(self, spec: PolledSpec, resources: Resources) -> None:
        feed = spec.state.feed
        self._spec = spec
        self._resources = resources
        self._key = progress_key(resources.region, feed, spec.state.delivery.connector, 0)
        self._id = f"lingqu.{resources.region}.{feed}.0"
        self._notes = Notes(self._key)
        self._known = KnownEvents()
        self._log: TransactionalLane | None = None
        self._admission: Admission | None = None
        self._source: RecordSource | None = None
        self._progress = Progress("", 0)
        self.every_s = spec.source.polling(spec.options).every_s

    @property
    def taken(self) -> int:
        return self._progress.next_offset

    def open(self) -> None:
        """Fence, find the progress, and let the source finish what was committed."""
        self._admission = self._spec.admission()
        self._log = TransactionalLane(self._resources.kafka, self._id)
        stored = self._log.open(self._key)
        self._progress = Progress("", 0) if stored is None else Progress.decode(stored)
        state = self._spec.state
        self._known = KnownEvents()
        topic = self._resources.source_topic(state.topic, state.feed)
        self._known.read(self._resources.kafka, state.topic, topic.facts().partitions)
        self._source = self._spec.source()
        self._source.start(self._context())
        if self._progress.position:
            self._source.settled(self._progress.position.encode())

    def check(self) -> None:
        self._spec.gate.check()

    def take_turn(self) -> None:
        """Wait for a producer only: whoever polls spares its partner by the pace."""
        self._resources.producers.enter(self)

    def take(self) -> bool:
        """Publish what is admitted, and a dead letter for the rest, with the position past both."""
        source = self._source
        if source is None:
            raise PermanentError(f"inbound connector {self._spec.state.feed!r} is not open")
        position = self._progress.position
        polled = source.poll(position.encode() if position else None)
        if polled is None:
            return False
        judged = self._judge(polled)
        advance = source.advance(polled, judged.refused)
        self._commit(polled, judged, advance)
        source.settled(advance.position)
        return polled.more

    def close(self) -> None:
        source, log = self._source, self._log
        self._source = self._log = None
        try:
            if source is not None:
                source.stop()
        finally:
            if log is not None:
                log.close()
            self._resources.producers.leave(self)

    def _context(self) -> SourceContext:
        state = self._spec.state
        return SourceContext(
            region=self._resources.region,
            connector=state.feed,
            topic=state.topic,
            schema=self._spec.schema,
            options=self._spec.options,
            mappings=self._spec.mappings,
            notes=self._notes.read(self._resources.kafka),
            secret=self._resources.secret,
            tell=self._tell,
            permit=self._resources.permit,
        )

    def _tell(self, sentence: str) -> None:
        logger.warning("source says", extra={"feed": self._spec.state.feed, "what": sentence})

    def _judge(self, polled: Polled) -> _Judged:
        """Admit the rows there are, and leave out what was published before."""
        assert self._admission is not None  # noqa: S101 - the source is open, so this is
        places = [place for place, row in enumerate(polled.rows) if row.row is not None]
        rows = [polled.rows[place].row for place in places]
        admitted = self._admission.admit_rows(rows, polled.source or self._spec.state.feed)
        unread = {
            place: row.reason or Reason("undecodable", "the source gives no row here")
            for place, row in enumerate(polled.rows)
            if row.row is None
        }
        found = self._known.sort(admitted.accepted)
        settled = admitted.without(found.contradictions)
        refused = {places[index]: reason for index, reason in settled.refused.items()}
        fresh = settled.only(found.fresh)
        return _Judged(fresh, found.repeats, {**unread, **refused}, unread)

    def _commit(self, polled: Polled, judged: _Judged, advance: Advance) -> None:
        assert self._log is not None  # noqa: S101 - the source is open, so this is
        letters = [
            self._letter(place, polled.rows[place], reason)
            for place, reason in sorted(judged.refused.items())
        ]
        done = replace(
            self._progress,
            next_offset=self._progress.next_offset + len(polled.rows),
            position=advance.position.decode(),
        )
        fresh = judged.admitted.accepted
        self._log.begin()
        for row in fresh:
            self._log.produce(self._spec.state.topic, row.payload, row.key.encode())
        self._produce_twins(self._log, fresh)
        for letter in letters:
            record = self._spec.dead_letters.record(letter)
            self._log.produce(DEAD_LETTER_TOPIC, record.value, record.key)
        for key, value in self._notes.records(advance.notes):
            self._log.produce(PROGRESS_TOPIC, value, key, partition=self._notes.partition)
        self._spec.gate.check()
        self._log.commit(self._key, done.encode())
        self._progress = done
        self._known.add(fresh)
        metrics, feed = self._resources.metrics, self._spec.state.feed
        metrics.inc(ADMITTED, len(fresh), feed=feed)
        metrics.inc(REPEATS, judged.repeats, feed=feed)
        self._spec.dead_letters.count(letters, metrics)
        self._tally(judged)

    def _produce_twins(self, log: TransactionalLane, rows: Sequence[EncodedRow]) -> None:
        assert self._admission is not None  # noqa: S101 - the source is open, so this is
        for twin in self._admission.twins([row.payload for row in rows]):
            for row, payload in zip(rows, twin.payloads, strict=True):
                log.produce(twin.topic, payload, row.key.encode())

    def _tally(self, judged: _Judged) -> None:
        """Count the batch; what the source could not read, or read before, is the provider's."""
        state, tally = self._spec.state, self._resources.tally
        tally.note(state.topic, state.feed, judged.admitted)
        kinds = Counter(map(kind_of, judged.unread.values()))
        of = state.topic, state.feed, state.provider.region
        tally.note_apart(*of, refused=kinds, repeats=judged.repeats)

    def _letter(self, place: int, row: SourceRow, reason: Reason) -> Letter:
        return Letter(
            self._spec.state.topic,
            0,
            self._progress.next_offset + place,
            None,
            None,
            None if row.row is None else orjson.dumps(row.row),
            replace(reason, detail=f"{row.place}: {reason.detail}"),
        )
