"""Delivers a lane to a partner's HTTP endpoint."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from lingqu.connect.api import (
    Batching,
    Delivered,
    Options,
    Outcome,
    ProgressRecord,
    SinkContext,
    SinkTask,
)
from lingqu.connect.batch import Batch
from lingqu_connectors.http.cloud_events import CONTENT_TYPE, encode, event_ids
from lingqu_connectors.http.connection import Connection
from lingqu_connectors.http.options import HttpSinkOptions
from lingqu_connectors.http.signature import Signer, message_id
from lingqu_connectors.http.verdicts import outcome_of

_GATHERED = 5_000


class HttpSinkTask(SinkTask):
    """Guarantee: at least once under stable ids, in order per key among first deliveries.

    One request in flight a lane, signed as Standard Webhooks says, under the same webhook-id when
    it is sent again. The partner answers for each event; no whole answer means the same again.
    """

    options_model: ClassVar[type[Options]] = HttpSinkOptions
    keeps_progress = "hub"
    answers = True

    def __init__(self) -> None:
        self._connection: Connection | None = None

    @classmethod
    def batching(cls, options: Any) -> Batching:
        size = options.batch_size
        return Batching(max(size, _GATHERED), options.max_wait_s, max_put=size)

    def start(self, context: SinkContext) -> None:
        options: HttpSinkOptions = context.options
        self._context = context
        self._url = options.url
        self._signer = Signer.of(context.secret(options.secret), options.secret)
        self._headers = {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": "lingqu",
            **options.headers,
        }
        self._connection = Connection(
            options.url, options.timeout_s, options.ca_file, context.permit
        )

    def put(self, batch: Batch, progress: ProgressRecord) -> Outcome:
        del progress  # the hub's own cluster keeps it
        assert self._connection is not None, "start comes first"  # noqa: S101 - a programming error
        if not len(batch):
            return Delivered()
        body = encode(batch, self._context.region, self._context.attempt)
        signed = self._signer.headers(message_id(batch, body), int(time.time()), body)
        self._context.check()
        answer = self._connection.post(body, {**self._headers, **signed})
        return outcome_of(answer, event_ids(batch), self._url)

    def stop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
