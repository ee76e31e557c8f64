"""What will still be said about readings that were told: reviewed, revised or withdrawn."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from lingqu_water.simulation.events import Event, Writer
from lingqu_water.simulation.profile import Chances

Correct = Callable[[Event, datetime], Event]
_SOONEST, _LATEST = 1, 3  # rounds after the reading


class Corrections:
    """Corrections by the round in which they come; a reading gets one at most."""

    def __init__(self, writer: Writer, chances: Chances, chance: random.Random) -> None:
        self._chance = chance
        self._due: dict[int, list[tuple[Correct, Event]]] = defaultdict(list)
        self._shares: tuple[tuple[float, Correct], ...] = (
            (chances.withdrawal, writer.withdrawn),
            (chances.revision, writer.revised),
            (chances.review, writer.reviewed),
        )

    def consider(self, event: Event, number: int) -> None:
        """Decide whether the reading of that round will be corrected, and when."""
        drawn = self._chance.random()
        rounds = self._chance.randint(_SOONEST, _LATEST)
        if event["validity"] != "valid":
            return
        for share, correct in self._shares:
            if drawn < share:
                self._due[number + rounds].append((correct, event))
                return
            drawn -= share

    def due(self, number: int) -> Iterator[Callable[[datetime], Event]]:
        """Yield what is to be said in that round, each to be called with its time."""
        for correct, event in self._due.pop(number, ()):
            yield partial(correct, event)
