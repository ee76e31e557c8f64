"""What the partners of a demo hold, read with plain clients."""

from __future__ import annotations

import io
import json
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import fastavro
from confluent_kafka import Message
from tests.support.hub import TestHub
from tests.support.topics import TopicReader

from lingqu.kafka.settings import KafkaSettings
from lingqu_embedded.demo.holdings import any_left

TOPIC = "water.sample.v1"
_COUNTS = ("produced", "filtered", "dead", "rejected", "expected", "delivered")
# Domains with a service of their own bring simulations; some of what they tell is told twice.
SIMULATED = (
    "credit.dishonesty.v1", "credit.repair.v1", "customs.amendment.v1", "customs.declaration.v1",
    "customs.transit.v1", "customs.aeo.v1", "customs.inspection.v1", "medical.clearing.v1",
    "medical.filing.v1", "medical.reconciliation.v1", "medical.remittance.v1",
    "medical.reversal.v1", "medical.settlement.v1",
)  # fmt: skip
# Of the others, the demo plays the examples of their contracts.
PLAYED = ("air.alert.v1", "air.sample.v1", "logistics.shipment.v1", "trading.transfer.v1")


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the demo's table, and its feed's topic."""

    feed: str
    topic: str
    by: str
    produced: int
    filtered: int
    dead: int
    rejected: int
    expected: int
    delivered: int
    order: str
    withheld: frozenset[str]


def told_of(printed: str, topics: dict[str, str]) -> dict[str, Told]:
    """Read the table from what a demo printed; a cell may go on below itself."""
    lines = iter(printed.splitlines())
    head = next(line for line in lines if line.startswith("feed "))
    starts = {name: head.index(name) for name in head.split()}
    ends = dict(zip(starts, [*list(starts.values())[1:], None], strict=True))
    rows: list[dict[str, str]] = []
    for line in takewhile(lambda line: line[: ends["feed"]].strip() in {"", *topics}, lines):
        cells = {name: line[starts[name] : ends[name]].strip() for name in starts}
        if cells["feed"]:
            rows.append(cells)
        else:
            rows[-1]["withheld"] += f" {cells['withheld']}"
    return {row["feed"]: _told(row, topics[row["feed"]]) for row in rows}


def _told(row: dict[str, str], topic: str) -> Told:
    counts = {name: int(row[name].replace(",", "")) for name in _COUNTS}
    withheld = frozenset(row["withheld"].replace(",", " ").split())
    return Told(row["feed"], topic, row["by"], **counts, order=row["order"], withheld=withheld)


def records(hub: TestHub, topic: str) -> list[Message]:
    """Return the committed records of a topic."""
    return TopicReader(KafkaSettings(bootstrap_servers=hub.status()["kafka"]), topic).read()


def events(hub: TestHub, topic: str = TOPIC) -> Iterator[dict[str, Any]]:
    """Yield a topic's events, decoded by the registry's schema; one record is none."""
    registry = hub.status()["urls"]["registry"]
    with urllib.request.urlopen(f"{registry}/subjects/{topic}-value/versions/latest") as answer:
        schema = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
    for record in records(hub, topic):
        try:
            read: Any = fastavro.schemaless_reader(
                io.BytesIO((record.value() or b"")[5:]), schema, None
            )
        except EOFError:
            continue
        yield read


def dropped(hub: TestHub, feed: str = "water-to-guangxi") -> list[dict[str, Any]]:
    """Return the rows of the files that a feed dropped in the partner's folder."""
    rows: list[dict[str, Any]] = []
    for manifest in (hub.home / "demo" / "45").glob("*.manifest.json"):
        said = json.loads(manifest.read_text("utf-8"))
        if said["feed"] == feed:
            lines = (manifest.parent / said["file"]).read_text("utf-8").splitlines()
            rows += [json.loads(line) for line in lines]
    return rows


def tabled(hub: TestHub, table: str = "water_samples") -> list[dict[str, Any]]:
    """Return the rows of a table of the partner's."""
    with closing(sqlite3.connect(hub.home / "demo" / "36" / "exchange.sqlite")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f"SELECT * FROM {table}")]


def letters(hub: TestHub) -> list[dict[str, Any]]:
    return [json.loads(record.value() or b"") for record in records(hub, "lingqu.dlt.v1")]


def lanes(hub: TestHub, feed: str) -> list[dict[str, Any]]:
    """Return what the worker says of the lanes of a feed."""
    with urllib.request.urlopen(f"{hub.status()['urls']['worker']}/v1/lanes") as answer:
        feeds = json.load(answer)["feeds"]
    return [lane for one in feeds if one["feed"] == feed for lane in one["lanes"]]


def behind(hub: TestHub, topic: str, feed: str) -> bool:
    """Say whether a feed has something left of what was published before."""
    offsets = {lane["partition"]: lane["next_offset"] for lane in lanes(hub, feed)}
    return any_left(KafkaSettings(bootstrap_servers=hub.status()["kafka"]), topic, offsets)


@contextmanager
def up_for_a_while(hub: TestHub, *options: str) -> Iterator[None]:
    """Keep a hub up while the block runs."""
    try:
        done = hub.up(*options)
        assert done.returncode == 0, done.stdout + done.stderr
        yield
    finally:
        hub.lingqu("down")
