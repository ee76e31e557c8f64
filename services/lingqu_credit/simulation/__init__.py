"""Generated penalties, listings and repairs that look real, with what goes wrong with real ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from lingqu.simulation import Scene

__all__ = ["SIMULATION", "CreditSimulation"]

_STEP = timedelta(minutes=5)


class CreditSimulation:
    """Penalties; listings and the repairs that end some of them, under one seed the same ones."""

    contracts = ("credit.penalty", "credit.dishonesty", "credit.repair")

    def span(self, contract: str, region: str, count: int) -> timedelta:
        """Return how long it takes until so many events are told."""
        del region
        # Repairs are told between listings, about as many.
        return (count + 1) * _STEP * (4 if contract == "credit.repair" else 2)

    def events(self, contract: str, scene: Scene) -> Iterator[dict[str, Any]]:
        """Yield what the scene's region tells under the contract."""
        from lingqu_credit.simulation.listings import ListingPlay  # noqa: PLC0415 - only to play
        from lingqu_credit.simulation.penalties import PenaltyPlay  # noqa: PLC0415
        from lingqu_credit.simulation.profile import load_profile  # noqa: PLC0415

        profile = load_profile()
        if contract == "credit.penalty":
            return PenaltyPlay(profile, scene, _STEP).events()
        return ListingPlay(profile, scene, _STEP).events_of(contract)


SIMULATION = CreditSimulation()
