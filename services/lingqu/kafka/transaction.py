"""A lane's transactional producer: fence, find the progress, commit records with new progress."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from confluent_kafka import KafkaException, Producer

from lingqu.errors import FencedError, LingquError, RetriableError
from lingqu.kafka import bulk
from lingqu.kafka.compacted import latest_values
from lingqu.kafka.progress import PROGRESS_TOPIC, progress_partition
from lingqu.kafka.settings import KafkaSettings

_OPEN_TIMEOUT_S = 30.0
_COMMIT_TIMEOUT_S = 60.0
_CLOSE_TIMEOUT_S = 2.0  # the next owner's fence aborts it anyway


class TransactionalLane:
    """The one writer of a lane on a cluster, by its transactional.id.

    Exactly once for `read_committed` readers: the records and the progress given to `commit` become
    visible together or not at all. Whoever opens the same id later fences this one (KIP-98); calls
    then raise FencedError and the lane must be given up.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        transactional_id: str,
        *,
        timeout_s: float = 15,
        batch_bytes: int = bulk.BATCH_BYTES,
    ) -> None:
        self.transactional_id = transactional_id
        self._settings = settings
        self._timeout_ms = int(timeout_s * 1000)
        self._batch_bytes = batch_bytes
        self._producer: Producer | None = None
        self._open_transaction = False

    def open(self, progress_key: bytes) -> bytes | None:
        """Fence every earlier owner, then return the last committed progress value, if any.

        The order is the point: reading before the fence can miss what a zombie commits in between.
        """
        self.fence()
        return read_progress(self._settings, progress_key)

    def fence(self) -> None:
        """Put out every earlier owner; what it has open is aborted (KIP-98)."""
        self._producer = bulk.producer(
            self._settings,
            **bulk.AT_ONCE,
            **{
                "transactional.id": self.transactional_id,
                "transaction.timeout.ms": self._timeout_ms,
                "message.timeout.ms": self._timeout_ms,
                "batch.size": self._batch_bytes,
            },
        )
        self._call("fencing", self._producer.init_transactions, _OPEN_TIMEOUT_S)

    def begin(self) -> None:
        """Begin a transaction."""
        self._call("beginning", self._the_producer().begin_transaction)
        self._open_transaction = True

    def produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        headers: bulk.Headers | None = None,
        partition: int = -1,
    ) -> None:
        """Queue one record in the transaction, by its key's hash unless a partition is named.

        Blocks while the queue is full.
        """
        producer = self._the_producer()
        while True:
            try:
                producer.produce(topic, value, key, partition, headers=headers or [])
            except BufferError:
                self._call(f"producing to {topic!r}", producer.poll, 0.05)
            except KafkaException as error:
                raise self._translate(error, f"producing to {topic!r}") from error
            else:
                return

    @property
    def raw(self) -> Producer:
        """The librdkafka producer, for a loop too hot for a call a record."""
        return self._the_producer()

    def flush(self) -> None:
        """Return when what was queued is acknowledged, or a minute is over."""
        self._call("producing", bulk.flush, self._the_producer(), _COMMIT_TIMEOUT_S)

    def commit(self, key: bytes, value: bytes) -> None:
        """Commit what was produced together with this progress record.

        After a time-out only the commit is retried, since its outcome is unknown until it answers.
        """
        self.produce(PROGRESS_TOPIC, value, key)
        producer = self._the_producer()
        deadline = time.monotonic() + _COMMIT_TIMEOUT_S
        self.flush()
        while True:
            try:
                producer.commit_transaction(10)
            except KafkaException as error:
                cause = error.args[0]
                if cause.retriable() and time.monotonic() < deadline:
                    continue
                self._open_transaction = cause.txn_requires_abort()
                if cause.retriable():
                    raise UnknownOutcomeError(self.transactional_id) from error
                raise self._translate(error, "committing") from error
            else:
                self._open_transaction = False
                return

    def abort(self, timeout_s: float = 15) -> None:
        """Give the open transaction up, if there is one; nothing of it is ever seen by readers."""
        if not self._open_transaction:
            return
        self._open_transaction = False
        producer = self._the_producer()
        producer.purge()
        self._call("aborting", producer.abort_transaction, timeout_s)

    def close(self) -> None:
        """Abort what is open and let the producer go; the broker forgets nothing committed."""
        if self._producer is None:
            return
        try:
            self.abort(_CLOSE_TIMEOUT_S)
        except (FencedError, RetriableError):
            pass  # the next owner's fence, or the broker's time-out, ends it
        finally:
            self._producer.purge()
            with suppress(KafkaException):
                self._producer.flush(0)
            self._producer = None

    def _the_producer(self) -> Producer:
        if self._producer is None:
            raise RuntimeError(f"lane {self.transactional_id!r} is not open")
        return self._producer

    def _translate(self, error: KafkaException, what: str) -> LingquError:
        """Return our error; a producer that has ended says why only once, from `poll`."""
        doing = f"{what} as {self.transactional_id!r} on {self._settings.bootstrap_servers}"
        try:
            self._the_producer().poll(0)
        except KafkaException as fatal:
            return bulk.translate(fatal, doing)
        return bulk.translate(error, doing)

    def _call(self, what: str, method: Any, *args: Any) -> None:
        try:
            method(*args)
        except KafkaException as error:
            raise self._translate(error, what) from error


class UnknownOutcomeError(RetriableError):
    """A commit never answered: whether it took effect is known only after opening the lane anew."""

    def __init__(self, transactional_id: str) -> None:
        super().__init__(
            f"the commit of {transactional_id!r} was not answered; "
            "the lane is opened anew to find out"
        )


def fence(settings: KafkaSettings, transactional_id: str) -> None:
    """Put out whoever writes under this id; what it has open is aborted (KIP-98)."""
    lane = TransactionalLane(settings, transactional_id)
    try:
        lane.fence()
    finally:
        lane.close()


def read_progress(settings: KafkaSettings, key: bytes) -> bytes | None:
    """Return the newest committed progress value of the key, or None where there is none."""
    partition = progress_partition(key)
    return latest_values(settings, PROGRESS_TOPIC, partition, key.__eq__).get(key)
