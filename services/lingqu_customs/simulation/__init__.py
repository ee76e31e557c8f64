"""Generated events of customs that look real, with what goes wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from lingqu.simulation import Scene

__all__ = ["SIMULATION", "CustomsSimulation"]

_AMENDMENT = "customs.amendment"
_FIRST_AMENDED = 10


class CustomsSimulation:
    """All that customs tells; amendments are those of what the same scene declares."""

    contracts = (
        "customs.declaration",
        _AMENDMENT,
        "customs.transit",
        "customs.inspection",
        "customs.aeo",
    )

    def span(self, contract: str, region: str, count: int) -> timedelta:
        """Return how long it takes until so many events are told."""
        del region
        from lingqu_customs.simulation.profile import AMENDED_EVERY, STEP  # noqa: PLC0415 - to play

        steps = (count + _FIRST_AMENDED) * AMENDED_EVERY if contract == _AMENDMENT else count + 1
        return steps * STEP

    def events(self, contract: str, scene: Scene) -> Iterator[dict[str, Any]]:
        """Yield what the scene's region tells; nothing where it has no office."""
        from lingqu_customs.simulation.plays import PLAYS  # noqa: PLC0415 - only to play
        from lingqu_customs.simulation.profile import load_profile  # noqa: PLC0415

        profile = load_profile()
        known = scene.region in profile.offices
        return PLAYS[contract](profile, scene).events() if known else iter(())


SIMULATION = CustomsSimulation()
