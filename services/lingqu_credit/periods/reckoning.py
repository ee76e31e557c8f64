"""The days of a record's publication, reckoned from the day of its document."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from lingqu_credit.periods.rules import Edition, Grade, PeriodRules

STATED = "stated"
_DAY = timedelta(days=1)


class Decided(NamedTuple):
    """What of a record decides about its period.

    `grade` and `stated_until` are what the source gave; `kind` is penalty, dishonesty or abnormal.
    """

    kind: str
    decided_on: date
    grade: Grade | None = None
    stated_until: date | None = None
    penalty_types: str = ""
    fen: int = 0
    procedure: str = "ordinary"
    list_type: str = ""


class Period(NamedTuple):
    """Grade and days of publication, both ends included; `rule` names the edition."""

    grade: Grade
    publish_from: date | None
    min_until: date | None
    max_until: date
    rule: str


def reckon(rules: PeriodRules, decided: Decided) -> Period | str:
    """Return the period, or in a sentence why none can be told.

    A document of before the first edition that is loaded has no rule: its period is what the source
    states, and without that it is refused, never published without an end.
    """
    if decided.stated_until is not None and decided.stated_until < decided.decided_on:
        return "publish_until (公示截止期) is before the decision; compare both days"
    edition = rules.on(decided.decided_on)
    if edition is not None:
        return _by_edition(edition, decided)
    if decided.stated_until is None:
        return (
            f"decided on {decided.decided_on}, before the first rules that are loaded; give "
            "publish_until (公示截止期), or load the earlier table in periods.yaml"
        )
    return Period(
        decided.grade or _USUAL[decided.kind],
        decided.decided_on,
        None,
        decided.stated_until,
        STATED,
    )


@lru_cache(4_096)  # a table has few days, and many rows of each
def last_day(start: date, months: int) -> date:
    """Return the last day of so many months that begin on the day."""
    ahead = start.year * 12 + start.month - 1 + months
    year, month = divmod(ahead, 12)
    length = calendar.monthrange(year, month + 1)[1]
    if start.day > length:  # no such day in that month: the month's last is the last
        return date(year, month + 1, length)
    return date(year, month + 1, start.day) - _DAY


_USUAL: dict[str, Grade] = {"penalty": "general", "dishonesty": "serious", "abnormal": "general"}


def _by_edition(edition: Edition, decided: Decided) -> Period:
    grade = decided.grade or _grade(edition, decided)
    own = edition.lists.get(decided.list_type)
    period = edition.grades[grade]
    least = (own or period).min_months
    latest = last_day(decided.decided_on, (own or period).max_months)
    if decided.stated_until is not None:
        latest = min(latest, decided.stated_until)
    earliest = last_day(decided.decided_on, least) if least else None
    if earliest is not None:
        earliest = min(earliest, latest)
    published = decided.decided_on if period.published else None
    return Period(grade, published, earliest, latest, edition.edition)


def _grade(edition: Edition, decided: Decided) -> Grade:
    if decided.kind == "penalty":
        return edition.grade_of_penalty(decided.penalty_types, decided.fen, decided.procedure)
    return _USUAL[decided.kind]
