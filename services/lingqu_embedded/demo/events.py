"""Events to play with: a domain's simulation, else a contract's examples, told again and again."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count as counting
from itertools import islice
from pathlib import Path
from typing import Any

from lingqu.contracts.envelope import uuid7
from lingqu.contracts.examples import examples
from lingqu.contracts.model import Contract
from lingqu.simulation import Scene, simulations

_STEP = timedelta(seconds=1)
_ROUNDS_OF_KEYS = 8


def events_until(
    now: datetime, contract: Contract, origin: str, count: int, seed: int
) -> list[dict[str, Any]]:
    """Return so many events that happened before now: simulated ones where somebody brings them.

    The same seed gives the same content, ids and times apart. None where there is nothing to play.
    """
    simulation = simulations().get(contract.name)
    if simulation is not None:
        start = now - simulation.span(contract.name, origin, count)
        scene = Scene(origin, start, seed)
        played = list(islice(simulation.events(contract.name, scene), count))
        if played:
            return played
    return list(islice(example_events(contract, origin, now - count * _STEP, seed), count))


def example_events(contract: Contract, origin: str, start: datetime, seed: int) -> Iterator[Any]:
    """Yield events without end: the examples in the order in which they happened, round by round.

    Those of the origin's own region where there are any. A round has keys and ids of its own, so
    that a correction stands on what it corrects; every instant of an example is moved by as much
    as its `occurred_at`, so that what its rules say about times still holds. The same seed gives
    the same content, ids and times apart. Yields nothing where a contract has no examples.
    """
    chance = random.Random(seed)  # noqa: S311 - play, not secrets
    story = _story(contract, origin)
    texts = [name for name in contract.key if contract.latest().field(name).type_name == "string"]
    ids: dict[str, str] = {}
    for number in counting() if story else ():
        round_, place = divmod(number, len(story))
        example, now = story[place], start + number * _STEP
        ids[example["event_id"]] = uuid7(now)
        retelling = _Retelling(now - _instant(example["occurred_at"]), ids, chance)
        key = {name: f"{example[name]}-{round_ % _ROUNDS_OF_KEYS + 1}" for name in texts}
        yield {**retelling.of(example), **key, "origin": origin}


def _story(contract: Contract, origin: str) -> list[dict[str, Any]]:
    """Return the newest major's valid examples in order, the region's own if there are any."""
    newest = contract.majors[-1]
    told = [_read(path) for path, major, valid in examples(contract) if valid and major == newest]
    own = [example for example in told if example["origin"] == origin]
    return sorted(own or told, key=lambda example: _instant(example["occurred_at"]))


def _read(file: Path) -> dict[str, Any]:
    example: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return example


@dataclass(frozen=True, slots=True)
class _Retelling:
    """How an example is told this time: later, under new ids, its measured figures a bit off."""

    by: timedelta
    ids: Mapping[str, str]
    chance: random.Random

    def of(self, value: Any) -> Any:
        match value:
            case float():
                return round(value * self.chance.uniform(0.97, 1.03), 3)
            case str() if _is_instant(value):
                return (_instant(value) + self.by).isoformat()
            case str():
                return self.ids.get(value, value)
            case list():
                return [self.of(item) for item in value]
            case dict():
                return {name: self.of(item) for name, item in value.items()}
            case _:
                return value


def _is_instant(text: str) -> bool:
    return len(text) > len("2026-01-01T") and text[10] == "T"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
