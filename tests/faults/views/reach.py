"""Delivers a batch by one of the ways there are, and brings all that the partner then can reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tests.support.partner import SECRET, HttpPartner
from tests.support.tables import ask
from tests.support.topics import TopicReader

from lingqu.connect.api import Options, SinkTask
from lingqu.connect.batch import Batch
from lingqu.connect.samples import REGION, Lane
from lingqu.kafka.settings import KafkaSettings
from lingqu_connectors.database.sink import DatabaseSinkTask
from lingqu_connectors.file.sink import FileSinkTask
from lingqu_connectors.http.sink import HttpSinkTask
from lingqu_connectors.kafka.sink import KafkaSinkTask

FORMATS = ("avro", "jsonl", "parquet", "csv")
WAYS = (*FORMATS, "http", "database")
KAFKA = "kafka"
# A sink of Kafka has a transaction to open, which takes longer than all the rest.
_ONE_IN = 101

Places = Mapping[str, bytes]


@dataclass
class Reach:
    """The partner's systems, real ones: folders, databases, an HTTP server, a broker."""

    home: Path
    partner: HttpPartner
    kafka: KafkaSettings | None
    delivered: dict[str, int] = field(default_factory=dict)
    _asked: int = 0

    def way(self) -> str:
        """Return how the next agreement delivers."""
        self._asked += 1
        if self.kafka is not None and self._asked % _ONE_IN == 1:
            return KAFKA
        return WAYS[self._asked % len(WAYS)]

    def deliver(self, way: str, lane: Lane, batch: Batch) -> Places:
        """Deliver for real; return by name what there is to be read of it."""
        self.delivered[way] = self.delivered.get(way, 0) + len(batch)
        if way in FORMATS:
            found = self._file(way, lane, batch)
        elif way == "http":
            found = self._http(lane, batch)
        else:
            found = self._database(lane, batch) if way == "database" else self._kafka(lane, batch)
        return {"schema": batch.schema.encode(), **found}

    def _file(self, form: str, lane: Lane, batch: Batch) -> Places:
        folder = self.home / lane.feed
        folder.mkdir()
        _put(FileSinkTask, {"folder": folder, "format": form}, lane, batch)
        found = {f"file {path.name}": path.read_bytes() for path in sorted(folder.iterdir())}
        names = "\n".join(path.name for path in folder.iterdir())
        for path in folder.glob("*.parquet"):
            found[f"rows of {path.name}"] = str(pq.read_table(path).to_pylist()).encode()
        for path in folder.iterdir():
            path.unlink()
        return found | {"file names": names.encode()}

    def _http(self, lane: Lane, batch: Batch) -> Places:
        self.partner.log.clear()
        _put(HttpSinkTask, {"url": self.partner.url, "secret": "partner-key"}, lane, batch)
        found = {}
        for number, request in enumerate(self.partner.requests):
            found[f"body {number}"] = request.body
            found[f"headers {number}"] = str(dict(request.headers)).encode()
        return found

    def _database(self, lane: Lane, batch: Batch) -> Places:
        file = self.home / f"{lane.feed}.sqlite"
        url = f"sqlite:///{file}"
        _put(DatabaseSinkTask, {"url": url, "table": "events", "mode": "append"}, lane, batch)
        rows = str(ask(url, "SELECT * FROM events")) if len(batch) else ""
        content = file.read_bytes()
        file.unlink()
        return {"database": content, "rows of the table": rows.encode()}

    def _kafka(self, lane: Lane, batch: Batch) -> Places:
        assert self.kafka is not None, "this way is not taken without a broker"
        options = {
            "bootstrap_servers": self.kafka.bootstrap_servers,
            "registry_url": "http://127.0.0.1:1",
        }
        _put(KafkaSinkTask, options, lane, batch)
        found: dict[str, bytes] = {}
        for message in TopicReader(self.kafka, f"{lane.topic}.from.{REGION}").read():
            place = f"{message.partition()}-{message.offset()}"
            found[f"value {place}"] = message.value() or b""
            found[f"key {place}"] = message.key() or b""
            headers: Any = message.headers() or []
            assert [name for name, _ in headers] == ["lq_seq"], "a header that nobody agreed to"
            found[f"headers {place}"] = str(headers).encode()
        return found | {"registered": str(lane.registered).encode()}


def _put(kind: type[SinkTask], options: Mapping[str, Any], lane: Lane, batch: Batch) -> None:
    wanted: Options = kind.options_model.model_validate(options)
    task = kind()
    try:
        task.start(lane.context(wanted, batch.schema))
        task.put(batch, lane.progress(batch))
    finally:
        task.stop()


@contextmanager
def reaching(home: Path, kafka: KafkaSettings | None) -> Iterator[Reach]:
    """Yield the partner's systems."""
    with HttpPartner().serving() as partner:
        yield Reach(home, partner, kafka)


SECRETS = {"partner-key": SECRET}
