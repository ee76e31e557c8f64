"""Generated declarations and transits that look real, with what goes wrong with real ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from lingqu.simulation import Scene

__all__ = ["SIMULATION", "CustomsSimulation"]

_DECLARATION, _TRANSIT = "customs.declaration", "customs.transit"


class CustomsSimulation:
    """Declarations with their receipts, and transits as the offices at both ends tell them."""

    contracts = (_DECLARATION, _TRANSIT)

    def span(self, contract: str, region: str, count: int) -> timedelta:
        """Return how long it takes until so many events are told."""
        del contract, region
        from lingqu_customs.simulation.pace import STEP  # noqa: PLC0415 - only to play

        return (count + 1) * STEP

    def events(self, contract: str, scene: Scene) -> Iterator[dict[str, Any]]:
        """Yield what the scene's region tells; nothing where it has no office."""
        from lingqu_customs.simulation.declarations import DeclarationPlay  # noqa: PLC0415
        from lingqu_customs.simulation.profile import load_profile  # noqa: PLC0415
        from lingqu_customs.simulation.transits import TransitPlay  # noqa: PLC0415

        profile = load_profile()
        if scene.region not in profile.offices:
            return iter(())
        play = DeclarationPlay if contract == _DECLARATION else TransitPlay
        return play(profile, scene).events()


SIMULATION = CustomsSimulation()
