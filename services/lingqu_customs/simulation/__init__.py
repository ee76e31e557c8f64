"""Generated declarations, transits and levels that look real, with what goes wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from lingqu.simulation import Scene

__all__ = ["SIMULATION", "CustomsSimulation"]

_DECLARATION, _TRANSIT, _LEVEL = "customs.declaration", "customs.transit", "customs.aeo"


class CustomsSimulation:
    """Declarations with their receipts, transits as both ends tell them, and credit levels."""

    contracts = (_DECLARATION, _TRANSIT, _LEVEL)

    def span(self, contract: str, region: str, count: int) -> timedelta:
        """Return how long it takes until so many events are told."""
        del contract, region
        from lingqu_customs.simulation.profile import STEP  # noqa: PLC0415 - only to play

        return (count + 1) * STEP

    def events(self, contract: str, scene: Scene) -> Iterator[dict[str, Any]]:
        """Yield what the scene's region tells; nothing where it has no office."""
        from lingqu_customs.simulation.declarations import DeclarationPlay  # noqa: PLC0415
        from lingqu_customs.simulation.levels import LevelPlay  # noqa: PLC0415
        from lingqu_customs.simulation.profile import load_profile  # noqa: PLC0415
        from lingqu_customs.simulation.transits import TransitPlay  # noqa: PLC0415

        profile = load_profile()
        if scene.region not in profile.offices:
            return iter(())
        if contract == _DECLARATION:
            return DeclarationPlay(profile, scene).events()
        play = TransitPlay if contract == _TRANSIT else LevelPlay
        return play(profile, scene).events()


SIMULATION = CustomsSimulation()
