"""Generated readings that look real: cycles, noise, outages, corrections, a wave downstream."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from lingqu.simulation import Scene
from lingqu_water.sections.model import Section
from lingqu_water.sections.table import load_sections

__all__ = ["SIMULATION", "WaterSimulation"]


class WaterSimulation:
    """Readings at the sections that a region reports, by the section table."""

    contracts = ("water.sample",)

    def span(self, contract: str, region: str, count: int) -> timedelta:
        """Return how long the rounds take in which at least so many events are told."""
        del contract
        from lingqu_water.simulation.pace import ROUND  # noqa: PLC0415 - only to play

        return (math.ceil(count / max(1, len(_sections(region)))) + 1) * ROUND

    def events(self, contract: str, scene: Scene) -> Iterator[dict[str, object]]:
        """Yield the readings of the scene's region."""
        del contract
        from lingqu_water.simulation.play import Play  # noqa: PLC0415 - only to play
        from lingqu_water.simulation.profile import load_profile  # noqa: PLC0415

        return Play(_sections(scene.region), load_profile(), scene).events()


def _sections(region: str) -> list[Section]:
    return [section for section in load_sections() if section.reporting_region == region]


SIMULATION = WaterSimulation()
