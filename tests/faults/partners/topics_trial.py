"""Topics dropped, made anew and given more partitions, at the source and at the target."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from confluent_kafka import Message
from confluent_kafka.admin import AdminClient, NewPartitions
from tests.faults.load import Pulses, columns_of
from tests.faults.partners.chapter import Chapter, Size, Tell
from tests.faults.rig import Rig, RigError
from tests.support.agreements import agreement_state
from tests.support.remake import remake
from tests.support.topics import TopicReader

from lingqu.agreements.state import AgreementState
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu.wire.codec import AvroCodec

_SENTENCES = {
    ("source", "made anew"): "was re-created since feed",
    ("source", "grown"): "keys have moved and order is lost",
    ("target", "made anew"): "was re-created since delivery began",
    ("target", "grown"): "so order per key would be lost",
}
_PATIENCE_S = 120.0
_MOST = 2_000
_PLAYED = (
    "Half of the events are delivered. Then the topic they come from, or the one they go to, is "
    "dropped and made anew, or given two more partitions; at the target the worker is killed with "
    "-9 as well, since that is looked at when a lane begins. The feed must stop and say why; then "
    "the cure it names is applied: another topic agreed, or another feed on the topic as it is or "
    "on a new generation of it. The other half must arrive, and nothing twice."
)


def play(rig: Rig, size: Size, tell: Tell) -> Chapter:
    """Spoil each topic in each way, in an order of the seed."""
    began, worker = time.monotonic(), rig.worker("topics")
    cases = list(_SENTENCES)
    random.Random(f"{size.seed}/topics").shuffle(cases)
    trials = [TopicTrial(rig, size, number, *case) for number, case in enumerate(cases)]
    worker.start()
    try:
        for trial in trials:
            tell(f"topics: {trial.side} {trial.what}")
            trial.first_half()
            if trial.side == "target":
                worker.kill()
            trial.spoil()
            if trial.side == "target":
                worker.start()
            trial.await_sentence(lambda: worker.log.read_text("utf-8"))
            trial.cure()
    finally:
        worker.kill()
    return Chapter(
        "Topics made anew and repartitioned",
        _PLAYED,
        [
            ("events", sum(len(trial.sent) for trial in trials)),
            ("events that arrived", sum(sum(trial.arrived.values()) for trial in trials)),
            ("feeds that stopped and said why", sum(trial.stopped for trial in trials)),
            ("seconds", round(time.monotonic() - began)),
        ],
        [each for trial in trials for each in trial.broken()],
        {f"{trial.side} topic: {trial.what}": 1 for trial in trials},
    )


@dataclass
class TopicTrial:
    """One topic, one fault, one feed and what comes after it."""

    rig: Rig
    size: Size
    number: int
    side: str
    what: str
    stopped: bool = False
    sent: dict[str, str] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._name = f"{self.rig.contract.topic()}.spoiled{self.number}"
        self._feed = f"spoiled-{self.number}"
        self._codec = AvroCodec(self.rig.contract.latest().schema)
        self._pulses = Pulses(random.Random(f"{self.size.seed}/topics/{self.number}"))
        self._target = f"{self._name}.there"

    def first_half(self) -> None:
        """Deliver events as on any day."""
        self._agree(self._feed, self._name, self._target)
        self._send(self._name)
        self._await(self._target)
        if self.what == "made anew" and self.side == "target":
            self._take(self._target)

    def spoil(self) -> None:
        """Make the topic anew, or larger."""
        kafka = self.rig.source if self.side == "source" else self.rig.target
        topic = self._name if self.side == "source" else self._target
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
        if self.what == "made anew":
            remake(admin, topic, self.rig.contract.partitions)
        else:
            grown = NewPartitions(topic, self.rig.contract.partitions + 2)
            for future in admin.create_partitions([grown]).values():
                future.result(20)

    def await_sentence(self, log: Callable[[], str]) -> None:
        """Wait until the feed has said why it stopped."""
        said = _SENTENCES[self.side, self.what]

        def told() -> bool:
            return any(said in each for each in log().splitlines() if self._feed in each)

        _wait(told, f"feed {self._feed} never said: {said}")
        self.stopped = True

    def cure(self) -> None:
        """Do what the sentence asks for, and let the rest arrive."""
        source, target, feed = self._name, self._target, self._feed
        if self.side == "target":
            target = f"{self._target}.agreed"
        else:
            feed = f"{self._feed}-again"
            source = self._name if self.what == "made anew" else f"{self._name}.v2"
            self.rig.publish(replace(self._state, state="revoked", version=2))
        self._agree(feed, source, target, version=2)
        self._send(source)
        self._await(target)
        for topic in {target, self._target}:
            self._take(topic)

    def broken(self) -> list[str]:
        """Return what was lost, doubled or unknown."""
        place = f"{self.side} {self.what}"
        return [
            *(f"{place}: {each} was lost" for each in self.sent.keys() - self.arrived.keys()),
            *(f"{place}: {each} came {n} times" for each, n in self.arrived.items() if n > 1),
            *(f"{place}: {each} is unknown" for each in self.arrived.keys() - self.sent.keys()),
        ]

    def _agree(self, feed: str, source: str, target: str, version: int = 1) -> None:
        for kafka, topic in ((self.rig.source, source), (self.rig.target, target)):
            with Topics(kafka) as topics:
                topics.ensure([TopicSpec(topic, self.rig.contract.partitions)])
        options = {
            "bootstrap_servers": self.rig.target.bootstrap_servers,
            "registry_url": self.rig.registry_url,
            "topic": target,
        }
        state: AgreementState = agreement_state(
            self.rig.contract, feed=feed, options=options, topic=source, subject=f"{source}-value"
        )
        self._state = replace(state, version=version)
        self.rig.publish(self._state)

    def _send(self, topic: str) -> None:
        pulses, producer = (
            self._pulses.take(min(self.size.events, _MOST)),
            BulkProducer(self.rig.source),
        )
        columns = columns_of(pulses, self._codec.arrow_schema)
        payloads = self._codec.encode_framed(columns, self.rig.schema_id)
        for pulse, payload in zip(pulses, payloads, strict=True):
            self.sent[pulse.event_id] = pulse.station
            producer.produce(topic, payload, pulse.station.encode())
        producer.flush(60)
        producer.close()
        self._wanted = len(pulses)

    def _await(self, topic: str) -> None:
        """Wait until the half just sent is there, beside what was."""
        wanted = len(self.sent) if topic == self._target else self._wanted
        _wait(
            lambda: len(list(_events(self.rig.target, topic))) >= wanted,
            f"{topic} has not got its {wanted} events",
        )

    def _take(self, topic: str) -> None:
        self.arrived.update(map(_event_id, _events(self.rig.target, topic)))


def _events(kafka: KafkaSettings, topic: str) -> list[Message]:
    return list(TopicReader(kafka, topic).read())


def _event_id(message: Message) -> str:
    """Return the first field of the envelope: behind frame and length, 36 letters."""
    return (message.value() or b"")[6:42].decode()


def _wait(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise RigError(otherwise)
        time.sleep(0.2)
