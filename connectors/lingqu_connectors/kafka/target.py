"""The topic on the partner's cluster: made if asked for, and checked at each start."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lingqu.connect.api import ProgressRecord, SinkContext
from lingqu.connect.hosts import permit_brokers
from lingqu.errors import NotFoundError, PermanentError, RetriableError
from lingqu.kafka.bulk import BATCH_BYTES
from lingqu.kafka.progress import Progress
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import PROGRESS_TOPIC, TopicFacts, Topics, TopicSpec, progress_spec
from lingqu_connectors.kafka.options import KafkaSinkOptions

# What the framing around one message takes is left free.
_FRAMING_BYTES = 512


@dataclass(frozen=True, slots=True)
class Target:
    """A topic ready to be written to; its limit counts whole batches, so both sizes stay below."""

    topic: str
    topic_id: str
    partitions: int
    largest_message: int
    largest_batch: int

    def memory(self, context: SinkContext) -> ProgressRecord:
        """Return the record that remembers, beside the lane's progress, how many partitions are."""
        shape = Progress(self.topic_id, next_offset=0, partitions=self.partitions)
        return ProgressRecord(context.progress_key + b"|" + self.topic.encode(), shape.encode())

    def check(self, remembered: bytes) -> None:
        """Raise PermanentError when the topic is another one, or has grown and keys would move."""
        before = Progress.decode(remembered)
        if before.topic_id != self.topic_id:
            raise PermanentError(
                f"topic {self.topic!r} of the partner was re-created since delivery began, so what "
                "was delivered before is not in it; agree on a new topic and set it in the "
                "agreement's delivery options to go on"
            )
        if before.partitions != self.partitions:
            raise PermanentError(
                f"topic {self.topic!r} of the partner had {before.partitions} partitions when "
                f"delivery began and has {self.partitions} now, so order per key would be lost; "
                "agree on a new topic and set it in the agreement's delivery options"
            )


def prepare(options: KafkaSinkOptions, settings: KafkaSettings, context: SinkContext) -> Target:
    """Return the target, created where that is allowed and needed."""
    name = options.topic or f"{context.topic}.from.{context.region}"
    wanted = [replace(progress_spec(), replication=options.replication)]
    if options.create_topic:
        wanted.append(TopicSpec(name, context.partitions, replication=options.replication))
    permit_brokers(options.bootstrap_servers.split(","), context.permit)
    with Topics(settings) as topics:
        permit_brokers(topics.brokers(), context.permit)
        if context.exactly_once:
            check_promise(options.bootstrap_servers, verifies=topics.verifies_transactions())
        topics.ensure(wanted)
        _check_progress_topic(topics.facts(PROGRESS_TOPIC), options)
        return _target(_facts(topics, name, options, context))


def check_promise(address: str, *, verifies: bool) -> None:
    """Raise PermanentError where transactions cannot keep what exactly once promises."""
    if not verifies:
        raise PermanentError(
            f"the partner's cluster {address} is older than Kafka 3.7 and does not verify"
            " transactions (KIP-890), so one that hangs may hold up or repeat events; upgrade it,"
            " or agree on delivery.guarantee: at_least_once"
        )


def _facts(
    topics: Topics, name: str, options: KafkaSinkOptions, context: SinkContext
) -> TopicFacts:
    try:
        return topics.facts(name)
    except NotFoundError as error:
        raise RetriableError(
            f"the partner's cluster {options.bootstrap_servers} has no topic {name!r}; create it "
            f"with {context.partitions} partitions, or set create_topic: true"
        ) from error


def _check_progress_topic(facts: TopicFacts, options: KafkaSinkOptions) -> None:
    wanted = progress_spec().partitions
    if facts.partitions != wanted:
        raise PermanentError(
            f"{PROGRESS_TOPIC} on {options.bootstrap_servers} has {facts.partitions} partitions "
            f"instead of {wanted}, so progress would be looked for in the wrong one; delete the "
            "topic if no feed has used it yet"
        )


def _target(facts: TopicFacts) -> Target:
    batch = min(facts.max_message_bytes, BATCH_BYTES)
    return Target(facts.name, facts.topic_id, facts.partitions, batch - _FRAMING_BYTES, batch)
