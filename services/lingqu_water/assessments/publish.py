"""Assessments made, kept and published when they say something new."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.errors import NotFoundError
from lingqu.outbox.events import Events
from lingqu_water.assessments.assess import Assessor
from lingqu_water.assessments.assessment import digest_of
from lingqu_water.assessments.store import AssessmentStore, Kept, Pair
from lingqu_water.period import month_of
from lingqu_water.readings.store import ReadingStore

ASSESSMENT_TOPIC = "water.assessment.v1"
Outcome = Literal["first", "revision", "withdrawal", "unchanged"]


@dataclass(frozen=True, slots=True)
class Published:
    """What an assessment came to, and what stands now."""

    outcome: Outcome
    kept: Kept


@dataclass(frozen=True, slots=True)
class _Draft:
    before: Kept | None
    change: Outcome
    document: dict[str, Any]
    digest: bytes

    def version(self) -> int:
        return self.before.version + 1 if self.before else 1

    def supersedes(self) -> str | None:
        return self.before.event_id if self.before else None


class Assessments:
    """Assesses sections' months in the caller's transaction; may be shared by threads.

    The assessment of the same readings is published once: first, then a revision whenever it says
    something else, and a withdrawal when a month that had a class loses it. The sections are
    locked until the transaction ends.
    """

    def __init__(self, assessor: Assessor, events: Events, clock: Clock) -> None:
        self._assessor = assessor
        self._events = events
        self._clock = clock
        self._readings = ReadingStore()
        self._store = AssessmentStore()

    def assess(self, session: Session, pairs: Collection[Pair]) -> dict[Pair, Published]:
        """Assess these sections and months; raise NotFoundError for a section nobody knows."""
        sections = self._store.sections(session, {code for code, _ in pairs})
        unknown = sorted({code for code, _ in pairs} - sections.keys())
        if unknown:
            raise NotFoundError(f"there is no section {unknown[0]!r}; GET /v1/sections lists them")
        standing = self._store.standing(session, pairs)
        drafts: dict[Pair, _Draft] = {}
        for code, text in sorted(pairs):
            month = month_of(text)
            readings = self._readings.between(session, code, month.from_ms, month.until_ms)
            made = self._assessor.assess(sections[code], month, readings)
            drafts[code, text] = _draft(standing.get((code, text)), made.document())
        return self._publish(session, drafts)

    def assess_anew(self, session: Session, section_code: str) -> int:
        """Assess all months of a section for which an assessment stands; return how many differ."""
        found = self.assess(session, self._store.standing_of(session, section_code))
        return sum(each.outcome != "unchanged" for each in found.values())

    def _publish(self, session: Session, drafts: Mapping[Pair, _Draft]) -> dict[Pair, Published]:
        now_ms = int(self._clock.now().timestamp() * 1000)
        told = {pair: draft for pair, draft in drafts.items() if draft.change != "unchanged"}
        rows = [_event(draft, now_ms) for draft in told.values()]
        ids = self._events.append(session, ASSESSMENT_TOPIC, rows) if rows else []
        kept = {
            pair: _keep(pair, draft, event_id, now_ms)
            for (pair, draft), event_id in zip(told.items(), ids, strict=True)
        }
        self._store.replace(session, list(kept.values()))
        return {
            pair: Published(draft.change, kept.get(pair) or _before(draft))
            for pair, draft in drafts.items()
        }


def _draft(before: Kept | None, document: dict[str, Any]) -> _Draft:
    digest = digest_of(document)
    change: Outcome = "revision"
    if before is None:
        change = "first"
    elif before.digest == digest:
        change = "unchanged"
    elif before.document["water_class"] and not document["water_class"]:
        change = "withdrawal"
    return _Draft(before, change, document, digest)


def _event(draft: _Draft, now_ms: int) -> dict[str, Any]:
    return {
        "occurred_at": now_ms,
        "change": draft.change,
        "supersedes": draft.supersedes(),
        **draft.document,
        "version": draft.version(),
    }


def _keep(pair: Pair, draft: _Draft, event_id: str, now_ms: int) -> Kept:
    return Kept(
        *pair,
        version=draft.version(),
        standing=True,
        event_id=event_id,
        change=draft.change,
        supersedes=draft.supersedes(),
        document=draft.document,
        digest=draft.digest,
        assessed_at_ms=now_ms,
    )


def _before(draft: _Draft) -> Kept:
    assert draft.before is not None  # noqa: S101 - only what stood can be unchanged
    return draft.before
