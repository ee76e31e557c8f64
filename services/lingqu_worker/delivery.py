"""An outbound lane's work: stage a batch, put it into the sink, record what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lingqu.agreements.state import AgreementState
from lingqu.connect.api import (
    Outcome,
    ProgressRecord,
    SinkContext,
    SinkTask,
    Verdict,
    Verdicts,
)
from lingqu.connect.batch import Batch
from lingqu.connect.binary import Binary
from lingqu.connect.plugins import parse_options
from lingqu.errors import PermanentError, RetriableError
from lingqu.kafka.progress import Epoch, Intent, Progress, progress_key
from lingqu.kafka.topics import TopicFacts
from lingqu.kafka.transaction import TransactionalLane
from lingqu_worker.assignments import sink_class
from lingqu_worker.barrier import Barrier
from lingqu_worker.dead_letters import dead_letter, rejection
from lingqu_worker.feed import Staged
from lingqu_worker.feed_spec import FeedSpec
from lingqu_worker.figures import Figures
from lingqu_worker.gate import GateClosedError
from lingqu_worker.generation import check_generation, of_today
from lingqu_worker.lane import LaneWork, Position
from lingqu_worker.pace import own
from lingqu_worker.pouring import Pouring
from lingqu_worker.records import Records
from lingqu_worker.resources import Resources
from lingqu_worker.source_topic import AT_REST_S, SEEN_FOR_S
from lingqu_worker.throttle import held


@dataclass(frozen=True, slots=True)
class Effect:
    """A record of the hub's own topics that is committed with progress."""

    topic: str
    key: bytes
    value: bytes | None
    partition: int = -1


