"""A stretch of time in which one item of one section was unusual."""

from __future__ import annotations

from dataclasses import dataclass

from lingqu_water.alerts.scale import LEVELS


@dataclass(frozen=True, slots=True)
class Seen:
    """One value of an item, held against its limit; `doubt` says why it may be wrong."""

    at_ms: int
    value: float
    multiple: float
    data_level: str
    event_id: str
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """What an alert is about, as a function of the section's readings.

    It starts at the first unusual reading, and `raised` is the one that met a rule. It ends with
    the reading that showed it to be over, or so long after its last one as silence may be; a later
    reading has nothing to do with it. Without `ended_at_ms` it goes on, and `course` says how.
    `rank` is that of the highest level it reached.
    """

    item_code: str
    target: str
    unit: str
    low: float | None
    high: float | None
    started_at_ms: int
    raised: Seen
    ended_at_ms: int | None
    rank: int
    causes: tuple[str, ...]
    worst: Seen
    baseline: float | None
    data_level: str
    suspicion: str | None
    course: str | None = None

    @property
    def level(self) -> str:
        return LEVELS[self.rank]

    @property
    def sample_events(self) -> tuple[str, ...]:
        """Return the events of the readings that decided: what raised it, and the worst.

        What came late, behind what was filled in, was never told.
        """
        told = (self.raised.event_id, self.worst.event_id)
        return tuple(dict.fromkeys(filter(None, told)))
