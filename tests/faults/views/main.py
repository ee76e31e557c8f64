"""Every contract under random agreements: nothing that a view hides is anywhere in reach."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import report
from tests.faults.views.reach import reaching
from tests.faults.views.trial import Subject, Told, play
from tests.support.broker import small_broker

from lingqu.contracts.loader import load_catalogue
from lingqu.errors import LingquError
from lingqu.kafka.settings import KafkaSettings

AGREEMENTS = 200
SCHEMAS = Path(__file__).parents[3] / "schemas"
_EXAMPLES = 20
_PLAYED = (
    "Written by the run itself. Each contract under random agreements: clearance, field list,",
    "masks, a filter. Every value of an event is there only once; what the terms hide is looked",
    "for, in each form in which it could be written, in all that the partner or a reader of logs",
    "can reach: payload, key, headers, schema, file name, file, table, HTTP request, dead letter,",
    "log. What they show must be there as it was. The search shares no code with what compiles",
    "and applies views.",
    "",
    "Of seven events of an agreement three may leave, one of them (for each third agreement)",
    "written in a newer version; a filtered one, one of another region, one cut short and one with",
    "bytes left over must not.",
    "One record's key says more than its key fields do.",
)
_HEAD = "| contract | agreements | refused before | events | hidden values | looked for | broken |"


@dataclass
class Views:
    """What a whole run came to, by contract."""

    agreements: int
    seconds: float = 0.0
    told: dict[str, Told] = field(default_factory=dict)
    ways: Counter[str] = field(default_factory=Counter)

    @property
    def broken(self) -> list[str]:
        return [each for told in self.told.values() for each in told.broken]

    def line(self) -> str:
        """Return the run in one line."""
        verdict = f"BROKEN {self.broken[:3]}" if self.broken else "nothing leaked"
        told = self.told.values()
        return (
            f"views: {verdict}; contracts {len(self.told)}, agreements"
            f" {sum(each.agreements for each in told):,}, events delivered"
            f" {sum(each.delivered for each in told):,}, hidden values looked for"
            f" {sum(each.hidden for each in told):,}; {self.seconds:.0f} s"
        )


def run(options: argparse.Namespace, home: Path, tell: Callable[[str], None]) -> Views:
    """Play all contracts, with a broker of their own."""
    tell(f"seed {options.seed}; starting a broker in {home}")
    broker = small_broker(home / "kafka")
    try:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
        views = sweep(options.views, options.seed, home, kafka, tell)
    finally:
        broker.kill()
    tell(views.line())
    return views


def sweep(
    agreements: int,
    seed: int,
    home: Path,
    kafka: KafkaSettings | None,
    tell: Callable[[str], None] = lambda _: None,
) -> Views:
    """Play each contract under so many agreements; a seed repeats its run."""
    views, began = Views(agreements), time.monotonic()
    with reaching(home, kafka) as reach:
        for contract in load_catalogue(SCHEMAS):
            dice = random.Random(f"{seed} {contract.name}")
            told = views.told[contract.name] = Told()
            subject = Subject(contract, dice)
            for number in range(agreements):
                try:
                    play(subject, number, dice, reach, told)
                except LingquError as error:  # nothing leaked, and nothing went out either
                    told.broken.append(f"{contract.name} {number}: {error}")
            tell(f"{contract.name}: {told.agreements} agreements, {len(told.broken)} broken")
        views.ways.update(reach.delivered)
    views.seconds = time.monotonic() - began
    return views


def render(arguments: Sequence[str], seed: int, views: Views) -> str:
    """Return the page."""
    masks = sum((Counter(told.masks) for told in views.told.values()), Counter[str]())
    rows = [
        f"| {name} | {told.agreements} | {told.refused} | {told.delivered} | {told.hidden:,} "
        f"| {told.looked_for:,} | {len(told.broken)} |"
        for name, told in views.told.items()
    ]
    verdict = f"**{len(views.broken)} leaks**" if views.broken else "nothing leaked"
    lines = [
        "# Views",
        "",
        *_PLAYED,
        "",
        f"- Result: {verdict}",
        *report.circumstances(f"make faults ARGS='{' '.join(arguments)}'", seed),
        f"- Duration: {views.seconds / 60:.1f} minutes, {views.agreements} agreements a contract",
        f"- Events delivered by: {_counted(views.ways)}",
        f"- Masks: {_counted(masks)}",
        "",
        _HEAD,
        "|---|---|---|---|---|---|---|",
        *rows,
        *(f"- {each}" for each in views.broken[:_EXAMPLES]),
        "",
    ]
    return "\n".join(lines)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
