"""Pass rates (达标率): of how many assessed months the target was met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lingqu_water.assessments.store import Kept


@dataclass(frozen=True, slots=True)
class PassRate:
    """A section's months: how many were assessed, of how many the target was met.

    `percent` is of the months that were assessed against a target, None without any: a month with
    too little data is neither a pass nor a failure.
    """

    section_code: str
    assessed: int
    insufficient: int
    judged: int
    met: int
    percent: float | None


def pass_rates(standing: Iterable[Kept]) -> list[PassRate]:
    """Return a rate a section, by its code."""
    sections: dict[str, list[Kept]] = {}
    for each in standing:
        sections.setdefault(each.section_code, []).append(each)
    return [_rate(code, months) for code, months in sorted(sections.items())]


def _rate(code: str, months: list[Kept]) -> PassRate:
    documents = [each.document for each in months]
    assessed = sum(each["status"] == "assessed" for each in documents)
    judged = [each["met"] for each in documents if each["met"] is not None]
    percent = 100 * sum(judged) / len(judged) if judged else None
    return PassRate(code, assessed, len(documents) - assessed, len(judged), sum(judged), percent)
