"""What a run came to, as a line while it runs and as a page in the end."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import confluent_kafka
from tests.faults.checking.judge import PROMISES
from tests.faults.trial import Outcome
from tests.support.machine import commit, machine

_PACKAGES = ("confluent-kafka", "kafka-python", "pyruhvro", "fastavro", "pyarrow", "sqlalchemy")


def line(outcome: Outcome) -> str:
    """Return one round in one line."""
    found = ", ".join(f"{place} {each['found']:,}" for place, each in outcome.verdicts.items())
    broken = ", ".join(f"{promise} {outcome.total(promise)}" for promise in PROMISES)
    kills = ", ".join(f"{part} {count}" for part, count in outcome.kills.items())
    verdict = "clean" if outcome.clean else f"BROKEN {outcome.trouble}"
    return (
        f"round {outcome.number}: {verdict}; killed {kills}, zombies {outcome.zombies}; "
        f"found {found}; {broken}; tracebacks {outcome.tracebacks}; {outcome.seconds:.0f} s"
    )


def keep(home: Path, outcome: Outcome) -> None:
    """Write the whole outcome beside the ledgers."""
    file = home / f"outcome-r{outcome.number:03}.json"
    file.write_text(json.dumps(asdict(outcome), indent=2), "utf-8")


def render(arguments: Sequence[str], seed: int, outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the page."""
    said = " ".join(arguments)
    command = f"make faults ARGS='{said}'" if said else "make faults"
    broken = [outcome.number for outcome in outcomes if not outcome.clean]
    return "\n".join(
        [
            "# Fault runs",
            "",
            "Written by the run itself. Each round, events flow from an outbox over a relay and a",
            "topic through one worker to another Kafka (a view with a pseudonymised key, a filter)",
            "and to a folder (another view and filter), while processes are killed with -9 at",
            "seeded random moments. A checker that shares no code with the product then compares",
            "every event with what `read_committed` consumers and readers of manifests find.",
            "",
            f"- Result: {f'**broken in rounds {broken}**' if broken else 'every promise kept'}",
            *circumstances(command, seed),
            f"- Duration: {seconds / 60:.1f} minutes, {len(outcomes)} rounds",
            "",
            *_table(outcomes),
            "",
            "`found` columns count events at the hub's topic, the partner's topic and in listed",
            "files. A zombie is a worker or relay stopped by SIGSTOP while a second takes over,",
            "and woken by SIGCONT amid the second one's work. Unlisted files are left by",
            "crashes; no manifest names them, so that no partner reads them. Tracebacks are what",
            "workers and relays logged of exceptions that nobody had foreseen.",
            "",
            "Not part of this run: killing the hub's own Kafka (`--soak` does), a lost disk,",
            "a network that is cut between two live processes, PostgreSQL killed.",
            "",
        ]
    )


def circumstances(command: str, seed: int) -> list[str]:
    """Return how a run was made, when, and on what."""
    return [
        f"- Command: `{command}`, seed {seed}",
        f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}",
        f"- Machine: {machine()}",
        f"- Versions: {_versions()}",
    ]


def _table(outcomes: Sequence[Outcome]) -> list[str]:
    head = (
        "| round | files | events | outbox found | mirror found | drop found | kills of worker, "
        "relay, target (hub's Kafka) | zombies | lost | doubled | reordered | leaked | other "
        "| unlisted files | tracebacks | seconds |"
    )
    return [head, "|" + "---|" * 16, *map(_row, outcomes), _sum(outcomes)]


def _row(outcome: Outcome) -> str:
    found = [f"{outcome.verdicts.get(place, {}).get('found', '?')}" for place in _PLACES]
    kills = ", ".join(str(count) for count in outcome.kills.values())
    return _cells(
        [str(outcome.number), outcome.form, f"{outcome.events}", *found, kills],
        [outcome.zombies, *_broken(outcome)],
        [outcome.total("unlisted"), outcome.tracebacks, f"{outcome.seconds:.0f}"],
    )


_PLACES = ("outbox", "mirror", "drop")


def _broken(outcome: Outcome) -> list[int]:
    other = sum(outcome.total(promise) for promise in ("alien", "misnumbered", "wrong"))
    return [*(outcome.total(each) for each in ("lost", "doubled", "reordered", "leaked")), other]


def _sum(outcomes: Sequence[Outcome]) -> str:
    found = [
        sum(outcome.verdicts.get(place, {}).get("found", 0) for outcome in outcomes)
        for place in _PLACES
    ]
    parts = list(outcomes[0].kills) if outcomes else []
    kills = ", ".join(str(sum(outcome.kills[part] for outcome in outcomes)) for part in parts)
    broken = [sum(column) for column in zip(*map(_broken, outcomes), strict=True)]
    return _cells(
        ["all", "", sum(outcome.events for outcome in outcomes), *found, kills],
        [
            sum(outcome.zombies for outcome in outcomes),
            *broken,
            sum(outcome.total("unlisted") for outcome in outcomes),
            sum(outcome.tracebacks for outcome in outcomes),
            f"{sum(outcome.seconds for outcome in outcomes):.0f}",
        ],
    )


def _cells(*parts: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for part in parts for cell in part) + " |"


def _versions() -> str:
    packages = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    librdkafka = confluent_kafka.libversion()[0]
    return f"Python {platform.python_version()}, librdkafka {librdkafka}, Kafka 4.1, {packages}"
