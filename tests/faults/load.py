"""Fills the outbox, in its own thread and at a pace, and keeps the ledger of what committed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import pyarrow as pa
from sqlalchemy import Engine

from lingqu.outbox import EncodedEvent, append
from lingqu.service.database import session_factory
from lingqu.wire.codec import AvroCodec

STATIONS = [f"43-S{number:04}" for number in range(1_500)]
_WEATHER = ["calm", "calm", "calm", "rain", "rain", "storm"]
_FIRST_MS = 1_772_337_600_000
_TRANSACTION = 500


@dataclass(frozen=True, slots=True)
class Pulse:
    """One event, as the ledger has it."""

    event_id: str
    station: str
    number: int
    level: int
    weather: str

    @property
    def line(self) -> str:
        return f"{self.event_id},{self.station},{self.number},{self.level},{self.weather}\n"


@dataclass(slots=True)
class Pulses:
    """Events by chance, each with its number at its station."""

    dice: random.Random
    _numbers: Counter[str] = field(default_factory=Counter)

    def take(self, count: int) -> list[Pulse]:
        return [self._pulse() for _ in range(count)]

    def _pulse(self) -> Pulse:
        station = self.dice.choice(STATIONS)
        self._numbers[station] += 1
        bits = self.dice.getrandbits(128)
        tail = f"8{bits >> 92 & 0xFFF:03x}-{bits & (1 << 48) - 1:012x}"
        event_id = f"{bits >> 96:08x}-{bits >> 80 & 0xFFFF:04x}-7{bits >> 68 & 0xFFF:03x}-{tail}"
        return Pulse(
            event_id,
            station,
            self._numbers[station],
            self.dice.randrange(100),
            self.dice.choice(_WEATHER),
        )


@dataclass
class Load:
    """Appends `events` in `spread_s` seconds, as a service would: many small transactions."""

    engine: Engine
    codec: AvroCodec
    schema_id: int
    topic: str
    events: int
    spread_s: float
    ledger: Path
    dice: random.Random
    produced: int = 0
    for_mirror: int = 0
    for_drop: int = 0
    failure: Exception | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self._pulses = Pulses(self.dice)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(30)

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        try:
            with self.ledger.open("w", encoding="utf-8") as ledger:
                self._fill(ledger)
        except Exception as error:  # noqa: BLE001 - the edge of the thread: told by the driver
            self.failure = error

    def _fill(self, ledger: TextIO) -> None:
        factory = session_factory(self.engine)
        began = time.monotonic()
        for pulses in self._transactions():
            with factory.begin() as session:
                append(session, self.topic, self._encoded(pulses))
            ledger.writelines(pulse.line for pulse in pulses)
            self._count(pulses)
            ahead = began + self.produced / self.events * self.spread_s - time.monotonic()
            if self._stop.wait(max(0.0, ahead)):
                return

    def _transactions(self) -> Iterator[list[Pulse]]:
        left = self.events
        while left:
            size = min(left, self.dice.randint(1, 2 * _TRANSACTION))
            yield self._pulses.take(size)
            left -= size

    def _encoded(self, pulses: Sequence[Pulse]) -> list[EncodedEvent]:
        payloads = self.codec.encode_framed(
            columns_of(pulses, self.codec.arrow_schema), self.schema_id
        )
        return [
            EncodedEvent(pulse.event_id, pulse.station, payload)
            for pulse, payload in zip(pulses, payloads, strict=True)
        ]

    def _count(self, pulses: Sequence[Pulse]) -> None:
        self.produced += len(pulses)
        self.for_mirror += sum(pulse.level >= 20 for pulse in pulses)
        self.for_drop += sum(pulse.weather != "storm" for pulse in pulses)


def columns_of(pulses: Sequence[Pulse], schema: pa.Schema) -> pa.RecordBatch:
    """Return events as columns of the contract."""
    count = len(pulses)
    values = {
        "event_id": [pulse.event_id for pulse in pulses],
        "occurred_at": [_FIRST_MS + pulse.number for pulse in pulses],
        "origin": ["43"] * count,
        "change": ["first"] * count,
        "supersedes": [None] * count,
        "mode": ["live"] * count,
        "environment": ["prod"] * count,
        "station": [pulse.station for pulse in pulses],
        "number": [pulse.number for pulse in pulses],
        "level": [pulse.level for pulse in pulses],
        "weather": [pulse.weather for pulse in pulses],
        "keeper": [f"Q-secret-{pulse.number}" for pulse in pulses],
        "phone": [f"secret-{pulse.number}-77" for pulse in pulses],
    }
    arrays = [pa.array(values[each.name], each.type) for each in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
