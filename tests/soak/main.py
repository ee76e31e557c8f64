"""Calls made up from the services' own descriptions: no error of ours comes of any."""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from tests.soak.calls import Asked, BrokenPromiseError, ask
from tests.support.broker import small_broker
from tests.support.machine import commit, machine
from tests.support.ports import free_ports
from tests.support.served import Served, environment

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, internal_topics

ROOT = Path(__file__).parents[2]

# What clients of others rely on is held to every word, with so many calls.
REGISTRY = 10_000, (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)  # fmt: skip
DOMAIN = 2_500, ("not_a_server_error",)
DOMAINS = ("water", "credit", "customs", "medical")


def main(arguments: Sequence[str]) -> int:
    """Ask each service; 1 when one of them broke a promise."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    began, found = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="lingqu-soak-") as folder:
        for name in options.services:
            with _served(name, Path(folder) / name) as url:
                usual, checks = DOMAIN if name in DOMAINS else REGISTRY
                calls = options.calls or usual
                try:
                    found.append(ask(name, url, calls, options.seed, checks))
                except BrokenPromiseError as broken:
                    print(f"soak: {broken}")
                    return 1
            print(f"soak: {found[-1].sentence()}", flush=True)
    if options.report:
        options.report.write_text(_report(found, options, time.monotonic() - began), "utf-8")
        print(f"soak: wrote {options.report}")
    return 0


@contextmanager
def _served(name: str, home: Path) -> Iterator[str]:
    """Serve one service with what it needs; yield its address."""
    home.mkdir()
    with ExitStack() as stack:
        if name == "registry":
            kafka, schemas = "127.0.0.1:1", home / "contracts"
            schemas.mkdir()
        else:
            broker = small_broker(home / "kafka")
            stack.callback(broker.kill)
            kafka, schemas = broker.bootstrap, ROOT / "schemas"
            _make_topics(kafka, schemas)
        port = {f"LINGQU_{name.upper()}_PORT": str(free_ports(1)[0])}
        environ = environment(home, "43", kafka, schemas) | (port if name in DOMAINS else {})
        names = ("registry", name) if name in DOMAINS else (name,)
        served = Served(environ, names)
        served.start()
        stack.callback(served.stop)
        served.await_ready()
        yield served.url(name)


def _make_topics(kafka: str, schemas: Path) -> None:
    own = [TopicSpec(each.topic(), each.partitions) for each in load_catalogue(schemas)]
    with Topics(KafkaSettings(bootstrap_servers=kafka)) as topics:
        topics.ensure([*internal_topics(), *own])


def _report(found: Sequence[Asked], options: argparse.Namespace, seconds: float) -> str:
    rows = [
        f"| {each.service} | {each.calls:,} | {each.first_seed}–{each.last_seed}"
        f" | {', '.join(each.checks)} |"
        for each in found
    ]
    asked = [*options.services, *([f"--calls={options.calls}"] if options.calls else [])]
    command = f"`python tests/soak/run.py {' '.join(asked)} --seed={options.seed}`"
    return "\n".join(
        [
            f"# Made-up calls of {datetime.now(UTC):%Y-%m-%d}",
            "",
            f"{command} at commit {commit()}: Schemathesis makes calls up from each service's",
            "own `/openapi.json`: its examples, edges and chance; each answer is checked.",
            f"{seconds / 60:.0f} minutes on {machine()}. No operation was left out.",
            "Calls that follow from one another's answers were not made, so that many name what",
            "is not there; Schemathesis's",
            "complaints of its own speed and of examples that it throws away are switched off.",
            "",
            "**No error of a service's own, and no answer that a check refuses.**",
            "",
            "| service | calls | seeds | checks |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/soak/run.py", description=__doc__)
    every = ("registry", *DOMAINS)
    parser.add_argument("services", nargs="*", default=every, help=f"default {' '.join(every)}")
    parser.add_argument("--calls", type=int, help="a service; else thousands")
    parser.add_argument("--seed", type=int, default=1, help="of an earlier run, to repeat it")
    parser.add_argument("--report", type=Path, help="write what came of it here, as Markdown")
    return parser.parse_args(arguments)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
