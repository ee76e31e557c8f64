"""Readings to state, and what takes them, with the contracts of this checkout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine
from tests.support.clock import FakeClock
from tests.support.outbox_events import waiting_in

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu.outbox.model import OUTBOX
from lingqu.quality import Tally
from lingqu.service.database import make_engine, session_factory
from lingqu.wire.codec import AvroCodec
from lingqu.wire.registry import RegistryClient
from lingqu_water.judgement.classify import classify
from lingqu_water.readings.change import Outcome
from lingqu_water.readings.follow import Change, Follower, StoredReading
from lingqu_water.readings.model import SAMPLE_TOPIC, Item, Reading
from lingqu_water.readings.store import ReadingStore
from lingqu_water.readings.take import Readings, Taken
from lingqu_water.tables import TABLES

SCHEMAS = Path(__file__).parents[2] / "schemas"
KEY = b"k" * 32
NOON_MS = 1_617_249_600_000  # 2021-04-01 12:00 in China
HOURS_4_MS = 4 * 3_600_000
COLLECTED_MS = NOON_MS + 12 * 3_600_000
END_MS = 2_000_000_000_000

VALUES = {"w01001": 7.6, "w01009": 8.1, "w01019": 2.42, "w21003": 0.05, "w21011": 0.03}


def items(**values: float | None) -> tuple[Item, ...]:
    """Return the five items that give a class, some of them with other values."""
    return tuple(
        Item(
            code,
            value,
            "无量纲" if code == "w01001" else "mg/L",
            "no_value" if value is None else "measured",
        )
        for code, value in (VALUES | values).items()
    )


def reading(place: int = 0, /, **changes: Any) -> Reading:
    """Return a raw statement about one section, so many times four hours after noon."""
    statement: dict[str, Any] = {
        "section_code": "43-示例",
        "section_name": "示例",
        "reporting_region": "43",
        "basin": "长江流域",
        "river": None,
        "water_body": "river",
        "sampled_at_ms": NOON_MS + place * HOURS_4_MS,
        "published_class": "Ⅱ",
        "station_status": "正常",
        "method": "auto",
        "data_level": "raw",
        "validity": "valid",
        "validity_reason": None,
        "reviewed_by_org": None,
        "reviewed_at_ms": None,
        "items": items(),
        "as_of_ms": COLLECTED_MS + place * HOURS_4_MS,
    }
    return Reading(**statement | changes)


def final(statement: Reading, **changes: Any) -> dict[str, Any]:
    """Return what a reading says once it is final; for `reading(…, **final(…))`."""
    return {
        "data_level": "final",
        "reviewed_by_org": "示例监测中心",
        "reviewed_at_ms": statement.as_of_ms + HOURS_4_MS,
        **changes,
    }


class Ids:
    """A registry that knows each schema under the same id."""

    def lookup(self, _subject: str, _schema: str) -> int:
        return 7

    def schema(self, schema_id: int) -> str:
        raise NotImplementedError(schema_id)


@cache
def catalogue() -> Catalogue:
    return load_catalogue(SCHEMAS)


@cache
def events_of(region: str = "43", tally: Tally | None = None) -> Events:
    gates = Gates(
        catalogue(),
        cast("RegistryClient", Ids()),
        scope=RegionScope((region,)),
        environment="prod",
        id_key=KEY,
    )
    return Events(gates, "water", tally)


@dataclass
class Recorder:
    """A follower that keeps what it was told."""

    changes: list[Change] = field(default_factory=list)

    def follow(self, _session: Any, changes: Sequence[Change]) -> None:
        self.changes.extend(changes)


@dataclass(frozen=True)
class Taking:
    """Readings over a database, and what stands there."""

    engine: Engine
    readings: Readings
    clock: FakeClock

    def take(self, *statements: Reading, mode: str = "live") -> Taken:
        with session_factory(self.engine).begin() as session:
            return self.readings.take(session, statements, mode=mode)

    def outcomes(self, *statements: Reading, mode: str = "live") -> list[Outcome]:
        return list(self.take(*statements, mode=mode).outcomes)

    def heads(self, section_code: str = "43-示例") -> list[StoredReading]:
        with session_factory(self.engine, read_only=True)() as session:
            return ReadingStore().between(session, section_code, 0, END_MS)

    def head(self) -> StoredReading:
        (only,) = self.heads()
        return only

    def published(self) -> list[dict[str, Any]]:
        """Return the events that wait in the outbox, in order."""
        with session_factory(self.engine, read_only=True)() as session:
            bodies = [each.payload[5:] for each in waiting_in(session)]
        contract, major = catalogue().by_topic(SAMPLE_TOPIC)
        return AvroCodec(contract.latest(major).schema).decode_rows(bodies)


@contextmanager
def taking(
    url: str = "sqlite://",
    *followers: Follower,
    clock: FakeClock | None = None,
    tally: Tally | None = None,
) -> Iterator[Taking]:
    """Yield readings over a fresh database whose tables are there."""
    engine = make_engine(url)
    with engine.begin() as connection:
        TABLES.create_all(connection)
        OUTBOX.create_all(connection)
    clock = clock or FakeClock()
    readings = Readings(events_of(tally=tally), classify, KEY, clock, Metrics(), followers)
    try:
        yield Taking(engine, readings, clock)
    finally:
        engine.dispose()
