"""The partners of a fault run, one after the other, and the report of what they came to."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults import report
from tests.faults.partners import database_trial, http_trial, topics_trial
from tests.faults.partners.chapter import Chapter, Play, Size, Tell
from tests.faults.rig import running

PARTNERS: Mapping[str, Play] = {
    "http": http_trial.play,
    "database": database_trial.play,
    "topics": topics_trial.play,
}
EVENTS = 121_000  # of which more than 100,000 pass the filters


def run(options: argparse.Namespace, home: Path, tell: Tell) -> list[Chapter]:
    """Play the wanted partners on one rig."""
    size = Size(options.events, options.seed)
    tell(f"seed {size.seed}; starting brokers and registry in {home}")
    chapters = []
    with running(home, options.database) as rig:
        for name in options.partners.split(","):
            chapters.append(PARTNERS[name](rig, size, tell))
            verdict = f"BROKEN {chapters[-1].broken[:3]}" if chapters[-1].broken else "kept"
            counted = ", ".join(f"{what} {count}" for what, count in chapters[-1].counted)
            tell(f"{name}: every promise {verdict}; {counted}")
    return chapters


def render(arguments: Sequence[str], seed: int, chapters: Sequence[Chapter]) -> str:
    """Return the page."""
    broken = any(chapter.broken for chapter in chapters)
    said = " ".join(each for each in arguments if each != "--soak")
    return "\n".join(
        [
            "# Fault runs with partners",
            "",
            "Written by the run itself: partners that misbehave or are killed, under load. What",
            "arrived is judged by the partner's own book, beside the topic it came from.",
            "",
            f"- Result: {'**promises broken**' if broken else 'every promise kept'}",
            *report.circumstances(f"make soak ARGS='{said}'", seed),
            *(line for chapter in chapters for line in report.told(chapter)),
            "",
        ]
    )
