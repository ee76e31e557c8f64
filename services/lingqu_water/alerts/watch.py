"""One item of one section, followed through time: where episodes begin, rise and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lingqu_water.alerts.episode import Episode, Seen
from lingqu_water.alerts.held import HeldRun
from lingqu_water.alerts.recent import Recent
from lingqu_water.alerts.scale import Rule, Scale
from lingqu_water.alerts.yardstick import Regime, Yardstick
from lingqu_water.readings.rank import LEVELS as DATA_LEVELS

_TARGET = 1.0


@dataclass(slots=True)
class _Open:
    """An episode that goes on; values beyond `line` keep it going."""

    yardstick: Yardstick
    target: str
    started_at_ms: int
    raised: Seen
    worst: Seen
    line: float
    baseline: float | None
    rank: int = -1
    causes: dict[str, None] = field(default_factory=dict)
    data_level: str = DATA_LEVELS[-1]
    suspicion: str | None = None
    calm: int = 0

    def absorb(self, seen: Seen) -> None:
        """Take in an unusual value."""
        self.calm = 0
        self.data_level = min(self.data_level, seen.data_level, key=DATA_LEVELS.index)
        self.suspicion = self.suspicion or seen.doubt
        if seen.multiple > self.worst.multiple:
            self.worst = seen

    def rise(self, holding: list[tuple[int, Rule]]) -> None:
        for rank, rule in holding:
            self.rank = max(self.rank, rank)
            self.causes[rule.name] = None

    def episode(self, section_code: str, ended_at_ms: int | None) -> Episode:
        yardstick = self.yardstick
        return Episode(
            section_code=section_code,
            item_code=yardstick.code,
            target=self.target,
            unit=yardstick.unit,
            low=yardstick.low,
            high=yardstick.high,
            started_at_ms=self.started_at_ms,
            raised=self.raised,
            ended_at_ms=ended_at_ms,
            rank=self.rank,
            causes=tuple(self.causes),
            worst=self.worst,
            baseline=self.baseline,
            data_level=self.data_level,
            suspicion=self.suspicion,
        )


class Watch:
    """Sees the values of one item in the order of their times, and keeps the episodes.

    What it remembers is the open episode and what is younger than `silence_ms`, nothing else: so
    it may begin at any moment at which no episode was open, given the values shortly before.
    """

    def __init__(self, section_code: str, silence_ms: int) -> None:
        self._section_code = section_code
        self._silence_ms = silence_ms
        self._ended: list[Episode] = []
        self._open: _Open | None = None
        self._held = HeldRun(silence_ms)
        self._recent = Recent(silence_ms)

    def episodes(self) -> Iterator[Episode]:
        """Return the episodes so far, the last one perhaps still going on."""
        yield from self._ended
        if self._open is not None:
            yield self._open.episode(self._section_code, None)

    def outage(self, at_ms: int, scale: Scale) -> None:
        """Take note that the station was out of service: values beside it may be carried over."""
        self._held.outage(at_ms)
        if self._open is not None and self._open.calm == 0:
            self._open.suspicion = self._open.suspicion or self._held.doubt(scale.held_readings)

    def see(self, seen: Seen, yardstick: Yardstick, regime: Regime, *, judge: bool) -> None:
        """Take the next value; without `judge` only remember it."""
        last_ms = self._recent.last_ms
        if last_ms is not None and seen.at_ms - last_ms > self._silence_ms:
            self._end(last_ms + self._silence_ms)
        self._held.see(seen.at_ms, seen.value)
        self._recent.add(seen)
        if judge and (self._open is not None or seen.multiple > yardstick.calm):
            self._judge(seen, yardstick, regime)

    def _judge(self, seen: Seen, yardstick: Yardstick, regime: Regime) -> None:
        baseline = self._recent.baseline(regime.scale.baseline)
        holding = [
            (rank, rule)
            for rank, rules in enumerate(yardstick.levels)
            for rule in rules
            if self._recent.holds(rule, baseline)
        ]
        if self._open is None and holding:
            self._open = self._begun(seen, yardstick, regime.target, holding, baseline)
        if self._open is not None:
            self._go_on(self._open, seen, holding, regime.scale)

    def _begun(
        self,
        seen: Seen,
        yardstick: Yardstick,
        target: str,
        holding: list[tuple[int, Rule]],
        baseline: Seen | None,
    ) -> _Open:
        """Open an episode at the first of the values in a row beyond the target."""
        row = self._recent.row(_TARGET) or [seen]
        jumps = [
            max(rule.beyond, rule.jump * baseline.multiple)
            for _, rule in holding
            if rule.jump is not None and baseline is not None
        ]
        begun = _Open(
            yardstick=yardstick,
            target=target,
            started_at_ms=row[0].at_ms,
            raised=seen,
            worst=row[0],
            line=min([_TARGET, *jumps]),
            baseline=baseline.value if jumps and baseline else None,
        )
        for earlier in row:
            begun.absorb(earlier)
        return begun

    def _go_on(
        self, episode: _Open, seen: Seen, holding: list[tuple[int, Rule]], scale: Scale
    ) -> None:
        if holding or seen.multiple > episode.line:
            episode.absorb(seen)
            episode.suspicion = episode.suspicion or self._held.doubt(scale.held_readings)
            episode.rise(holding)
            return
        episode.calm += 1
        if episode.calm >= scale.clear_after:
            self._end(seen.at_ms)

    def _end(self, ended_at_ms: int) -> None:
        if self._open is not None:
            self._ended.append(self._open.episode(self._section_code, ended_at_ms))
        self._open = None
