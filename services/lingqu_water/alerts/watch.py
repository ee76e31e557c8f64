"""One item of one section, followed through time: where episodes begin, rise and end."""

from __future__ import annotations

from collections.abc import Iterator

from lingqu_water.alerts.episode import Episode, Seen
from lingqu_water.alerts.held import HeldRun
from lingqu_water.alerts.open_episode import OpenEpisode
from lingqu_water.alerts.recent import Recent
from lingqu_water.alerts.scale import Rule, Scale
from lingqu_water.alerts.yardstick import Regime, Yardstick

_TARGET = 1.0


class Watch:
    """Sees the values of one item in the order of their times, and keeps the episodes.

    What it remembers is the open episode and what is younger than `silence_ms`, nothing else: so
    it may begin at any moment, given the values shortly before and the episode that was going on.
    """

    def __init__(self, silence_ms: int, going_on: OpenEpisode | None = None) -> None:
        self._silence_ms = silence_ms
        self._ended: list[Episode] = []
        self._open = going_on
        self._held = HeldRun(silence_ms)
        self._recent = Recent(silence_ms)

    def episodes(self) -> Iterator[Episode]:
        """Return the episodes so far, the last one perhaps still going on."""
        yield from self._ended
        if self._open is not None:
            yield self._open.episode(None)

    def outage(self, at_ms: int, scale: Scale, *, judge: bool) -> None:
        """Take note that the station was out of service: values beside it may be carried over."""
        self._held.outage(at_ms)
        if judge and self._open is not None and self._open.calm == 0:
            self._open.suspicion = self._open.suspicion or self._held.doubt(scale.held_readings)

    def see(self, seen: Seen, yardstick: Yardstick, regime: Regime, *, judge: bool) -> None:
        """Take the next value; without `judge` only remember it."""
        if judge:
            self._end_of_silence(seen.at_ms)
        self._held.see(seen.at_ms, seen.value)
        self._recent.add(seen)
        if judge and (self._open is not None or seen.multiple > yardstick.calm):
            self._judge(seen, yardstick, regime)

    def _end_of_silence(self, at_ms: int) -> None:
        """End what went on before a long silence, and remember that it was measured just now."""
        if self._open is not None and at_ms - self._open.last_ms > self._silence_ms:
            self._end(self._open.last_ms + self._silence_ms)
        if self._open is not None:
            self._open.last_ms = at_ms

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
    ) -> OpenEpisode:
        """Open an episode at the first of the values in a row beyond the target."""
        jumps = [
            max(rule.beyond, rule.jump * baseline.multiple)
            for _, rule in holding
            if rule.jump is not None and baseline is not None
        ]
        return OpenEpisode.begun(
            yardstick,
            target,
            self._recent.row(_TARGET) or [seen],
            line=min([_TARGET, *jumps]),
            baseline=baseline.value if jumps and baseline else None,
        )

    def _go_on(
        self, episode: OpenEpisode, seen: Seen, holding: list[tuple[int, Rule]], scale: Scale
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
            self._ended.append(self._open.episode(ended_at_ms))
        self._open = None
