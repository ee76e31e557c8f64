"""A water service's readings and the assessments that follow them, without its app."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from tests.support.clock import FakeClock
from tests.support.outbox_events import waiting_in

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.contracts.loader import load_catalogue
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu.service.database import make_engine, migrate, session_factory
from lingqu.wire.codec import AvroCodec
from lingqu.wire.registry import RegistryClient
from lingqu_water.assessments.assess import Assessor
from lingqu_water.assessments.closing import Closing
from lingqu_water.assessments.desk import AssessmentDesk
from lingqu_water.assessments.follow import AssessmentFollower
from lingqu_water.assessments.publish import ASSESSMENT_TOPIC, Assessments
from lingqu_water.assessments.rule import AssessmentRule
from lingqu_water.judgement.classify import classify, shipped_judge
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.labels import Labels
from lingqu_water.readings.model import Item, Reading
from lingqu_water.readings.take import Readings, Taken
from lingqu_water.sections.model import Section
from lingqu_water.sections.store import Sections

SCHEMAS = Path(__file__).parents[2] / "schemas"
_FRAME_BYTES = 5
_KEY = b"k" * 32


class OneSchema:
    """A registry that calls every schema by one number."""

    def lookup(self, _subject: str, _schema: str) -> int:
        return 1

    def register(self, _subject: str, _schema: str) -> int:
        raise NotImplementedError

    def schema(self, _schema_id: int) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class WaterMonths:
    """Readings, what follows from them, and what was published of it."""

    engine: Engine
    sessions: sessionmaker[Session]
    readings: Readings
    assessments: Assessments
    desk: AssessmentDesk
    closing: Closing
    clock: FakeClock

    def take(self, statements: Sequence[Reading]) -> Taken:
        with self.sessions.begin() as session:
            return self.readings.take(session, statements)

    def close(self) -> str | None:
        with self.sessions.begin() as session:
            month = self.closing.close_next(session)
        return str(month) if month else None

    def published(self) -> list[dict[str, Any]]:
        """Return the events of assessments in the outbox, in order."""
        contract, major = load_catalogue(SCHEMAS).by_topic(ASSESSMENT_TOPIC)
        codec = AvroCodec(contract.latest(major).schema)
        with self.sessions() as session:
            told = waiting_in(session, ASSESSMENT_TOPIC)
        return codec.decode_rows([each.payload[_FRAME_BYTES:] for each in told])


def water_months(
    url: str, clock: FakeClock, rule: AssessmentRule, sections: Iterable[Section]
) -> WaterMonths:
    """Return them on a new database in which these sections are described."""
    engine = make_engine(url)
    migrate(engine, "lingqu_water.migrations")
    table = Sections(engine, clock)
    for section in sections:
        table.put(section)
    gates = Gates(
        load_catalogue(SCHEMAS),
        cast("RegistryClient", OneSchema()),
        scope=RegionScope(("43",)),
        environment="test",
        id_key=_KEY,
    )
    events, labels = Events(gates, "water"), Labels()
    assessments = Assessments(Assessor(shipped_judge("month"), labels, rule), events, clock)
    followers = [AssessmentFollower(assessments)]
    return WaterMonths(
        engine=engine,
        sessions=session_factory(engine),
        readings=Readings(events, classify, _KEY, clock, Metrics(), followers),
        assessments=assessments,
        desk=AssessmentDesk(engine, assessments, labels, clock),
        closing=Closing(assessments, rule, clock),
        clock=clock,
    )


def final_reading(section: str, at_ms: int, as_of_ms: int = 0, **values: float) -> Reading:
    """Return a final automatic statement of these items, by their keys."""
    specs = shipped_items().by_key
    return Reading(
        section_code=section,
        section_name=section.partition("-")[2],
        reporting_region=section.partition("-")[0],
        basin="长江流域",
        river=None,
        water_body="river",
        sampled_at_ms=at_ms,
        published_class=None,
        station_status="正常",
        method="auto",
        data_level="final",
        validity="valid",
        validity_reason=None,
        reviewed_by_org="湖南省生态环境监测中心",
        reviewed_at_ms=at_ms,
        items=tuple(
            Item(specs[key].code, value, specs[key].unit, "measured")
            for key, value in values.items()
        ),
        as_of_ms=as_of_ms,
    )
