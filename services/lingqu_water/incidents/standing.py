"""Who has acknowledged an incident's reports, and who is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lingqu_water.incidents.model import Acknowledgement, Report


@dataclass(frozen=True, slots=True)
class RegionStanding:
    """How one region stands to the reports that were for it.

    `sequence` is the last report it acknowledged, 0 none; `waiting` the first it did not, and
    `due_at_ms` when that is, or was, due.
    """

    region: str
    sequence: int
    acknowledged_at_ms: int | None
    who: str | None
    note: str | None
    by_other_means_ms: int | None
    waiting: int | None
    due_at_ms: int | None
    overdue: bool


def standings(
    reports: Sequence[Report], acknowledgements: Sequence[Acknowledgement], now_ms: int
) -> list[RegionStanding]:
    """Return how each region that an incident was reported to stands.

    Whoever acknowledges a report has seen those before it. A report that was corrected is due as it
    was first told. Who acknowledged by telephone has the first report, and those told before.
    """
    first = _first_tellings(reports)
    regions = dict.fromkeys(region for each in reports for region in each.affected_regions)
    answers = {each.region: each for each in sorted(acknowledgements, key=lambda a: a.sequence)}
    others = [region for region in answers if region not in regions]
    return [
        _standing(region, first, answers.get(region), _told_otherwise(reports, region), now_ms)
        for region in [*regions, *others]
    ]


def _first_tellings(reports: Sequence[Report]) -> list[Report]:
    by_sequence: dict[int, Report] = {}
    for report in reports:
        by_sequence.setdefault(report.sequence, report)
    return [by_sequence[sequence] for sequence in sorted(by_sequence)]


def _told_otherwise(reports: Sequence[Report], region: str) -> int | None:
    """Return when the region acknowledged by other means, as the reports say."""
    times = [
        party["acknowledged_at"]
        for report in reports
        for party in report.document["notified"]
        if party["region"] == region and party["acknowledged_at"] is not None
    ]
    return max(times, default=None)


def _standing(
    region: str,
    reports: Sequence[Report],
    answer: Acknowledgement | None,
    otherwise_ms: int | None,
    now_ms: int,
) -> RegionStanding:
    sequence = answer.sequence if answer else 0
    unanswered = (
        report
        for report in reports
        if report.sequence > sequence
        and region in report.affected_regions
        and not _was_spoken_of(report, otherwise_ms)
    )
    waiting = next(unanswered, None)
    due_at_ms = waiting.acknowledge_by_ms if waiting else None
    return RegionStanding(
        region=region,
        sequence=sequence,
        acknowledged_at_ms=answer.at_ms if answer else None,
        who=answer.who if answer else None,
        note=answer.note if answer else None,
        by_other_means_ms=otherwise_ms,
        waiting=waiting.sequence if waiting else None,
        due_at_ms=due_at_ms,
        overdue=due_at_ms is not None and due_at_ms < now_ms,
    )


def _was_spoken_of(report: Report, otherwise_ms: int | None) -> bool:
    return otherwise_ms is not None and (report.sequence == 1 or report.told_at_ms <= otherwise_ms)
