"""Many subjects put into the credit service's store: rows of a few it took itself, multiplied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

import httpx2
import psycopg
from tests.bench.codes import code_of
from tests.bench.postgres import Postgres
from tests.bench.process import BenchError

from lingqu.clock import china_day

Kind = Literal["restricted", "unrestricted"]

MEASURES = ("2-1", "2-4")
_ONE_RESTRICTED_IN = 3
_FIRST, _UNKNOWN = 10_000_000, 20_000_000
_MODELS: Mapping[Kind, int] = {"restricted": _FIRST - 2, "unrestricted": _FIRST - 1}
# What names a row's subject and itself; each copy gets its own of these.
_NAMES = ("uscc", "listing", "listing_event", "change", "change_event")
_MADE = """
    CREATE TEMPORARY TABLE bench_subject (
      model text,
      uscc text,
      listing text,
      listing_event text DEFAULT gen_random_uuid(),
      change text,
      change_event text DEFAULT gen_random_uuid()
    )
"""
_TABLES = ("dishonesty", "measure", "subject_change")


class Subject(NamedTuple):
    """A code, the record that lists it, and the measures that must be told of it."""

    uscc: str
    record_id: str | None
    measures: Sequence[str]


def fill(server: Postgres, service_url: str, subjects: int) -> None:
    """Put so many listed and registered subjects into the store, one in three with measures.

    Measures come over HTTP only, a thousand listings a call, which takes longer than the bench may:
    so the service takes two listings, and its database copies their rows under other codes.
    """
    for model, number in _MODELS.items():
        _state(service_url, code_of(number), MEASURES if model == "restricted" else ())
    with psycopg.connect(server.url) as connection:
        connection.execute(_MADE.encode())
        models = {name: _names_of(connection, code_of(of)) for name, of in _MODELS.items()}
        copy = b"COPY bench_subject (model, uscc, listing, change) FROM STDIN"
        with connection.cursor().copy(copy) as lines:
            for number in range(subjects):
                uscc = code_of(_FIRST + number)
                lines.write_row((_kind(number), uscc, _listing(uscc), f"43-ZT-{uscc}"))
        for table in _TABLES:
            for model, names in models.items():
                _multiply(connection, table, model, names)
    server.ask("VACUUM ANALYZE")


def known(number: int) -> Subject:
    """Return the subject of that number, counted from 0, as it was put in."""
    uscc = code_of(_FIRST + number)
    return Subject(uscc, _listing(uscc), MEASURES if _kind(number) == "restricted" else ())


def unknown(number: int) -> Subject:
    """Return one of which nothing was put in."""
    return Subject(code_of(_UNKNOWN + number), None, ())


def _kind(number: int) -> Kind:
    return "unrestricted" if number % _ONE_RESTRICTED_IN else "restricted"


def _listing(uscc: str) -> str:
    return f"43-SX-{uscc}"


def _state(url: str, uscc: str, measures: Sequence[str]) -> None:
    decided_on = china_day(datetime.now(UTC)) - timedelta(days=7)
    decision = {"list_type": "严重违法失信名单", "decision_no": f"示例失信〔{uscc}〕1号"}
    measure = {
        **decision,
        "edition": "2024",
        "basis": "示例条例第二十条",
        "decided_by": "湖南省示例局",
        "from": decided_on.isoformat(),
    }
    subject = {"uscc": uscc, "subject_name": f"示例企业{uscc}有限公司"}
    listing = {
        **subject,
        **decision,
        "subject_type": "legal_person",
        "basis": "《示例办法》第八条",
        "reason": "提供虚假材料取得示例许可",
        "decided_on": decided_on.isoformat(),
        "authority": "湖南省示例局",
        "authority_uscc": "11430000MB1A00031E",
        "measures": [{**measure, "measure_code": code} for code in measures],
    }
    change = {**subject, "subject_event": "registered", "effective_on": "2020-01-02"}
    for path, body in (("/v1/records/dishonesty", listing), ("/v1/subjects", change)):
        answer = httpx2.post(f"{url}{path}", json=[body], timeout=30)
        if not answer.is_success:
            raise BenchError(f"{path} was not accepted: {answer.text[:300]}")


def _names_of(connection: psycopg.Connection[Any], uscc: str) -> Mapping[str, str]:
    found = connection.execute(
        b"SELECT d.record_id, d.event_id, c.change_id, c.event_id"
        b" FROM dishonesty d JOIN subject_change c USING (uscc) WHERE uscc = %s",
        (uscc,),
    ).fetchone()
    assert found is not None
    return dict(zip(_NAMES, (uscc, *found), strict=True))


def _multiply(
    connection: psycopg.Connection[Any], table: str, model: Kind, names: Mapping[str, str]
) -> None:
    """Copy the model's rows of a table for each subject made after it."""
    columns = connection.execute(
        b"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
        (table,),
    ).fetchall()
    told = [_renamed(name, names) if kind == "text" else f't."{name}"' for name, kind in columns]
    listed = ", ".join(f'"{name}"' for name, _ in columns)
    statement = (
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(told)} FROM {table} t, bench_subject s"
        f" WHERE t.uscc = '{names['uscc']}' AND s.model = '{model}'"
    )
    connection.execute(statement.encode())


def _renamed(column: str, names: Mapping[str, str]) -> str:
    told = f't."{column}"'
    for name, text in names.items():
        told = f"replace({told}, '{text}', s.{name})"
    return told
