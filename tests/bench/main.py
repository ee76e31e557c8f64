"""The command line of the bench, and the order in which things are measured."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from tests.bench import (
    backlog_job,
    credit_job,
    customs_job,
    database_job,
    file_job,
    growth_job,
    http_job,
    import_job,
    ingest_job,
    latency_job,
    medical_job,
    registry_job,
    report,
    verify,
    wrk,
)
from tests.bench.brokers import Clusters, remove, two_clusters
from tests.bench.hub import BenchHub
from tests.bench.jobs import JOBS, Figures, Job
from tests.bench.load import Load, fill
from tests.bench.peer import mirror

from lingqu.errors import LingquError
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec

# Jobs with a target and a measure of their own, after those that copy to the other cluster.
OTHERS: dict[str, Callable[[BenchHub, Load, Path, int], report.Other]] = {
    "P4": http_job.run,
    "P5": database_job.run,
    "P6": file_job.run,
}

# Jobs with a hub of their own, or a part of one, on PostgreSQL.
ALONE: dict[str, Callable[[Path, int], report.Other]] = {
    ingest_job.NAME: ingest_job.run,
    latency_job.NAME: latency_job.run,
    import_job.NAME: import_job.run,
    credit_job.NAME: credit_job.run,
    customs_job.NAME: customs_job.run,
    medical_job.NAME: medical_job.run,
    registry_job.NAME: registry_job.run,
}

# Jobs with clusters and a topic of their own, of as many events as `--events` says.
APART: dict[str, Callable[[Path, int, int | None], report.Other]] = {
    growth_job.NAME: growth_job.run,
    backlog_job.NAME: backlog_job.run,
}

_QUICK, _FULL = (1, 1_000_000), (3, 2_000_000)
_WARM_BROKER = 300_000


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; 0 when all was measured, whatever the figures say."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    logging.getLogger("librdkafka").setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory(prefix="lingqu-bench-") as home:
            run(options, Path(home))
    except LingquError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; all is stopped", file=sys.stderr)
        return 130
    return 0


def run(options: argparse.Namespace, home: Path) -> None:
    """Measure peer and hub in turn, as often as asked."""
    rounds, events = _QUICK if options.quick else _FULL
    rounds, events = options.rounds or rounds, options.events or events
    wanted = _wanted(options)
    jobs = [JOBS[name] for name in wanted if name in JOBS]
    beside = [name for name in wanted if name in OTHERS]
    load: Load | None = None
    measured: list[dict[str, Figures]] = []
    others: list[report.Other] = []
    if jobs or beside:
        load, measured, others = _on_two_clusters(home, events, rounds, jobs, beside)
    for name in wanted:
        if name in ALONE:
            _say(f"{name}: starting a hub of its own")
            others.append(ALONE[name](home, rounds))
        if name in APART:
            _say(f"{name}: starting clusters of its own")
            others.append(APART[name](home, rounds, options.events))
    if jobs:
        print(report.HEAD)
    for job in jobs:
        print(report.line(job.name, report.summary(job, measured)))
    for other in others:
        print(other.line)
    report.write(options.out, load, jobs, measured, others)
    print(f"all figures are in {options.out}")


def _on_two_clusters(
    home: Path, events: int, rounds: int, jobs: Sequence[Job], beside: Sequence[str]
) -> tuple[Load, list[dict[str, Figures]], list[report.Other]]:
    """Measure what reads the bench's own topic."""
    _say("starting two brokers")
    with two_clusters(home) as clusters:
        bench = Bench(BenchHub(home, clusters), clusters, home)
        with bench.hub.registry():
            load = bench.prepare(events)
            numbers = range(1, 1 + rounds) if jobs else ()
            measured = [bench.round(number, jobs, load) for number in numbers]
            others = [OTHERS[name](bench.hub, load, home, rounds) for name in beside]
    return load, measured, others