class Delivery(LaneWork):
    """One feed on one source partition.

    Progress lies where the effect is: a sink that keeps it writes it in the transaction of its
    effect; for the others the hub keeps it, before the first byte (intent) and after the last.
    """

    def __init__(self, spec: FeedSpec, partition: int, resources: Resources) -> None:
        state = spec.state
        self._spec = spec
        self._partition = partition
        self._resources = resources
        self._key = progress_key(resources.region, state.runs_as, state.topic, partition)
        self._id = f"lingqu.{resources.region}.{state.runs_as}.{partition}"
        self.batching = spec.sink.batching(spec.options)
        if not spec.sink.needs_intent:
            self.batching = held(self.batching, state)
        self._pace = resources.pace(state)
        self._transacts = spec.sink.transacts(state.delivery.guarantee)
        self._sink: SinkTask | None = None
        self._log: TransactionalLane | None = None
        self._progress = Progress("", 0)
        self._terms = spec
        self._source = resources.source_topic(state.topic, state.feed)
        self._barrier = Barrier(state, partition, resources)
        self._pouring = Pouring(state.feed)
        self._rejected: Sequence[int] = ()
        self._figures = Figures(state, resources.metrics, resources.clock)

    @property
    def partition(self) -> int:
        return self._partition

    def open(self) -> Position:
        """Fence, find the progress, and check that it still speaks of this topic and target."""
        self._pace.join(self._partition)
        try:
            return self._open()
        finally:
            self._pace.leave()

    def _open(self) -> Position:
        self._terms = self._spec
        facts = self._source.facts()
        check_generation(self._spec.state, facts)
        stored = self._start()
        self._check_against_copy(stored)
        if stored is None:
            self._begin(facts)
        else:
            self._progress = of_today(Progress.decode(stored), self._spec.state, facts)
            self._source.check_progress(self._progress, facts, self._partition)
        return self._position()

    def check(self) -> None:
        self._check(SEEN_FOR_S)

    def take_turn(self) -> None:
        self._barrier.check()
        self._pace.take_turn()
        if self._transacts:
            try:
                self._resources.producers.enter(self)
            except GateClosedError:
                self._pace.leave()
                raise

    def may_rest(self, idle_s: float) -> bool:
        return self._transacts and self._resources.producers.may_rest(idle_s)

    def look(self) -> None:
        self._check(AT_REST_S)

    def _check(self, seen_for_s: float) -> None:
        self._spec.gate.check()
        self._source.check_still(self._progress, seen_for_s)
        self._resources.copies.note(self._key, self._progress, before=True)

    def process(self, records: Records) -> None:
        """Deliver what the view makes of the records, then stand behind them."""
        try:
            self._process(records)
        finally:
            self._pace.leave()

    def _process(self, records: Records) -> None:
        self._rejected = ()
        staged = self._stage(records)
        self._check_pouring(records, staged)
        letters = [dead_letter(records, event) for event in staged.dead]
        if letters:
            self._spec.dead_letters.write(self._resources.letters, letters, self._resources.metrics)
        done = self._progress_after(records, staged)
        self._deliver(records, staged, done)
        self._progress = done
        self._figures.taken_but(staged.batch, self._rejected)
        self._figures.left_out(staged)
        self._note(done)
        if self._terms is not self._spec:
            self._work_under(self._spec)

    def _stage(self, records: Records) -> Staged:
        return self._terms.stage.apply(records, self._progress.next_sequence)

    def close(self) -> None:
        """Let sink and log go; a transaction still open is aborted."""
        sink, log = self._sink, self._log
        self._sink = self._log = None
        self._pace.part()
        try:
            if sink is not None:
                sink.stop()
        finally:
            if log is not None:
                log.close()
            self._resources.producers.leave(self)

    def _start(self) -> bytes | None:
        """Open sink and, where the hub keeps it, progress; return the progress found."""
        stored = self._work_under(self._spec)
        if self._spec.sink.keeps_progress == "target":
            return stored
        self._log = TransactionalLane(self._resources.kafka, self._id)
        return self._log.open(self._key)

    def _work_under(self, terms: FeedSpec) -> bytes | None:
        """Open the sink of these terms in place of the one before."""
        self._terms = terms
        if self._sink is not None:
            self._sink.stop()
        self._sink = terms.sink()
        with self._pace.calling(opening=True):
            stored = self._sink.start(self._context())
        if not terms.sink.answers:
            self._pace.opened()
        return stored

    def _begin(self, facts: TopicFacts) -> None:
        """Record where the feed begins: asked again later, the end of the topic is another one."""
        self._progress = self._beginning(facts)
        if self._log is not None:
            self._record(self._log, self._progress)
        elif self._sink is not None:
            nothing = self._spec.stage.apply(self._no_records(), 1).batch
            self._put(self._sink, nothing, self._progress)

    def _beginning(self, facts: TopicFacts) -> Progress:
        latest = self._spec.state.delivery.start == "latest"
        return self._source.beginning(facts, self._partition, latest=latest)

    def _no_records(self) -> Records:
        at, nothing = self._progress.next_offset, Binary.of([])
        place = (self._spec.state.topic, self._partition)
        return Records(*place, range(at, at), nothing, nothing, self._progress.leader_epoch)

    def _context(self) -> SinkContext:
        state = self._terms.state
        order = state.orders[0] if state.orders else None
        return SinkContext(
            region=self._resources.region,
            feed=state.feed,
            topic=state.topic,
            partition=self._partition,
            partitions=state.partitions,
            transactional_id=self._id,
            progress_key=self._key,
            key=state.key,
            schema=state.derived_schema,
            options=self._terms.options,
            exactly_once=state.delivery.guarantee == "exactly_once",
            check=self._spec.gate.check,
            reject=self._reject_for_sink,
            register_schema=self._resources.register_schema,
            secret=self._resources.secret,
            permit=self._resources.permit,
            order=f"r{order.number}" if order else "",
            attempt=order.attempt if order else 1,
        )

    def _check_against_copy(self, stored: bytes | None) -> None:
        """Refuse a target that has lost progress: delivering from there would repeat events."""
        copy = self._resources.copies.last(self._key)
        found = Progress.decode(stored).next_offset if stored is not None else 0
        if copy is not None and found < copy.next_offset:
            raise PermanentError(
                f"feed {self._spec.state.feed!r}, partition {self._partition}: the target's "
                f"progress ({found}) is behind what was delivered ({copy.next_offset}); restore "
                "its lingqu.progress.v1, or give the feed a new id to deliver everything again"
            )

    def _position(self) -> Position:
        intent, epoch = self._progress.intent, self._progress.epoch
        if intent is None:
            return Position(self._progress.next_offset)
        if epoch is not None and epoch.digest != self._spec.epoch_digest:
            self._work_under(self._terms_of(epoch))
        return Position(intent.first_offset, redo_until=intent.next_offset)

    def _terms_of(self, epoch: Epoch) -> FeedSpec:
        """Return the terms a range was begun under: its file may be out already, just so."""
        state = AgreementState.decode(epoch.spec.encode())
        terms = state.delivery
        return replace(
            self._spec,
            state=state,
            sink=sink_class(state),
            options=parse_options(terms.connector, terms.options),
            stage=self._resources.stage(state),
        )

    def _progress_after(self, records: Records, staged: Staged) -> Progress:
        return replace(
            self._progress,
            next_offset=records.next_offset,
            leader_epoch=records.leader_epoch,
            next_sequence=staged.next_sequence,
            epoch=self._epoch(records.first_offset),
            intent=None,
        )

    def _epoch(self, first_offset: int) -> Epoch:
        """Return the epoch of a batch: the one in force, or a new one from this offset on."""
        epoch, spec = self._progress.epoch, self._spec
        redo = self._terms is not spec
        if epoch is not None and (redo or epoch.digest == spec.epoch_digest):
            return epoch
        number = epoch.number + 1 if epoch is not None else 1
        kept = spec.state.encode().decode() if spec.sink.needs_intent else ""
        first_sequence = self._progress.next_sequence
        began = (number, first_offset, spec.state.version, spec.epoch_digest)
        return Epoch(*began, spec=kept, from_sequence=first_sequence)

    def _deliver(self, records: Records, staged: Staged, done: Progress) -> None:
        sink, log = self._sink, self._log
        if sink is None:
            raise RetriableError(f"feed {self._spec.state.feed!r} is not open")
        if log is not None and not len(staged.batch) and staged.batch.period is None:
            self._record(log, done)
            return
        if log is not None and self._spec.sink.needs_intent and self._progress.intent is None:
            self._record(log, self._intended(records, staged, done))
        self._figures.sent(staged.batch)
        answer = self._put(sink, staged.batch, done)
        if isinstance(answer, Verdicts):
            self._reject(staged.batch, answer.verdicts)
        if log is not None:
            self._record(log, done)

    def _put(self, sink: SinkTask, batch: Batch, done: Progress) -> Outcome:
        self._pace.spend(batch)
        with self._pace.calling():
            answer = sink.put(batch, ProgressRecord(self._key, done.encode()))
        self._pace.succeeded()
        return answer

    def _intended(self, records: Records, staged: Staged, done: Progress) -> Progress:
        intent = Intent(
            done.next_offset, done.next_sequence, records.first_offset, len(staged.batch)
        )
        return replace(self._progress, epoch=done.epoch, intent=intent)

    def _record(self, log: TransactionalLane, progress: Progress) -> None:
        self._spec.gate.check()
        log.begin()
        log.commit(self._key, progress.encode())

    def _commit(self, done: Progress, effects: Iterable[Effect]) -> None:
        """Make progress durable with what comes of it, in one transaction on the hub's cluster.

        Asks no gate: what the partner has answered for is so, whatever the agreement says by now.
        """
        if self._log is None:
            raise RetriableError(f"feed {self._spec.state.feed!r} is not open")
        self._log.begin()
        for effect in effects:
            self._log.produce(effect.topic, effect.value, effect.key, partition=effect.partition)
        self._log.commit(self._key, done.encode())
        self._progress = done
        self._note(done)

    def _check_pouring(self, records: Records, staged: Staged) -> None:
        self._pouring.check(records, staged)

    def _note(self, done: Progress) -> None:
        """Let the hub know what is done, beside the effect."""
        self._resources.copies.note(self._key, done)
        self._resources.marks.note(self._key, done, self._terms.state)

    def _reject_for_sink(self, batch: Batch, verdicts: Sequence[Verdict]) -> None:
        with own():
            self._reject(batch, verdicts)

    def _reject(self, batch: Batch, verdicts: Sequence[Verdict]) -> None:
        rejected = [each for each in verdicts if each.status == "rejected"]
        letters = [rejection(batch, verdict) for verdict in rejected]
        self._rejected = [verdict.index for verdict in rejected]
        self._spec.dead_letters.write(self._resources.letters, letters, self._resources.metrics)
