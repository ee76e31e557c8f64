"""The credit service's composition: settings, records, measures, repairs and objections."""

from __future__ import annotations

from operator import itemgetter

from fastapi import FastAPI

from lingqu.agreements.state import AGREEMENT_TOPIC
from lingqu.domain_service.app import make_domain_app, service_of
from lingqu.domain_service.endpoints import imports
from lingqu.domain_service.foundation import lay_foundation
from lingqu.domain_service.imports.importing import Importing
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.imports.record_forms import RecordForms, Take
from lingqu.domain_service.imports.uploads import Uploads
from lingqu.domain_service.running import Running
from lingqu.domain_service.upkeep import Chore, forgetting
from lingqu.kafka.table import CompactedTable
from lingqu.service.database import migrate
from lingqu_credit.endpoints import objections, records, repairs, sanctions, subjects
from lingqu_credit.forms.objection_table import CONTRACT as OBJECTION_CONTRACT
from lingqu_credit.forms.objection_table import objection_form
from lingqu_credit.forms.record_tables import record_form
from lingqu_credit.forms.subject_table import CONTRACT as SUBJECT_CONTRACT
from lingqu_credit.forms.subject_table import subject_form
from lingqu_credit.measures.closed_list import load_closed_list
from lingqu_credit.metrics import METRICS
from lingqu_credit.objections.rounds import ObjectionRounds
from lingqu_credit.objections.rows import ObjectionRows
from lingqu_credit.parts import Parts
from lingqu_credit.records.expiry import Expiry
from lingqu_credit.regions import Regions, load_regions
from lingqu_credit.repairs.chasing import Chasing
from lingqu_credit.repairs.held_files import HeldFiles
from lingqu_credit.settings import CreditSettings
from lingqu_credit.subjects.classification import load_classification
from lingqu_credit.subjects.view import SubjectView

DOMAIN = "credit"
_A_MINUTE_S = 60.0


def create_app(settings: CreditSettings) -> FastAPI:
    """Return the credit service's app; relay, inbox and upkeep run while it does."""
    ground, region = lay_foundation(settings, DOMAIN, METRICS), settings.region
    agreements = CompactedTable(settings.kafka, AGREEMENT_TOPIC, clock=ground.clock)
    parts = Parts.on(ground, settings, agreements)
    regions = load_regions(settings.reference_dir)
    measures = load_closed_list(settings.reference_dir)
    forms = {
        name: record_form(ground.catalogue.contract(each.kind.contract), measures)
        for name, each in parts.records.items()
    }
    objecting = objection_form(ground.catalogue.contract(OBJECTION_CONTRACT))
    rows = ObjectionRows(parts.objections, region, ground.id_key)
    changing = subject_form(ground.catalogue.contract(SUBJECT_CONTRACT))
    takes: dict[RecordForm, Take] = {
        **{forms[name]: each.take for name, each in parts.records.items()},
        objecting: rows.take,
        changing: parts.changes.take,
    }
    taking = RecordForms(takes)
    uploads = Uploads(settings.imports_dir)
    importing = Importing(ground.writing, taking, uploads, ground.clock, settings.import_batch)
    held = HeldFiles(
        ground.reading,
        importing,
        {
            **{forms[name].name: each.id_of for name, each in parts.records.items()},
            objecting.name: itemgetter("record_id"),
        },
    )
    running = Running(
        ground,
        lambda: migrate(ground.engine, "lingqu_credit.migrations"),
        parts.handlers(),
        [*_chores(parts, regions, uploads), Chore("repaired-files", 5.0, held.round)],
        tables=[agreements],
    )
    room = repairs.RepairRoom(parts.repairs, regions, settings.partner_keys_dir, ground.clock)
    view = SubjectView(parts.records, load_classification(settings.reference_dir))
    reading, writing = ground.reading, ground.writing
    kept = parts.records.items()
    rooms = (
        *(records.router(each, reading, writing) for _, each in kept),
        *(records.export_router(each, forms[name], reading) for name, each in kept),
        subjects.router(view, parts.changes, parts.uses, reading, ground.clock),
        subjects.export_router(changing, parts.changes, reading),
        sanctions.router(parts.uses, reading),
        repairs.router(room, writing, reading),
        objections.router(parts.objections, regions, writing, reading),
        objections.export_router(objecting, reading),
        imports.router(importing, templates={each.name: each.template for each in takes}),
    )
    return make_domain_app(ground, running, rooms)


def _chores(parts: Parts, regions: Regions, uploads: Uploads) -> list[Chore]:
    ground, region = parts.ground, parts.settings.region
    writing, clock, metrics = ground.writing, ground.clock, ground.metrics
    expiry = Expiry(writing, parts.records, region, metrics)
    chasing = Chasing(ground.reading, region, regions, clock, metrics)
    objecting = ObjectionRounds(writing, parts.objections, region, clock, metrics)
    return [
        forgetting(writing, uploads, clock, metrics),
        Chore("expire", 5 * _A_MINUTE_S, expiry.round),
        Chore("chase-repairs", 15.0, chasing.round),
        Chore("objections", 5.0, objecting.round),
    ]


SERVICE = service_of(DOMAIN, 8102, CreditSettings, create_app)
