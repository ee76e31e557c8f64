"""The water service's composition: settings, database, readings and what follows from them."""

from __future__ import annotations

from fastapi import FastAPI

from lingqu.domain_service.app import make_domain_app, service_of
from lingqu.domain_service.endpoints.imports import router as imports_router
from lingqu.domain_service.foundation import lay_foundation
from lingqu.domain_service.imports.importing import Importing
from lingqu.domain_service.imports.uploads import Uploads
from lingqu.domain_service.running import Running
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.domain_service.upkeep import Chore, forgetting
from lingqu.inbox.handler import Handler
from lingqu.service.database import migrate
from lingqu_water.alerts.model import ALERT_TOPIC
from lingqu_water.alerts.parts import alert_parts
from lingqu_water.assessments.assess import Assessor
from lingqu_water.assessments.closing import Closing
from lingqu_water.assessments.desk import AssessmentDesk
from lingqu_water.assessments.follow import AssessmentFollower
from lingqu_water.assessments.publish import Assessments
from lingqu_water.assessments.rule import load_rule
from lingqu_water.compensation.correspondence import Correspondence
from lingqu_water.compensation.event import COMPENSATION_TOPIC
from lingqu_water.compensation.keeping import make_book
from lingqu_water.declared.noun import RESOURCES, ZONE
from lingqu_water.endpoints import (
    alerts,
    assessments,
    compensation,
    consultations,
    disputes,
    imports,
    incidents,
    judgement,
    readings,
    resources,
    sections,
    series,
    stating,
    zones,
)
from lingqu_water.endpoints.proceedings import ProceedingRoom
from lingqu_water.forms.reading_forms import ReadingForms
from lingqu_water.incidents.parts import declared_parts
from lingqu_water.judgement.classify import load_judge
from lingqu_water.judgement.indices import Indices
from lingqu_water.judgement.labels import Labels
from lingqu_water.metrics import METRICS
from lingqu_water.readings.arrivals import Arrivals
from lingqu_water.readings.follow import Follower
from lingqu_water.readings.model import SAMPLE_TOPIC
from lingqu_water.readings.rejudge import rejudge
from lingqu_water.readings.take import Readings
from lingqu_water.sections.describing import Describing, Rejudged
from lingqu_water.sections.store import Sections
from lingqu_water.sections.table import load_regions, load_sections
from lingqu_water.settings import WaterSettings

DOMAIN = "water"


def create_app(settings: WaterSettings) -> FastAPI:
    """Return the water service's app; relay, inbox and upkeep run while it does.

    Whole on purpose: the one place that shows which part stands on which.
    """
    ground = lay_foundation(settings, DOMAIN, METRICS)
    engine, writing, reading = ground.engine, ground.writing, ground.reading
    events, clock, metrics, scope = ground.events, ground.clock, ground.metrics, ground.scope
    region, reference = settings.region, settings.reference_dir
    names = load_regions(reference)
    judge, monthly = load_judge(folder=reference), load_judge("month", reference)
    labels, rule = Labels(reference), load_rule(reference)
    assessed = Assessments(Assessor(monthly, labels, rule), events, clock)
    closing = Closing(assessed, rule, clock)
    known_sections = Sections(engine, clock)
    section_of = known_sections.of
    alerting = alert_parts(writing, events, section_of, scope, clock, metrics, reference)
    declared = declared_parts(writing, events, section_of, region, clock, metrics, reference)
    accounts = make_book(monthly, scope, events, clock, settings.compensation_dir)
    zoning, gauging = (Declarations.on(ground, noun) for noun in (ZONE, RESOURCES))
    followers: list[Follower] = [AssessmentFollower(assessed), alerting.follower, accounts]
    taken = Readings(events, judge.classify, ground.id_key, clock, metrics, followers)
    describing = Describing(
        writing,
        known_sections,
        lambda session, section: Rejudged(
            readings=rejudge(session, section.code, section.kind, judge.classify),
            assessments=assessed.assess_anew(session, section.code),
            alerts=alerting.follower.judge_anew(session, section),
        ),
    )
    uploads = Uploads(settings.imports_dir)
    forms = ReadingForms(taken, reference)
    importing = Importing(writing, forms, uploads, clock, settings.import_batch)
    handlers: dict[str, Handler] = {
        SAMPLE_TOPIC: Arrivals(taken),
        ALERT_TOPIC: alerting.arrivals,
        **declared.handlers,
        COMPENSATION_TOPIC: Correspondence(accounts.library),
        ZONE.topic: zoning.shelf,
        RESOURCES.topic: gauging.shelf,
    }
    chores = [
        forgetting(writing, uploads, clock, metrics),
        Chore("close-months", 600.0, lambda: closing.close_due(writing)),
        Chore("remind", 15.0, alerting.reminding.round),
        Chore("count-incidents", 15.0, declared.counting.round),
        Chore("renew-terms", 60.0, lambda: accounts.catch_up(writing)),
        Chore("renew-sections", 60.0, describing.catch_up),
    ]

    def prepare() -> None:
        migrate(engine, "lingqu_water.migrations")
        describing.seed(load_sections(reference))

    running = Running(ground, prepare, handlers, chores)
    rooms = (
        sections.router(known_sections, describing.put),
        stating.router(writing, taken, clock),
        readings.router(reading),
        imports_router(importing, asked=imports.asked),
        series.router(reading, judge),
        alerts.router(reading, alerting.desk, region, names),
        incidents.router(writing, reading, declared.desk, names),
        disputes.router(ProceedingRoom(writing, reading, declared.disputes, names)),
        consultations.router(ProceedingRoom(writing, reading, declared.consultations, names)),
        judgement.router(judge, labels, Indices(judge.items, reference)),
        assessments.router(AssessmentDesk(engine, assessed, labels, clock)),
        compensation.router(writing, reading, accounts),
        zones.router(zoning, reading),
        resources.router(gauging, reading),
    )
    return make_domain_app(ground, running, rooms)


SERVICE = service_of(DOMAIN, 8101, WaterSettings, create_app)
