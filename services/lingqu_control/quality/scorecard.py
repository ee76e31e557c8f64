"""Scores as control answers with them: listed by series, and summed up for one contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from lingqu.contracts.model import Contract
from lingqu.errors import InputError
from lingqu.quality.score import Score, Series, percent
from lingqu.quality.yardstick import deadline_s
from lingqu_control.tables import QualityRow

_SERIES = (QualityRow.day, QualityRow.contract, QualityRow.origin, QualityRow.producer)
_USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Days:
    """Days of China's time, both ends included."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date | None, last: date | None, today: date) -> Days:
        """Return the days asked for, by default the thirty up to the last. Raises InputError."""
        until = last or today
        since = first or until - timedelta(days=_USUAL_DAYS - 1)
        if since > until:
            raise InputError(f"the days end before they begin: from {since} to {until}")
        return cls(since, until)


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """How often one optional field was filled; `percent` is null where it was never asked for."""

    filled: int
    asked: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class ScoreAnswer:
    """Counts, and their shares in percent: null where there is nothing to divide by."""

    accepted: int
    refused: int
    repeats: int
    revisions: int
    withdrawals: int
    timed: int
    on_time: int
    completeness_percent: float | None
    validity_percent: float | None
    timeliness_percent: float | None
    refused_by: dict[str, int]
    fields: dict[str, FieldAnswer]


@dataclass(frozen=True, slots=True)
class QualityAnswer:
    """The score of one contract, origin region and producer on one day."""

    day: str
    contract: str
    origin: str
    producer: str
    score: ScoreAnswer


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """The score of one day, of all who publish."""

    day: str
    score: ScoreAnswer


@dataclass(frozen=True, slots=True)
class ProducerAnswer:
    """The score of one who publishes, over all days."""

    origin: str
    producer: str
    score: ScoreAnswer


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A contract's scorecard; beside what it promises stands what was kept.

    `latency_s` is the time from `occurred_at` to admission: the SLA's, else the update cycle.
    """

    contract: str
    title: str
    first_day: str
    last_day: str
    latency_s: int | None
    promised_completeness_percent: float | None
    score: ScoreAnswer
    days: list[DayAnswer]
    producers: list[ProducerAnswer]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scores are asked for; None stands for all."""

    days: Days
    contract: str | None = None
    origin: str | None = None
    producer: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        first, last = self.days.first.isoformat(), self.days.last.isoformat()
        named = {"contract": self.contract, "origin": self.origin, "producer": self.producer}
        return [
            QualityRow.day.between(first, last),
            *(getattr(QualityRow, name) == value for name, value in named.items() if value),
        ]


def listed(
    session: Session, wanted: Wanted, after: Sequence[str], limit: int
) -> list[QualityAnswer]:
    """Return scores by day, contract, origin and producer, at most `limit` behind `after`."""
    place = tuple_(*_SERIES)
    keys = select(*_SERIES).where(*wanted.conditions()).distinct().order_by(*_SERIES).limit(limit)
    if after:
        keys = keys.where(place > tuple_(*after))
    found = [Series(*row) for row in session.execute(keys)]
    rows = session.scalars(select(QualityRow).where(place.in_(found))) if found else ()
    sums = _sums(rows)
    return [QualityAnswer(*series, score_answer(sums[series])) for series in found]


def scorecard(session: Session, contract: Contract, wanted: Wanted) -> Scorecard:
    """Return what was counted of one contract on these days."""
    sums = _sums(session.scalars(select(QualityRow).where(*wanted.conditions())))
    days: dict[str, Score] = {}
    producers: dict[tuple[str, str], Score] = {}
    whole = Score()
    for series, score in sorted(sums.items()):
        whole.add(score)
        days.setdefault(series.day, Score()).add(score)
        producers.setdefault((series.origin, series.producer), Score()).add(score)
    return Scorecard(
        contract=contract.name,
        title=contract.title_zh,
        first_day=wanted.days.first.isoformat(),
        last_day=wanted.days.last.isoformat(),
        latency_s=deadline_s(contract),
        promised_completeness_percent=contract.sla.completeness_percent,
        score=score_answer(whole),
        days=[DayAnswer(day, score_answer(score)) for day, score in days.items()],
        producers=[
            ProducerAnswer(*who, score_answer(score)) for who, score in sorted(producers.items())
        ],
    )


def score_answer(score: Score) -> ScoreAnswer:
    return ScoreAnswer(
        accepted=score.accepted,
        refused=score.refused.total(),
        repeats=score.repeats,
        revisions=score.changes["revision"],
        withdrawals=score.changes["withdrawal"],
        timed=score.timed,
        on_time=score.on_time,
        completeness_percent=score.completeness_percent,
        validity_percent=score.validity_percent,
        timeliness_percent=score.timeliness_percent,
        refused_by=dict(sorted(score.refused.items())),
        fields={
            name: FieldAnswer(score.filled[name], asked, percent(score.filled[name], asked))
            for name, asked in sorted(score.asked.items())
        },
    )


def _sums(rows: Iterable[Any]) -> dict[Series, Score]:
    """Add up what all runs of all processes have counted."""
    sums: dict[Series, Score] = {}
    for row in rows:
        series = Series(row.day, row.contract, row.origin, row.producer)
        sums.setdefault(series, Score()).add(Score.of(row.counts))
    return sums
