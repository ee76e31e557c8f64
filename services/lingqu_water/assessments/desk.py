"""Assessments as they are asked for: each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.errors import ConflictError, NotFoundError
from lingqu.service.database import database_errors, session_factory
from lingqu_water.assessments.publish import Assessments, Published
from lingqu_water.assessments.rates import PassRate, pass_rates
from lingqu_water.assessments.store import AssessmentStore, Kept, Pair, Wanted
from lingqu_water.judgement.labels import BasinState, Labels
from lingqu_water.judgement.water_class import parse_class
from lingqu_water.period import Month, month_of

ALL_SECTIONS = "all"


class AssessmentDesk:
    """Asks for assessments and looks them up; may be shared by threads.

    Raises DatabaseUnavailableError.
    """

    def __init__(
        self, engine: Engine, assessments: Assessments, labels: Labels, clock: Clock
    ) -> None:
        self._writing = session_factory(engine)
        self._reading = session_factory(engine, read_only=True)
        self._assessments = assessments
        self._labels = labels
        self._clock = clock
        self._store = AssessmentStore()

    def ask(self, section: str, text: str) -> list[Published]:
        """Assess a section's month, or that of every section with readings in it, and publish.

        Raises ConflictError for a month that has not begun, NotFoundError for an unknown section.
        """
        month = month_of(text)
        if month.from_ms > self._clock.now().timestamp() * 1000:
            raise ConflictError(f"the month {month} has not begun; ask once it is over")
        with database_errors(), self._writing.begin() as session:
            codes = self._sections(session, section, month)
            pairs: list[Pair] = [(code, str(month)) for code in codes]
            published = self._assessments.assess(session, pairs)
        return [published[pair] for pair in pairs]

    def page(self, wanted: Wanted, after: Pair | None, limit: int) -> list[Kept]:
        with database_errors(), self._reading() as session:
            return self._store.page(session, wanted, after, limit)

    def versions(self, section: str, text: str) -> list[Kept]:
        """Return all that was published of a section's month, the newest first."""
        month = str(month_of(text))
        with database_errors(), self._reading() as session:
            found = self._store.versions(session, section, month)
        if not found:
            raise NotFoundError(
                f"the month {month} of section {section!r} has no assessment; ask for one by"
                " POST /v1/assessments"
            )
        return found

    def basins(self, text: str, region: str | None = None) -> dict[str | None, BasinState]:
        """Return the state of each basin by the sections that were assessed for the month."""
        month = str(month_of(text))
        wanted = Wanted(from_month=month, until_month=month, region=region, status="assessed")
        with database_errors(), self._reading() as session:
            found = self._store.page(session, wanted, None, None)
        return {
            basin: self._labels.basin(
                [
                    parse_class(each.document["water_class"])
                    for each in found
                    if each.document["basin"] == basin
                ]
            )
            for basin in sorted({each.document["basin"] for each in found}, key=str)
        }

    def rates(self, wanted: Wanted) -> list[PassRate]:
        """Return of how many of the wanted months each section met its target."""
        with database_errors(), self._reading() as session:
            return pass_rates(self._store.page(session, wanted, None, None))

    def _sections(self, session: Session, section: str, month: Month) -> Sequence[str]:
        if section != ALL_SECTIONS:
            return [section]
        return self._store.sections_with_readings(session, month.from_ms, month.until_ms)
