"""Delivers a lane to a topic on another cluster."""

from __future__ import annotations

from typing import ClassVar

from lingqu.connect.api import Delivered, Guarantee, Options, ProgressRecord, SinkContext, SinkTask
from lingqu.connect.batch import Batch
from lingqu_connectors.kafka.at_least_once import AtLeastOnce
from lingqu_connectors.kafka.exactly_once import ExactlyOnce
from lingqu_connectors.kafka.options import KafkaSinkOptions
from lingqu_connectors.kafka.records import Records, oversize
from lingqu_connectors.kafka.target import Target, prepare


class KafkaSinkTask(SinkTask):
    """Guarantee: exactly once for `read_committed` readers, in order per key.

    Records and progress are committed in one transaction on the target. Where the agreement says
    `at_least_once`, progress follows the acknowledged records instead.
    """

    options_model: ClassVar[type[Options]] = KafkaSinkOptions
    keeps_progress = "target"

    @classmethod
    def transacts(cls, guarantee: Guarantee) -> bool:
        return guarantee == "exactly_once"

    def __init__(self) -> None:
        self._delivery: ExactlyOnce | AtLeastOnce | None = None
        self._frames: dict[str, bytes] = {}

    def start(self, context: SinkContext) -> bytes | None:
        self._context = context
        self._options: KafkaSinkOptions = context.options
        self._settings = self._options.settings(context.secret)
        self._target = prepare(self._options, self._settings, context)
        self._frame(context.schema)
        self._delivery = self._opened(context)
        progress = self._delivery.open()
        _check_shape(self._delivery, self._target, context)
        return progress

    def put(self, batch: Batch, progress: ProgressRecord) -> Delivered:
        assert self._delivery is not None, "start comes first"  # noqa: S101 - a programming error
        refused = oversize(batch, self._target.largest_message)
        records = Records(
            batch,
            self._target.topic,
            self._frame(batch.schema),
            frozenset(verdict.index for verdict in refused),
            self._context.attempt,
        )

        def last_look() -> None:
            if refused:
                self._context.reject(batch, refused)
            self._context.check()

        self._delivery.deliver(records, progress, last_look)
        return Delivered()

    def stop(self) -> None:
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            delivery.close()

    def _opened(self, context: SinkContext) -> ExactlyOnce | AtLeastOnce:
        settings, key, most = self._settings, context.progress_key, self._target.largest_batch
        if context.exactly_once:
            return ExactlyOnce(settings, context.transactional_id, key, batch_bytes=most)
        return AtLeastOnce(settings, key, batch_bytes=most)

    def _frame(self, schema: str) -> bytes:
        """Return the five bytes before each body, registering a schema before its first record."""
        if (known := self._frames.get(schema)) is not None:
            return known
        subject = f"{self._target.topic}-value"
        schema_id = self._context.register_schema(self._options.registry_url, subject, schema)
        return self._frames.setdefault(schema, b"\x00" + schema_id.to_bytes(4, "big"))


def _check_shape(delivery: ExactlyOnce | AtLeastOnce, target: Target, context: SinkContext) -> None:
    """Compare the topic with what it was at the first start, or remember it now."""
    memory = target.memory(context)
    remembered = delivery.remembered(memory.key)
    if remembered is None:
        delivery.remember(memory)
    else:
        target.check(remembered)
