"""The connector API: all that a sink or a source sees of the hub.

The life of a sink task, one a lane (a feed on one source partition), all calls from one thread:

1. `options_model` checks the options when an agreement is applied, before anything runs.
2. `start(context)` opens the target and returns the progress the *target* holds, or None where
   there is none yet or the hub keeps it (`keeps_progress = "hub"`).
3. `put(batch, progress)` again and again, in order; the next call only after the last one ended.
4. `stop()` once, also after a failed `start`; it releases what is held and delivers nothing more.

A task that raised is stopped. Two error classes decide what follows: RetriableError (after a
back-off a new task starts, and the progress it finds says from where) and PermanentError (the lane
says why and waits longer). A FencedError gives the lane up to its new owner.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from lingqu.connect.batch import Batch
from lingqu.connect.periods import Periods
from lingqu.errors import ConfigurationError, Reason

# What an option may call a secret; the secret itself is a file of the worker's.
SECRET_NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"  # noqa: S105 - the form of a name


class Options(BaseModel):
    """A connector's options: typed, documented, and closed to unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class ProgressRecord:
    """What a lane has done, as a record of `lingqu.progress.v1`; opaque to connectors."""

    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """The partner's answer to one event of a batch, named by its place.

    `said` is what the partner wrote of it; it may hold values, so it is only kept sealed.
    """

    index: int
    status: Literal["accepted", "rejected", "retry"]
    reason: Reason | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """All events of the batch that were not given to `reject` are durable at the target."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Not all were accepted; events not named were.

    One that shall be tried again is parked with its key, no sooner than `retry_after_s` from now.
    """

    verdicts: Sequence[Verdict]
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The target took nothing and did not say which event is why.

    The hub puts fewer and fewer, until one event is alone with its refusal and is rejected.
    """

    reason: Reason
    said: str | None = None


Outcome = Delivered | Verdicts | Refused
Guarantee = Literal["exactly_once", "at_least_once"]


@dataclass(frozen=True, slots=True)
class Batching:
    """How many events the hub gathers, and how long it waits for that many.

    They are one progress record; `max_put` cuts them into several `put`s, where the target takes
    fewer at a time. Only a sink that `answers` may set it. With `periods`, which need an intent,
    each batch is of one period and says so; one that closes its period is put also when empty.
    """

    max_events: int = 20_000
    max_wait_s: float = 0.0
    max_put: int | None = None
    periods: Periods | None = None


def _no_secrets(name: str) -> str:
    raise ConfigurationError(f"secret {name!r} is asked for where there are none")


def anywhere(address: str) -> None:
    """Permit every address."""
    del address


@dataclass(frozen=True, slots=True)
class SinkContext:
    """What the hub lends a sink task.

    `key` names the fields that make the record key; events that agree in them are in one partition.
    One that the view withholds is not in `schema`. `check()` raises when the agreement no longer
    lets anything out: call it right before a commit.
    `reject(batch, verdicts)` writes dead letters and returns when they are durable: call it before
    the commit that moves past those events. `register_schema(registry_url, subject, schema)`
    returns the id that a partner's registry gives a schema; it raises UnavailableError while that
    registry is away and another LingquError where it refuses the schema. `secret(name)` returns
    what an option names and no agreement may hold. `permit(ip_address)` raises where the hub may
    not call that address: ask it of a connection's peer before anything is sent. `attempt` is 1 for
    the feed's own lane; that of an order, which sends again, bears its name in `order` and a higher
    attempt, tells the partner so, and keeps progress and files apart by `lane_feed`.
    """

    region: str
    feed: str
    topic: str
    partition: int
    partitions: int
    transactional_id: str
    progress_key: bytes
    key: tuple[str, ...]
    schema: str
    options: Any
    exactly_once: bool
    check: Callable[[], None]
    reject: Callable[[Batch, Sequence[Verdict]], None]
    register_schema: Callable[[str, str, str], int]
    secret: Callable[[str], str] = _no_secrets
    permit: Callable[[str], None] = anywhere
    order: str = ""
    attempt: int = 1

    @property
    def lane_feed(self) -> str:
        """The feed's id, or for an order's lane a name that no feed can have."""
        return f"{self.feed}.{self.order}" if self.order else self.feed


class SinkTask(ABC):
    """Delivers the batches of one lane to one target.

    A sink that `answers` has a partner who judges each event: `put` may return any Outcome, a key
    to be tried again is parked, and a RetriableError out of `put` makes the hub put the same batch
    again before anything newer, at a pace that spares the partner.
    """

    options_model: ClassVar[type[Options]]
    keeps_progress: ClassVar[Literal["target", "hub"]] = "hub"
    needs_intent: ClassVar[bool] = False
    answers: ClassVar[bool] = False

    @classmethod
    def transacts(cls, guarantee: Guarantee) -> bool:
        """Say whether a lane holds a transactional Kafka producer, the hub's or the task's own.

        A worker has so many of them at most.
        """
        del guarantee
        return cls.keeps_progress == "hub"

    @classmethod
    def batching(cls, options: Any) -> Batching:
        """Say how the hub cuts the lane into batches; asked once, before `start`."""
        del options
        return Batching()

    @abstractmethod
    def start(self, context: SinkContext) -> bytes | None:
        """Open the target, fence any earlier owner, and return the progress value found there."""

    @abstractmethod
    def put(self, batch: Batch, progress: ProgressRecord) -> Outcome:
        """Deliver the batch; return only when it is durable at the target.

        May block. Where the hub keeps the progress, a later task may be given the same batch again,
        and that must change nothing more, unless the class promises only at least once. An empty
        batch moves progress and nothing else. Raises RetriableError when it may succeed later,
        PermanentError when it never can.
        """

    @abstractmethod
    def stop(self) -> None:
        """Release what `start` opened; safe to call twice."""


@dataclass(frozen=True, slots=True)
class TopicInlet:
    """A Kafka topic that an inbound lane reads: which cluster, which topic, whose schema ids.

    `password_secret` names the secret that holds the password of the login at that cluster.
    """

    kafka: Mapping[str, Any]
    topic: str
    registry_url: str | None = None
    password_secret: str | None = None


class TopicSource(ABC):
    """A source that is a Kafka topic: the hub's own inlet reads it, one lane a partition."""

    options_model: ClassVar[type[Options]]

    @abstractmethod
    def inlet(self, options: Any, topic: str, provider_region: str) -> TopicInlet:
        """Say where the partner's events are, given the contract's topic and who provides them."""
