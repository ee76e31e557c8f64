"""What the service is made of: records, repairs, objections, and what each listens to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lingqu.domain_service.foundation import Foundation
from lingqu.inbox.handler import Handler
from lingqu.signing.suites import SigningKey
from lingqu_credit.arrivals.records import RecordArrivals, ShelfArrivals, UseArrivals
from lingqu_credit.arrivals.repairs import RepairArrivals
from lingqu_credit.measures.live import LiveMeasures
from lingqu_credit.objections.desk import ObjectionDesk
from lingqu_credit.objections.store import OBJECTION_TOPIC
from lingqu_credit.recipients import AgreementTable, Recipients
from lingqu_credit.records.kinds import KINDS
from lingqu_credit.records.preparing import Tables
from lingqu_credit.records.records import Records
from lingqu_credit.repairs.desk import RepairDesk
from lingqu_credit.repairs.store import REPAIR_TOPIC
from lingqu_credit.repairs.telling import Telling
from lingqu_credit.repairs.timetable import load_timetable
from lingqu_credit.sanctions.uses import SANCTION_NOUN, Uses
from lingqu_credit.settings import CreditSettings
from lingqu_credit.subjects.changes import SUBJECT
from lingqu_credit.subjects.persons import load_persons
from lingqu_credit.subjects.stating import SubjectChanges


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts over one database; they may be shared by threads."""

    ground: Foundation
    settings: CreditSettings
    records: dict[str, Records]
    changes: SubjectChanges
    uses: Uses
    telling: Telling
    repairs: RepairDesk
    objections: ObjectionDesk

    @classmethod
    def on(cls, ground: Foundation, settings: CreditSettings, agreements: AgreementTable) -> Self:
        """Return those of a service that stands on this ground; it reads these agreements."""
        folder, region = settings.reference_dir, settings.region
        tables, timetable = Tables.load(folder), load_timetable(folder)
        kept = {
            name: Records(ground, kind, tables, [LiveMeasures(name)] if kind.dishonest else [])
            for name, kind in KINDS.items()
        }
        recipients = Recipients(agreements, ground.scope, region)
        telling = Telling(ground.events, region, ground.clock)
        return cls(
            ground,
            settings,
            kept,
            SubjectChanges(ground),
            Uses(ground),
            telling,
            RepairDesk(kept, telling, recipients, timetable),
            ObjectionDesk(ground.events, kept, region, recipients, timetable, ground.clock),
        )

    def handlers(self) -> dict[str, Handler]:
        """Return by topic what takes other regions' events in."""
        settings = self.settings
        persons = load_persons(settings.reference_dir)
        key = SigningKey.load(f"credit-{settings.region}", settings.keys_dir / "credit.pem")
        return {
            **{
                each.kind.topic: RecordArrivals(each.shelf, name, persons)
                for name, each in self.records.items()
            },
            SUBJECT.topic: ShelfArrivals(self.changes.shelf, "change_id"),
            SANCTION_NOUN.topic: UseArrivals(self.uses.shelf, "sanction_id"),
            REPAIR_TOPIC: RepairArrivals(self.telling, key, self.ground.metrics),
            OBJECTION_TOPIC: self.objections,
        }