def _usual(*, quick: bool) -> list[str]:
    """Return what is measured where nothing is named; quickly, only what the peer copies too."""
    return [*JOBS] if quick else [*JOBS, *OTHERS, *ALONE, *APART]


def _wanted(options: argparse.Namespace) -> list[str]:
    """Return the jobs to be measured; one whose load generator is missing only when named."""
    if options.jobs:
        return list(options.jobs)
    found = _usual(quick=options.quick)
    if registry_job.NAME in found and not wrk.is_here():
        _say(f"{registry_job.NAME} is left out: {wrk.CURE}")
        found.remove(registry_job.NAME)
    return found


class Bench:
    """Measures on two clusters that are up."""

    def __init__(self, hub: BenchHub, clusters: Clusters, home: Path) -> None:
        self.hub = hub
        self._clusters = clusters
        self._home = home

    def prepare(self, events: int) -> Load:
        """Put the events on the source topic, and warm both brokers in both directions."""
        _say(f"putting {events:,} events on {self.hub.contract.topic()}")
        load = self.hub.fill(events)
        self._verify(self._clusters.source, load.topic, load)
        self._warm_target()
        return load

    def round(self, number: int, jobs: Sequence[Job], load: Load) -> dict[str, Figures]:
        """Run the peer, then each job; what arrived is verified and thrown away after each."""
        figures = {"peer": self._peer(load)}
        for job in jobs:
            figures[job.name] = self._job(job, number, load)
        return figures

    def _peer(self, load: Load) -> Figures:
        topic, figures = mirror(self._clusters, load, self.hub.contract.partitions, self._home)
        self._verify(self._clusters.target, topic, load)
        self._tell("peer", figures)
        remove(self._clusters.target, lambda name: name == topic or name.startswith("mm2-"))
        remove(self._clusters.source, lambda name: name.startswith("mm2-"))
        return figures

    def _job(self, job: Job, number: int, load: Load) -> Figures:
        done = self.hub.deliver(job, f"{job.name.lower()}-{number}", load)
        found = self._verify(self._clusters.target, done.topic, load, done.state.derived_schema)
        verify.check_numbers(done.topic, found)
        if job.masks:
            verify.check_view(done.topic, found)
        self._tell(job.name, done.figures)
        remove(self._clusters.target, lambda name: name == done.topic)
        return done.figures

    def _verify(
        self, kafka: KafkaSettings, topic: str, load: Load, schema: str | None = None
    ) -> verify.Found:
        contract = self.hub.contract
        seen = schema or contract.latest().schema
        found = verify.read(kafka, topic, contract.partitions, seen)
        verify.check(topic, found, load.events)
        return found

    def _warm_target(self) -> None:
        """Write to the target broker and read it once, so that the first in turn does not pay."""
        contract = self.hub.contract
        with Topics(self._clusters.target) as topics:
            topics.ensure([TopicSpec(contract.topic(), contract.partitions)])
        load = fill(self._clusters.target, contract, self.hub.schema_id(), _WARM_BROKER)
        self._verify(self._clusters.target, load.topic, load)
        remove(self._clusters.target, lambda name: name == load.topic)

    def _tell(self, name: str, figures: Figures) -> None:
        _say(
            f"{name}: {figures.rate:,.0f} events/s, {figures.cpu_s_per_million:.2f} CPU-s per"
            f" million, {figures.peak_rss_mb:.0f} MB"
        )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    names = _usual(quick=False)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"{', '.join(names)}; default all")
    parser.add_argument(
        "--quick", action="store_true", help="one round of 1 M events, of P1 to P3 alone"
    )
    parser.add_argument("--events", type=int, help="events on the topic (2 M; quick 1 M)")
    parser.add_argument("--rounds", type=int, help="peer and jobs in turn so often (3; quick 1)")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="default bench.json")
    options = parser.parse_args(arguments)
    if unknown := set(options.jobs) - set(names):
        parser.error(f"no job {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return options


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
