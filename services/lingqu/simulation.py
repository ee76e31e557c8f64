"""Events that look real, for demos and rehearsals: what domains bring by entry point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from typing import Any, Protocol

GROUP = "lingqu.simulations"


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and from when a simulation plays, and how fast.

    `rate` is events a second; None means as often as they really happen. The same seed gives the
    same content, ids and times apart.
    """

    region: str
    start: datetime
    seed: int
    rate: float | None = None


class Simulation(Protocol):
    """Makes events of some contracts, synthetic and never mixed up with anything measured."""

    @property
    def contracts(self) -> Sequence[str]:
        """Return the names of the contracts it can play."""
        ...

    def span(self, contract: str, region: str, count: int) -> timedelta:
        """Return how long before now a scene without a rate starts, to end in so many events."""
        ...

    def events(self, contract: str, scene: Scene) -> Iterator[dict[str, Any]]:
        """Yield events without end, as JSON carries them, in the order in which they happen.

        Each has its `event_id`, so that a correction can name what it replaces. Yields nothing
        where the simulation knows nothing of the region.
        """
        ...


def simulations() -> dict[str, Simulation]:
    """Return the installed simulations by the name of each contract they play."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    loaded: list[Simulation] = [point.load() for point in points]
    return {contract: each for each in loaded for contract in each.contracts}
