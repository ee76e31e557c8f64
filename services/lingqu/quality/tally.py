"""The tally of one process: what it admitted and refused, by contract, origin and producer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa

from lingqu.admission.metrics import REFUSED as ADMISSION_REFUSED
from lingqu.admission.results import Admitted, AdmittedBatch
from lingqu.clock import Clock, SystemClock, china_day
from lingqu.contracts.model import Catalogue, Contract
from lingqu.errors import Reason
from lingqu.metrics import Metrics
from lingqu.quality.folding import Taken, fold, origins_of
from lingqu.quality.metrics import CHANGES, EVENTS, FIELDS, METRICS, REFUSED, TIMED, UNTOLD
from lingqu.quality.score import OTHERS, Score, Series
from lingqu.quality.yardstick import Yardstick

# A batch as large is counted at once: it costs little an event. Smaller ones wait for each other,
# until they are as many as may be held.
_LARGE_BATCH = 1_000
_FOLD_EVENTS = 10_000
_MAX_SERIES = 1_000


@dataclass(slots=True)
class _Waiting:
    """Admitted events of one topic, producer and day that are not counted yet."""

    taken: list[Taken] = field(default_factory=list)
    events: int = 0


class Tally:
    """Counts what came in, once it is durable; may be shared by threads.

    To note a small batch takes microseconds: only the columns that are measured are kept, and
    counted together once they are many, or when somebody asks. Each event counts, none is sampled.
    The scores are those of this process; a source or origin beyond the first thousand series is
    counted under `*`, so that no caller can make them grow.
    """

    def __init__(self, catalogue: Catalogue, metrics: Metrics, clock: Clock | None = None) -> None:
        self._catalogue = catalogue
        self._metrics = metrics
        metrics.declare(each for each in METRICS if not each.labels)
        self._clock = clock or SystemClock()
        self._yardsticks: dict[str, tuple[Contract, Yardstick]] = {}
        self._waiting: dict[tuple[str, str, str], _Waiting] = {}
        self._scores: dict[Series, Score] = {}
        self._known: set[tuple[str, str, str]] = set()
        self._fresh: dict[Series, Score] = {}
        self._untold: set[Series] = set()
        self._lock = threading.RLock()

    def note(
        self,
        topic: str,
        producer: str,
        admitted: Admitted | AdmittedBatch,
        repeats: Admitted | None = None,
    ) -> None:
        """Count events that are durably accepted, those refused beside them, and repeats."""
        refused = Counter(
            (admitted.origins.get(place, OTHERS), kind_of(reason))
            for place, reason in admitted.refused.items()
        )
        again = () if repeats is None else origins_of(repeats.columns)
        columns = _batches(admitted)
        with self._lock:
            day = self._today()
            self._count(topic, producer, day, refused, again)
            if columns:
                self._keep(topic, producer, day, columns)

    def note_apart(
        self,
        topic: str,
        producer: str,
        origin: str,
        *,
        refused: Mapping[str, int] | None = None,
        repeats: int = 0,
    ) -> None:
        """Count events that did not get as far as admission: refused by kind, or repeats."""
        kinds = {(origin, kind): count for kind, count in (refused or {}).items()}
        with self._lock:
            again = [(origin, repeats)] if repeats else []
            self._count(topic, producer, self._today(), kinds, again)

    def changed(self) -> dict[Series, Score]:
        """Return what has changed since it was last told, as running totals of the day.

        Metrics show what has been counted up to here.
        """
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            for place, kept in waiting.items():
                self._fold(place, kept.taken)
            fresh, self._fresh = self._fresh, {}
            for series, score in fresh.items():
                self._scores.setdefault(series, Score()).add(score)
                self._show(series, score)
            self._untold.update(fresh)
            self._metrics.set(UNTOLD, len(self._untold))
            return {series: _copy(self._scores[series]) for series in self._untold}

    def told(self, series: Iterable[Series]) -> None:
        """Leave these out of what has changed since; forget days to which nothing can be added."""
        with self._lock:
            self._untold.difference_update(series)
            self._metrics.set(UNTOLD, len(self._untold))
            yesterday = (date.fromisoformat(self._today()) - timedelta(days=1)).isoformat()
            for each in [each for each in self._scores if each.day < yesterday]:
                if each not in self._untold:
                    del self._scores[each]

    def _today(self) -> str:
        return china_day(self._clock.now()).isoformat()

    def _keep(self, topic: str, producer: str, day: str, columns: Sequence[pa.RecordBatch]) -> None:
        yardstick = self._yardstick(topic)
        at_ms = int(self._clock.now().timestamp() * 1000)
        place = topic, producer, day
        for batch in columns:
            # What was admitted before a new version came has not all of its columns.
            there = set(batch.schema.names)
            names = [name for name in yardstick.columns if name in there]
            taken = Taken(at_ms, batch.select(names))
            if batch.num_rows >= _LARGE_BATCH:
                self._fold(place, [taken])
                continue
            waiting = self._waiting.setdefault(place, _Waiting())
            if waiting.taken and waiting.taken[0].columns.schema != taken.columns.schema:
                self._fold(place, waiting.taken)
                waiting = self._waiting[place] = _Waiting()
            waiting.taken.append(taken)
            waiting.events += batch.num_rows
            if waiting.events >= _FOLD_EVENTS:
                self._fold(place, self._waiting.pop(place).taken)

    def _fold(self, place: tuple[str, str, str], taken: Sequence[Taken]) -> None:
        topic, producer, day = place
        fold(self._yardstick(topic), taken, self._scores_of(topic, producer, day))

    def _count(
        self,
        topic: str,
        producer: str,
        day: str,
        refused: Mapping[tuple[str, str], int],
        repeats: Iterable[tuple[str, int]],
    ) -> None:
        score_of = self._scores_of(topic, producer, day)
        for (origin, kind), events in refused.items():
            self._metrics.inc(ADMISSION_REFUSED, events, topic=topic, reason=kind)
            score_of(origin).refused[kind] += events
        for origin, events in repeats:
            score_of(origin).repeats += events

    def _scores_of(self, topic: str, producer: str, day: str) -> Callable[[str], Score]:
        """Return where to count for an origin what is not in the totals yet."""
        contract = self._yardstick(topic).contract

        def score_of(origin: str) -> Score:
            series = Series(day, contract, origin, producer)
            if series not in self._fresh:
                series = self._bounded(series)
            return self._fresh.setdefault(series, Score())

        return score_of

    def _bounded(self, series: Series) -> Series:
        named = series.contract, series.origin, series.producer
        if named not in self._known and len(self._known) >= _MAX_SERIES:
            return series._replace(origin=OTHERS, producer=OTHERS)
        self._known.add(named)
        return series

    def _show(self, series: Series, score: Score) -> None:
        labels = {
            "contract": series.contract,
            "origin": series.origin,
            "producer": series.producer,
        }
        shown = {
            (EVENTS, "outcome"): {
                "accepted": score.accepted,
                "refused": score.refused.total(),
                "repeat": score.repeats,
            },
            (REFUSED, "reason"): score.refused,
            (CHANGES, "change"): score.changes,
            (TIMED, "on_time"): {"yes": score.on_time, "no": score.timed - score.on_time},
            (FIELDS, "filled"): {
                "yes": score.filled.total(),
                "no": score.asked.total() - score.filled.total(),
            },
        }
        for (metric, label), counts in shown.items():
            for value, count in counts.items():
                if count:
                    self._metrics.inc(metric, count, **labels, **{label: value})

    def _yardstick(self, topic: str) -> Yardstick:
        contract, major = self._catalogue.by_topic(topic)
        made_for, found = self._yardsticks.get(topic, (None, None))
        if found is None or made_for is not contract:
            found = Yardstick(contract, major)
            self._yardsticks[topic] = contract, found
        return found


def kind_of(reason: Reason) -> str:
    """Return what a refusal is counted under: its rule, else its code."""
    return reason.rule or reason.code


def _batches(admitted: Admitted | AdmittedBatch) -> list[pa.RecordBatch]:
    if isinstance(admitted, AdmittedBatch):
        return [batch for batch in admitted.columns if batch.num_rows]
    return [admitted.columns] if admitted.accepted else []


def _copy(score: Score) -> Score:
    copied = Score()
    copied.add(score)
    return copied
