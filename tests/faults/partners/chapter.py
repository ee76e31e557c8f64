"""What the run with one kind of partner came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.rig import Rig

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the report: what was played, what was counted, and which promises were broken."""

    title: str
    played: str
    counted: Sequence[tuple[str, object]]
    broken: Sequence[str]
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Size:
    """How many events flow, and the seed of everything that is left to chance."""

    events: int
    seed: int


# Plays one kind of partner on a rig that is up.
Play = Callable[[Rig, Size, Tell], Chapter]
