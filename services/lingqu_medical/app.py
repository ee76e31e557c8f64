"""The medical service's composition: filings, settlements, reconciliation and clearing."""

from __future__ import annotations

from fastapi import FastAPI

from lingqu.domain_service.app import make_domain_app, service_of
from lingqu.domain_service.endpoints.imports import router as imports_router
from lingqu.domain_service.foundation import lay_foundation
from lingqu.domain_service.imports.importing import Importing
from lingqu.domain_service.imports.record_forms import RecordForms
from lingqu.domain_service.imports.uploads import Uploads
from lingqu.domain_service.running import Running
from lingqu.domain_service.upkeep import forgetting
from lingqu.inbox.handler import Handler
from lingqu.service.database import migrate
from lingqu_medical.calendar_file import load_calendar
from lingqu_medical.clearing import steps
from lingqu_medical.clearing.book import load_book
from lingqu_medical.clearing.desk import ClearingDesk
from lingqu_medical.codes.code_sets import load_codes
from lingqu_medical.endpoints import (
    clearing,
    filings,
    inquiries,
    money,
    reconciliations,
    reversals,
    settlements,
)
from lingqu_medical.filings.benefit import load_benefits
from lingqu_medical.filings.take import Filings
from lingqu_medical.forms.records import (
    filing_form,
    reversal_form,
    settlement_export,
    settlement_form,
)
from lingqu_medical.identities.profile import load_balance
from lingqu_medical.inquiries import desk as inquiry_desk
from lingqu_medical.inquiries.desk import InquiryDesk
from lingqu_medical.metrics import METRICS
from lingqu_medical.nouns import FILINGS, REVERSALS, SETTLEMENTS
from lingqu_medical.personal import personal_fields
from lingqu_medical.reconciliations import desk as reconciliation_desk
from lingqu_medical.reconciliations.desk import ReconciliationDesk
from lingqu_medical.remittances import desk as remittance_desk
from lingqu_medical.remittances.desk import RemittanceDesk
from lingqu_medical.reversals.take import Reversals
from lingqu_medical.settings import MedicalSettings
from lingqu_medical.settlements.take import Settlements
from lingqu_medical.upkeep import auditing, counting, expiring

DOMAIN = "medical"


def create_app(settings: MedicalSettings) -> FastAPI:
    """Return the medical service's app; relay, inbox and upkeep run while it does."""
    ground = lay_foundation(settings, DOMAIN, METRICS)
    writing, reading, clock = ground.writing, ground.reading, ground.clock
    reference, region = settings.reference_dir, settings.region
    filing, settlement, reversal = (
        ground.catalogue.contract(f"{DOMAIN}.{noun.name}").latest()
        for noun in (FILINGS, SETTLEMENTS, REVERSALS)
    )
    benefits, calendar = load_benefits(reference), load_calendar(reference)
    book = load_book(reference)
    personal = personal_fields(settlement)
    filed = Filings(ground)
    settled = Settlements(
        ground, load_codes(reference), load_balance(reference), benefits, personal
    )
    reversed_ = Reversals(ground, settled.shelf)
    remitted, inquired = RemittanceDesk(ground), InquiryDesk(ground, calendar)
    cleared = ClearingDesk(ground, book, calendar, (settled.shelf, reversed_.shelf), remitted)
    reconciled = ReconciliationDesk(ground, reversed_)
    uploads = Uploads(settings.imports_dir)
    forms = RecordForms(
        {
            filing_form(filing): filed.take,
            settlement_form(settlement): settled.take,
            reversal_form(reversal): reversed_.take,
        }
    )
    importing = Importing(writing, forms, uploads, clock, settings.import_batch)
    handlers: dict[str, Handler] = {
        FILINGS.topic: filed.shelf,
        SETTLEMENTS.topic: settled.shelf,
        REVERSALS.topic: reversed_.shelf,
        steps.TOPIC: cleared.journal,
        reconciliation_desk.TOPIC: reconciled.journal,
        remittance_desk.TOPIC: remitted.journal,
        inquiry_desk.TOPIC: inquired.journal,
    }
    chores = [
        forgetting(writing, uploads, clock, ground.metrics),
        expiring(writing, filed),
        auditing(reading, book, ground.metrics),
        counting(reading, inquired, book, calendar, region, ground.metrics),
    ]
    running = Running(
        ground, lambda: migrate(ground.engine, "lingqu_medical.migrations"), handlers, chores
    )
    templates = {name: form.template for name, form in forms.forms.items()}
    rooms = (
        filings.router(writing, reading, filed, benefits, personal_fields(filing)),
        settlements.router(writing, reading, settled, settlement_export(settlement), personal),
        reversals.router(writing, reading, reversed_),
        reconciliations.router(writing, reading, reconciled, clock),
        clearing.router(writing, reading, cleared),
        money.router(writing, reading, remitted, book, calendar),
        inquiries.router(writing, reading, inquired, clock),
        imports_router(importing, templates=templates),
    )
    posted = {reconciliations.PATH: settings.max_reconciliation_bytes}
    return make_domain_app(ground, running, rooms, posted)


SERVICE = service_of(DOMAIN, 8104, MedicalSettings, create_app)
