"""P5: a feed into PostgreSQL, exactly once, beside the sink that Kafka Connect has for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.bench import jdbc_peer
from tests.bench.hub import BenchHub
from tests.bench.jobs import Figures, Job
from tests.bench.load import Load
from tests.bench.missed import looked_into
from tests.bench.postgres import Postgres, Rows, postgres
from tests.bench.process import BenchError
from tests.bench.report import Other, line, summary

JOB = Job("P5", "PostgreSQL upsert, exactly once", "exactly_once", 10.0)

# Every event has a row of its own: the record key alone would leave a row a station.
_KEY = ["station", "event_id"]


def run(hub: BenchHub, load: Load, home: Path, rounds: int) -> Other:
    """Measure peer and hub in turn, so many times."""
    jdbc_peer.put_json(hub.kafka, hub.contract)
    with postgres(home / "postgres") as server:
        measured = [_round(hub, load, home, server, number) for number in range(1, rounds + 1)]
        figures = {**summary(JOB, measured), "peer": jdbc_peer.VERSION}
        missed = looked_into(
            figures["rate_ratio"] / JOB.rate_target,
            hub.source_of(load),
            home / "p5.profile",
            lambda file: _upsert(hub, load, server, "profiled", file),
        )
    told = line(JOB.name, figures)
    if missed is None:
        return Other(JOB.name, told, figures)
    return Other(JOB.name, f"{told}\n{missed.line()}", {**figures, **missed.figures()})


def _round(
    hub: BenchHub, load: Load, home: Path, server: Postgres, number: int
) -> Mapping[str, Figures]:
    peer = jdbc_peer.upsert(hub.kafka, server, home)
    _check(server, "peer", jdbc_peer.EVENTS)
    server.ask("DROP TABLE peer")
    return {"peer": peer, JOB.name: _upsert(hub, load, server, str(number))}


def _upsert(
    hub: BenchHub, load: Load, server: Postgres, name: str, profile: Path | None = None
) -> Figures:
    table = f"hub_{name}"
    options = {"url": server.url, "table": table, "key": _KEY}
    arrived = Rows(server, "SELECT sum(last_seq) FROM lingqu_progress", every_s=0.1)
    _, figures = hub.run(JOB, f"p5-{name}", load, arrived, options, "database-sink", profile)
    _check(server, table, load.events)
    for gone in (table, "lingqu_progress"):
        server.ask(f"DROP TABLE {gone}")
    return figures


def _check(server: Postgres, table: str, events: int) -> None:
    """Raise unless every event is there once."""
    ((rows, different),) = server.ask(f"SELECT count(*), count(DISTINCT event_id) FROM {table}")
    if (rows, different) != (events, events):
        raise BenchError(f"table {table!r} holds {rows} rows, {different} events, not {events}")
