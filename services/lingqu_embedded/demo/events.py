"""Events to play with: a domain's simulation, else a contract's examples, varied."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from lingqu.contracts.envelope import uuid7
from lingqu.contracts.model import Contract
from lingqu.simulation import Scene, simulations

_STEP = timedelta(seconds=1)
_KEYS_AN_EXAMPLE = 8


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
    """Yield events without end; the same seed gives the same content, ids and times apart.

    Every instant of an example is moved by as much as its `occurred_at`, so that what its rules say
    about times still holds. Yields nothing where a contract has no examples.
    """
    chance = random.Random(seed)  # noqa: S311 - play, not secrets
    for number, example in enumerate(cycle(_examples(contract))):
        now = start + number * _STEP
        moved = _moved(example, now - _instant(example["occurred_at"]))
        varied = {name: _varied(value, chance) for name, value in moved.items()}
        key = {field: _numbered(example[field], number) for field in contract.key}
        yield {**varied, **key, "event_id": uuid7(now), "origin": origin}


def _examples(contract: Contract) -> list[dict[str, Any]]:
    files = sorted((contract.folder / "examples").glob("*.json"))
    return [_read(file) for file in files if not file.name.startswith("invalid-")]


def _read(file: Path) -> dict[str, Any]:
    example: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return example


def _moved(example: dict[str, Any], by: timedelta) -> dict[str, Any]:
    return {
        name: (_instant(value) + by).isoformat() if _is_instant(value) else value
        for name, value in example.items()
    }


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and len(value) > len("2026-01-01T") and value[10:11] == "T"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _varied(value: Any, chance: random.Random) -> Any:
    """Return the value with every measured figure in it a few percent off."""
    if isinstance(value, float):
        return round(value * chance.uniform(0.97, 1.03), 3)
    if isinstance(value, list):
        return [_varied(item, chance) for item in value]
    if isinstance(value, dict):
        return {name: _varied(item, chance) for name, item in value.items()}
    return value


def _numbered(value: object, number: int) -> object:
    return f"{value}-{number % _KEYS_AN_EXAMPLE + 1}" if isinstance(value, str) else value
