"""The customs service's composition: what is stated, what follows from it, and who may ask."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from lingqu.domain_service.app import make_domain_app, service_of
from lingqu.domain_service.endpoints import imports
from lingqu.domain_service.foundation import Foundation, lay_foundation
from lingqu.domain_service.imports.importing import Importing
from lingqu.domain_service.imports.record_forms import RecordForms, Take
from lingqu.domain_service.imports.uploads import Uploads
from lingqu.domain_service.running import Running
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.domain_service.statements.noun import Document, Noun
from lingqu.domain_service.upkeep import Chore, forgetting
from lingqu.inbox.handler import Handler
from lingqu.service.database import migrate
from lingqu_customs.checks import Checks
from lingqu_customs.codes.receipts import load_receipt_codes
from lingqu_customs.declarations.arrivals import Arrivals
from lingqu_customs.declarations.complete import FOLDED, complete_declaration
from lingqu_customs.declarations.desk import Desk
from lingqu_customs.declarations.follow import AmendmentFollower, DeclarationFollower
from lingqu_customs.declarations.receipts import Receipts
from lingqu_customs.declarations.statuses import Statuses
from lingqu_customs.endpoints import (
    amendments,
    consignments,
    declarations,
    enterprises,
    exports,
    inspections,
    receipts,
    transits,
    work_items,
)
from lingqu_customs.endpoints.stated import stated_model
from lingqu_customs.endpoints.stating import Room
from lingqu_customs.forms.kept_goods import KeepingGoods
from lingqu_customs.forms.receipt import NAME as RECEIPT
from lingqu_customs.forms.stated import form_of
from lingqu_customs.metrics import METRICS
from lingqu_customs.nouns import AMENDMENTS, DECLARATIONS, INSPECTIONS, LEVELS, TRANSITS
from lingqu_customs.settings import CustomsSettings
from lingqu_customs.transits.overdue import Counting

DOMAIN = "customs"


def create_app(settings: CustomsSettings) -> FastAPI:
    """Return the customs service's app; relay, inbox and upkeep run while it does."""
    ground = lay_foundation(settings, DOMAIN, METRICS)
    writing, reading, clock = ground.writing, ground.reading, ground.clock
    region, reference = settings.region, settings.reference_dir
    checks, codes = Checks.load(reference), load_receipt_codes(reference)
    districts = checks.districts
    statuses = Statuses(ground, codes)
    declared = Declarations.on(ground, DECLARATIONS, [DeclarationFollower(statuses)])
    amended = Declarations.on(ground, AMENDMENTS, [AmendmentFollower(statuses)])
    moved, inspected, levelled = (
        Declarations.on(ground, noun) for noun in (TRANSITS, INSPECTIONS, LEVELS)
    )
    received = Receipts(declared.shelf, statuses, region, ground.metrics)
    desk = Desk(declared, amended, received, codes, region, clock)
    uploads = Uploads(settings.imports_dir)
    takes: dict[str, Take] = {
        DECLARATIONS.name: KeepingGoods(declared).take,
        RECEIPT: received.take,
        AMENDMENTS.name: amended.take,
        TRANSITS.name: moved.take,
        INSPECTIONS.name: inspected.take,
        LEVELS.name: levelled.take,
    }
    forms = {name: form_of(name, ground.catalogue, checks) for name in takes}
    reading_forms = RecordForms({forms[name]: take for name, take in takes.items()})
    importing = Importing(writing, reading_forms, uploads, clock, settings.import_batch)
    counting = Counting(reading, clock, ground.metrics)
    handlers: dict[str, Handler] = {
        DECLARATIONS.topic: Arrivals(declared.shelf, received, statuses),
        AMENDMENTS.topic: amended.shelf,
        TRANSITS.topic: moved.shelf,
        INSPECTIONS.topic: inspected.shelf,
        LEVELS.topic: levelled.shelf,
    }
    chores = [
        forgetting(writing, uploads, clock, ground.metrics),
        Chore("count", 5.0, counting.round),
    ]
    prepare = partial(migrate, ground.engine, "lingqu_customs.migrations")
    running = Running(ground, prepare, handlers, chores)
    room = partial(_room, ground, checks)
    rooms = (
        imports.router(importing, templates={name: form.template for name, form in forms.items()}),
        exports.router(reading, declared.shelf, forms[DECLARATIONS.name], codes),
        declarations.router(room(DECLARATIONS, declared), desk, writing, reading, districts),
        receipts.router(received, writing, clock),
        amendments.router(room(AMENDMENTS, amended), reading),
        transits.router(room(TRANSITS, moved), reading, districts, clock),
        inspections.router(room(INSPECTIONS, inspected), reading),
        enterprises.router(room(LEVELS, levelled), reading, checks.schemes, clock),
        consignments.router(reading, codes, districts),
        work_items.router(writing, reading, clock),
    )
    return make_domain_app(ground, running, rooms)


def _room(ground: Foundation, checks: Checks, noun: Noun, taken: Declarations) -> Room:
    contract, _ = ground.catalogue.by_topic(noun.topic)
    folded = FOLDED if noun is DECLARATIONS else ()
    model = stated_model(contract, left_out=folded)
    return Room(noun, taken, model, checks, complete_declaration if folded else _as_it_is)


def _as_it_is(statement: Document) -> Document:
    return statement


SERVICE = service_of(DOMAIN, 8103, CustomsSettings, create_app)
