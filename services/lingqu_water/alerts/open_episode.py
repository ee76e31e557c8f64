"""An episode that goes on, so that the next reading can go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import orjson

from lingqu_water.alerts.episode import Episode, Seen
from lingqu_water.alerts.scale import Rule
from lingqu_water.alerts.yardstick import Yardstick
from lingqu_water.readings.rank import LEVELS as DATA_LEVELS


@dataclass(slots=True)
class OpenEpisode:
    """What a watch remembers of it; values beyond `line` keep it going, `calm` counts the others.

    `last_ms` is when the item was measured last, unusual or not. Its text is kept with the alert:
    a section need not be read from the start of its alerts whenever it is measured.
    """

    item_code: str
    target: str
    unit: str
    low: float | None
    high: float | None
    started_at_ms: int
    last_ms: int
    raised: Seen
    worst: Seen
    line: float
    baseline: float | None
    rank: int = -1
    causes: list[str] = field(default_factory=list)
    data_level: str = DATA_LEVELS[-1]
    suspicion: str | None = None
    calm: int = 0

    @classmethod
    def begun(
        cls,
        yardstick: Yardstick,
        target: str,
        row: Sequence[Seen],
        line: float,
        baseline: float | None,
    ) -> OpenEpisode:
        """Return one that starts with the first of a row of unusual values."""
        made = cls(
            item_code=yardstick.code,
            target=target,
            unit=yardstick.unit,
            low=yardstick.low,
            high=yardstick.high,
            started_at_ms=row[0].at_ms,
            last_ms=row[-1].at_ms,
            raised=row[-1],
            worst=row[0],
            line=line,
            baseline=baseline,
        )
        for seen in row:
            made.absorb(seen)
        return made

    @classmethod
    def load(cls, text: str) -> OpenEpisode:
        """Return what `dump` wrote."""
        values = orjson.loads(text)
        seen = {name: Seen(**values[name]) for name in ("raised", "worst")}
        return cls(**values | seen)

    def dump(self) -> str:
        return orjson.dumps(asdict(self)).decode()

    def absorb(self, seen: Seen) -> None:
        """Take in an unusual value."""
        self.calm = 0
        self.data_level = min(self.data_level, seen.data_level, key=DATA_LEVELS.index)
        self.suspicion = self.suspicion or seen.doubt
        if seen.multiple > self.worst.multiple:
            self.worst = seen

    def rise(self, holding: Sequence[tuple[int, Rule]]) -> None:
        """Note the rules that hold, and the level they make."""
        for rank, rule in holding:
            self.rank = max(self.rank, rank)
            if rule.name not in self.causes:
                self.causes.append(rule.name)

    def episode(self, ended_at_ms: int | None) -> Episode:
        return Episode(
            item_code=self.item_code,
            target=self.target,
            unit=self.unit,
            low=self.low,
            high=self.high,
            started_at_ms=self.started_at_ms,
            raised=self.raised,
            ended_at_ms=ended_at_ms,
            rank=self.rank,
            causes=tuple(self.causes),
            worst=self.worst,
            baseline=self.baseline,
            data_level=self.data_level,
            suspicion=self.suspicion,
            course=self.dump() if ended_at_ms is None else None,
        )
