"""Events sent to the gateway in batches, each taking effect once however often it is sent."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lingqu.client import RefusedError, ServiceClient
from lingqu.clock import Clock
from lingqu.connect.cells import Refusal
from lingqu.connect.event_files import Read, Record, as_json
from lingqu.errors import UnavailableError

BATCH_EVENTS = 500
BATCH_BYTES = 4 * 1_048_576
_PAUSES_S = (0.5, 1, 2, 4, 8, 8)


@dataclass(slots=True)
class Tally:
    """What has become of a file so far."""

    read: int = 0
    accepted: int = 0
    repeats: int = 0
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    line: int
    body: bytes


class Sender:
    """Sends one file's events to one topic; where the gateway is away for a moment, it waits.

    A batch keeps its Idempotency-Key through its retries; whole files may be sent again, since the
    gateway knows each event by its id.
    """

    def __init__(
        self, gateway: ServiceClient, topic: str, source: str | None, clock: Clock
    ) -> None:
        self._gateway = gateway
        self._path = f"/v1/topics/{topic}/events"
        self._query = {"source": source} if source else {}
        self._clock = clock

    def send(self, records: Read) -> Iterator[Tally]:
        """Send all; yield the tally after each batch, and once at the end."""
        tally = Tally()
        batch: list[_Line] = []
        size = 0
        for record in records:
            tally.read += 1
            line = _line(record)
            if isinstance(line, Refusal):
                tally.refused.append(line)
                continue
            if len(batch) == BATCH_EVENTS or size + len(line.body) > BATCH_BYTES:
                self._send_batch(batch, tally)
                yield tally
                batch, size = [], 0
            batch.append(line)
            size += len(line.body)
        self._send_batch(batch, tally)
        tally.refused.sort(key=lambda refusal: refusal.line)
        yield tally

    def _send_batch(self, batch: Sequence[_Line], tally: Tally) -> None:
        if not batch:
            return
        try:
            answer = self._post(b"\n".join(line.body for line in batch))
        except RefusedError as error:
            if error.status == 413:
                self._send_halves(batch, tally, error)
                return
            if "refused" not in error.problem:
                raise
            answer = dict(error.problem)
        tally.accepted += answer["accepted"]
        tally.repeats += answer["repeats"]
        tally.refused += [_refusal(batch, refused) for refused in answer["refused"]]

    def _send_halves(self, batch: Sequence[_Line], tally: Tally, error: RefusedError) -> None:
        if len(batch) == 1:
            tally.refused.append(Refusal(batch[0].line, "too_large", None, str(error)))
            return
        middle = len(batch) // 2
        self._send_batch(batch[:middle], tally)
        self._send_batch(batch[middle:], tally)

    def _post(self, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": str(uuid.uuid4())}
        for pause_s in (*_PAUSES_S, None):
            try:
                answer: dict[str, Any] = self._gateway.request(
                    "POST", self._path, params=self._query, content=body, headers=headers
                )
            except UnavailableError:
                if pause_s is None:
                    raise
                self._clock.wait(pause_s, threading.Event())
            else:
                return answer
        raise AssertionError  # the last pause is None


def _line(record: Record | Refusal) -> _Line | Refusal:
    if isinstance(record, Refusal):
        return record
    try:
        return _Line(record.line, orjson.dumps(record.event, default=as_json))
    except orjson.JSONEncodeError as error:
        return Refusal(record.line, "undecodable", None, f"the event has no JSON form: {error}")


def _refusal(batch: Sequence[_Line], refused: dict[str, Any]) -> Refusal:
    line = batch[refused["index"]].line
    return Refusal(line, refused["code"], refused["field"], refused["reason"])
