"""What a run came to, as a line while it runs and as a page in the end."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import confluent_kafka
from tests.faults.checking.judge import PROMISES
from tests.faults.partners.chapter import Chapter
from tests.faults.trial import Outcome
from tests.support.machine import commit, machine

_EXAMPLES = 20
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


def render(
    arguments: Sequence[str],
    seed: int,
    outcomes: Sequence[Outcome],
    chapters: Sequence[Chapter],
    seconds: float,
) -> str:
    """Return the page."""
    said = " ".join(arguments)
    command = f"make faults ARGS='{said}'" if said else "make faults"
    broken = broken_in(outcomes, chapters)
    counted = kinds(outcomes, chapters)
    return "\n".join(
        [
            "# Fault runs",
            "",
            "Written by the run itself. Each round, events flow from an outbox over a relay and a",
            "topic through workers to another Kafka (a view with a pseudonymised key, a filter)",
            "and to a folder (another view and filter), while at seeded random moments processes",
            "are killed with -9, frozen and woken; lines between them are cut, reset, slow, held;",
            "the folder's disk is full; a worker's clock is wrong; a second worker comes and goes.",
            "Then partners misbehave and topics are made anew. A checker that shares no code with",
            "the product compares every event with what `read_committed` consumers and readers of",
            "manifests find; the partners' own books judge the rest. The same seed draws the same",
            "rounds; a partner's faults wait for what has arrived, so that some may fall away.",
            "",
            f"- Result: {f'**broken: {broken}**' if broken else 'every promise kept'}",
            *circumstances(command, seed),
            f"- Duration: {seconds / 60:.1f} minutes, {len(outcomes)} rounds",
            f"- Faults: {counted.total()} of {len(counted)} kinds",
            "",
            *_table(outcomes),
            "",
            "`found` columns count events at the hub's topic, the partner's topic and in listed",
            "files. A zombie is a worker or relay stopped by SIGSTOP while a second takes over,",
            "and woken by SIGCONT amid the second one's work. Unlisted files are left by",
            "crashes; no manifest names them, so that no partner reads them. Tracebacks are what",
            "workers and relays logged of exceptions that nobody had foreseen, without those that",
            "kafka-python itself logs of connections.",
            "",
            "## Faults by kind",
            "",
            "| fault | times |",
            "|---|---|",
            *(f"| {kind} | {count} |" for kind, count in sorted(counted.items())),
            *(text for chapter in chapters for text in told(chapter)),
            "",
        ]
    )


def broken_in(outcomes: Sequence[Outcome], chapters: Sequence[Chapter]) -> list[str]:
    """Return where a promise was broken."""
    rounds = [f"round {outcome.number}" for outcome in outcomes if not outcome.clean]
    return rounds + [chapter.title for chapter in chapters if chapter.broken]


def kinds(outcomes: Sequence[Outcome], chapters: Sequence[Chapter]) -> Counter[str]:
    """Return how many faults of each kind there were."""
    counted: Counter[str] = Counter()
    for outcome in outcomes:
        counted.update(outcome.kinds)
    for chapter in chapters:
        counted.update(chapter.kinds)
    return +counted


def told(chapter: Chapter) -> list[str]:
    """Return a partner's part of a page."""
    judged = [f"- {each}" for each in chapter.broken[:_EXAMPLES]] or ["Every promise was kept."]
    return [
        "",
        f"## {chapter.title}",
        "",
        chapter.played,
        "",
        "| counted | |",
        "|---|---|",
        *(f"| {what} | {count} |" for what, count in chapter.counted),
        "",
        *judged,
    ]


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
