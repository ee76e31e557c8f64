"""Which play tells a contract's events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

from lingqu.domain_service.agenda import Event
from lingqu.simulation import Scene
from lingqu_customs.simulation.amendments import AmendmentPlay
from lingqu_customs.simulation.declarations import DeclarationPlay
from lingqu_customs.simulation.inspections import InspectionPlay
from lingqu_customs.simulation.levels import LevelPlay
from lingqu_customs.simulation.profile import Profile
from lingqu_customs.simulation.transits import TransitPlay


class Play(Protocol):
    """One scene of one contract."""

    def events(self) -> Iterator[Event]:
        """Yield events without end."""
        ...


PLAYS: Mapping[str, Callable[[Profile, Scene], Play]] = MappingProxyType(
    {
        "customs.declaration": DeclarationPlay,
        "customs.amendment": AmendmentPlay,
        "customs.transit": TransitPlay,
        "customs.inspection": InspectionPlay,
        "customs.aeo": LevelPlay,
    }
)
