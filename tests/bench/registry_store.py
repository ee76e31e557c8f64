"""The second half of P8: what writing takes, and what a registry with much in it takes."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from tests.bench.postgres import Postgres
from tests.bench.process import BenchError
from tests.bench.registries import own
from tests.bench.wrk import NUMBER, Call, measure

from lingqu.service.database import make_engine
from lingqu_registry.identity import digest_of
from lingqu_registry.names import DEFAULT_CONTEXT
from lingqu_registry.store.model import Base, ContextRow, SchemaRow, SubjectRow, VersionRow

_CONNECTIONS, _WRITING_S = 32, 6
_SUBJECTS, _VERSIONS = 10_000, 5
_TARGETS = {"PostgreSQL": 1_000, "SQLite": 500}
_START_TARGET_S, _LIST_TARGET_MS = 5, 300


@dataclass(frozen=True, slots=True)
class Stored:
    """Durable first registrations a second by database; start and list with 50,000 versions."""

    registrations: dict[str, float]
    start_s: float
    list_ms: float

    def lines(self) -> list[str]:
        written = ", ".join(
            f"{name} {rate:,.0f}/s (≥ {_TARGETS[name]:,})"
            for name, rate in self.registrations.items()
        )
        listed = f"GET /subjects {self.list_ms:.0f} ms (≤ {_LIST_TARGET_MS})"
        started = f"start {self.start_s:.1f} s (≤ {_START_TARGET_S})"
        return [
            f"P8  first registrations, durable: {written}",
            f"P8  {_SUBJECTS:,} subjects × {_VERSIONS}: {started}, {listed}",
        ]


def measure_all(home: Path, server: Postgres) -> Stored:
    """Measure writing on both databases, then starting and listing on PostgreSQL."""
    databases = {"PostgreSQL": server.url, "SQLite": f"sqlite:///{home / 'p8.sqlite'}"}
    rates = {name: _registrations(home, database) for name, database in databases.items()}
    _fill(server.url)
    began = time.perf_counter()
    with own(home, server.url) as registry:
        start_s = time.perf_counter() - began
        registry.ask("GET", "/subjects")
        began = time.perf_counter()
        names = registry.ask("GET", "/subjects")
        list_ms = (time.perf_counter() - began) * 1000
    if len(names) < _SUBJECTS:
        raise BenchError(f"the registry lists {len(names)} subjects instead of {_SUBJECTS}")
    return Stored(rates, start_s, list_ms)


def _registrations(home: Path, database: str) -> float:
    """Return how many subjects a second get their first version, each acknowledged as durable."""
    body = json.dumps({"schema": _text(NUMBER)})
    call = Call("POST", f"/subjects/first-{NUMBER}-value/versions", body)
    with own(home, database) as registry:
        pace = measure(registry.url, [call], _WRITING_S, home, connections=_CONNECTIONS)
        found = len(registry.ask("GET", "/subjects?subjectPrefix=first-"))
    if pace.failed or found < pace.requests:
        raise BenchError(f"{pace.failed} failed; {found} of {pace.requests} are there")
    return pace.rate


def _text(number: str | int) -> str:
    fields = [{"name": f"reading_{number}_{place}", "type": "double"} for place in range(10)]
    schema = {"type": "record", "name": "Reading", "fields": fields}
    return json.dumps(schema, separators=(",", ":"))


def _fill(url: str) -> None:
    """Put so many subjects and versions there, as many years of registering would have."""
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        first = session.scalar(select(ContextRow.next_id)) or 1
        session.execute(update(ContextRow).values(next_id=first + _SUBJECTS * _VERSIONS))
        for kind, rows in _rows(first).items():
            session.execute(insert(kind), rows)
    engine.dispose()


def _rows(first: int) -> dict[type[Base], list[dict[str, Any]]]:
    found: dict[type[Base], list[dict[str, Any]]] = {
        SubjectRow: [],
        SchemaRow: [],
        VersionRow: [],
    }
    for number in range(_SUBJECTS * _VERSIONS):
        place, version = divmod(number, _VERSIONS)
        subject = f"filled-{place:05}-value"
        own_row = {"context": DEFAULT_CONTEXT, "text": _text(f"f{number}"), "extras": "{}"}
        digest = digest_of(own_row["text"])
        found[SchemaRow].append(
            own_row | {"id": first + number, "digest": digest, "schema_type": "AVRO"}
        )
        found[VersionRow].append(
            {"subject": subject, "version": version + 1, "context": DEFAULT_CONTEXT}
            | {"schema_id": first + number, "deleted": False, "registered_at_ms": number}
        )
        if version == 0:
            counts = {"last_version": _VERSIONS, "live": _VERSIONS, "held": _VERSIONS}
            found[SubjectRow].append(
                {"name": subject, "context": DEFAULT_CONTEXT, "revision": 0} | counts
            )
    return found
