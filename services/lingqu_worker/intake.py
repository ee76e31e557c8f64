"""An inbound lane's work: admit a partner's events and publish them on the canonical topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lingqu.admission import Admission, AdmittedBatch
from lingqu.agreements.state import AgreementState
from lingqu.connect.api import Batching
from lingqu.errors import PermanentError
from lingqu.kafka.progress import Progress, progress_key
from lingqu.kafka.topics import DEAD_LETTER_TOPIC
from lingqu.kafka.transaction import TransactionalLane
from lingqu_worker.dead_letters import DeadLetters, Letter
from lingqu_worker.gate import Gate
from lingqu_worker.lane import LaneWork, Position
from lingqu_worker.metrics import ADMITTED
from lingqu_worker.records import Records
from lingqu_worker.resources import Resources
from lingqu_worker.source_topic import AT_REST_S, SourceTopic


@dataclass(frozen=True, slots=True)
class IntakeSpec:
    """One inbound connector as this worker runs it; `source` is the partner's topic."""

    state: AgreementState
    source: SourceTopic
    admission: Callable[[], Admission]
    dead_letters: DeadLetters
    gate: Gate


class Intake(LaneWork):
    """One inbound connector on one partition of the partner's topic.

    Exactly once: admitted events, dead letters and progress are one transaction on the hub's
    cluster. Nobody waits for a refusal here, so every refused event becomes a dead letter.
    """

    batching = Batching(max_events=5_000)

    def __init__(self, spec: IntakeSpec, partition: int, resources: Resources) -> None:
        feed = spec.state.feed
        self._spec = spec
        self._partition = partition
        self._resources = resources
        self._key = progress_key(resources.region, feed, spec.source.name, partition)
        self._id = f"lingqu.{resources.region}.{feed}.{partition}"
        self._log: TransactionalLane | None = None
        self._admission: Admission | None = None
        self._progress = Progress("", 0)

    def open(self) -> Position:
        """Fence, find the progress, and check that it still speaks of this topic."""
        source = self._spec.source
        facts = source.facts()
        self._admission = self._spec.admission()
        self._log = TransactionalLane(self._resources.kafka, self._id)
        stored = self._log.open(self._key)
        if stored is None:
            self._progress = source.beginning(facts, self._partition)
            self._spec.gate.check()
            self._log.begin()
            self._log.commit(self._key, self._progress.encode())
        else:
            self._progress = Progress.decode(stored)
            source.check_progress(self._progress, facts, self._partition)
        return Position(self._progress.next_offset)

    def check(self) -> None:
        self._spec.gate.check()
        self._spec.source.check_still(self._progress)

    def take_turn(self) -> None:
        self._resources.producers.enter(self)

    def may_rest(self, idle_s: float) -> bool:
        return self._resources.producers.may_rest(idle_s)

    def look(self) -> None:
        self._spec.gate.check()
        self._spec.source.check_still(self._progress, seen_for_s=AT_REST_S)

    def process(self, records: Records) -> None:
        """Publish what is admitted, and a dead letter for the rest, with progress past both."""
        if self._log is None or self._admission is None:
            raise PermanentError(f"inbound feed {self._spec.state.feed!r} is not open")
        admitted = self._admission.admit_payloads(list(records.values), list(records.keys))
        letters = [_letter(records, index, admitted) for index in sorted(admitted.refused)]
        done = replace(
            self._progress,
            next_offset=records.next_offset,
            leader_epoch=records.leader_epoch,
        )
        self._log.begin()
        topic = self._spec.state.topic
        publish(self._log, topic, self._admission, admitted)
        for letter in letters:
            record = self._spec.dead_letters.record(letter)
            self._log.produce(DEAD_LETTER_TOPIC, record.value, record.key)
        self._spec.gate.check()
        self._log.commit(self._key, done.encode())
        self._progress = done
        metrics = self._resources.metrics
        metrics.inc(ADMITTED, len(admitted.payloads), feed=self._spec.state.feed)
        self._resources.tally.note(topic, self._spec.state.feed, admitted)
        self._spec.dead_letters.count(letters, metrics)

    def close(self) -> None:
        log, self._log = self._log, None
        try:
            if log is not None:
                log.close()
        finally:
            self._resources.producers.leave(self)


def publish(
    log: TransactionalLane, topic: str, admission: Admission, admitted: AdmittedBatch
) -> None:
    """Write what was admitted, on the topics of all majors that are served, in the transaction."""
    for key, payload in zip(admitted.keys, admitted.payloads, strict=True):
        log.produce(topic, payload, key)
    for twin in admission.twins(admitted.payloads):
        for key, payload in zip(admitted.keys, twin.payloads, strict=True):
            log.produce(twin.topic, payload, key)


def _letter(records: Records, index: int, admitted: AdmittedBatch) -> Letter:
    return Letter(
        records.topic,
        records.partition,
        records.offsets[index],
        None,
        records.keys[index],
        records.values[index],
        admitted.refused[index],
    )
