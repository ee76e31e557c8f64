"""A medical service with its real database, beside a registry."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.gateway import small_registry
from tests.support.service import (
    NO_KAFKA,
    ServiceUnderTest,
    service_under_test,
    settings_under_test,
)

from lingqu.domain_service.foundation import Foundation, lay_foundation
from lingqu.inbox.handler import Received
from lingqu.instants import milliseconds
from lingqu.service.database import migrate
from lingqu_medical.app import create_app
from lingqu_medical.calendar_file import load_calendar
from lingqu_medical.clearing import steps
from lingqu_medical.clearing.book import load_book
from lingqu_medical.clearing.desk import ClearingDesk, Signed
from lingqu_medical.clearing.statement import StatementKey
from lingqu_medical.codes.code_sets import load_codes
from lingqu_medical.filings.benefit import load_benefits
from lingqu_medical.identities.profile import load_balance
from lingqu_medical.metrics import METRICS
from lingqu_medical.nouns import SETTLEMENTS
from lingqu_medical.personal import personal_fields
from lingqu_medical.reconciliations.desk import ReconciliationDesk
from lingqu_medical.remittances.desk import RemittanceDesk
from lingqu_medical.reversals.take import Reversals
from lingqu_medical.settings import MedicalSettings
from lingqu_medical.settlements.take import Settlements

KEY = StatementKey("43", "44", "310", "2025-03")
SIGNED = Signed("示例经办机构")


class MedicalUnderTest(ServiceUnderTest):
    """A medical service of a province over HTTP."""


medical_under_test = partial(service_under_test, MedicalUnderTest, create_app, MedicalSettings)


def settled(setl_id: str, fund_fen: int, **changed: Any) -> dict[str, Any]:
    """Return a balanced settlement of March 2025 of a patient of 44 in 43, as REST takes it."""
    return {
        "setl_id": setl_id,
        "insuplc_admdvs": "440100",
        "mdtrtarea_admvs": "430100",
        "insutype": "310",
        "clr_type": "21",
        "setl_time": "2025-03-18T16:20:00+08:00",
        "medfee_sumamt_fen": fund_fen + 200_00,
        "inscp_scp_amt_fen": fund_fen + 200_00,
        "hifp_pay_fen": fund_fen,
        "fund_pay_sumamt_fen": fund_fen,
        "psn_part_amt_fen": 200_00,
        "acct_pay_fen": 50_00,
        "psn_cash_pay_fen": 150_00,
        **changed,
    }


def cancellation(reversal_id: str, setl_id: str, **changed: Any) -> dict[str, Any]:
    """Return that a settlement was cancelled in March 2025."""
    return {
        "reversal_id": reversal_id,
        "kind": "cancel",
        "infno": "2305",
        "setl_id": setl_id,
        "reversed_at": "2025-03-20T10:00:00+08:00",
        **changed,
    }


@dataclass(frozen=True)
class Desks:
    """The parts of a medical service without HTTP and Kafka; what it says stays in its outbox."""

    ground: Foundation
    settlements: Settlements
    reversals: Reversals
    reconciliations: ReconciliationDesk
    clearing: ClearingDesk


@contextmanager
def desks(folder: Path, database_url: str, region: str = "43") -> Iterator[Desks]:
    with small_registry() as registry:
        settings = settings_under_test(
            MedicalSettings, folder, database_url, registry, region, kafka=NO_KAFKA
        )
        ground = lay_foundation(settings, "medical", METRICS)
        migrate(ground.engine, "lingqu_medical.migrations")
        personal = personal_fields(ground.catalogue.contract("medical.settlement").latest())
        settlements = Settlements(ground, load_codes(), load_balance(), load_benefits(), personal)
        reversals = Reversals(ground, settlements.shelf)
        try:
            yield Desks(
                ground,
                settlements,
                reversals,
                ReconciliationDesk(ground, reversals),
                ClearingDesk(
                    ground,
                    load_book(),
                    load_calendar(),
                    (settlements.shelf, reversals.shelf),
                    RemittanceDesk(ground),
                ),
            )
        finally:
            ground.registry.close()
            ground.engine.dispose()


def at(text: str) -> int:
    """Return an instant in milliseconds."""
    return milliseconds(datetime.fromisoformat(text))


def statement(setl_id: str, fund_fen: int, **changed: Any) -> dict[str, Any]:
    given = settled(setl_id, fund_fen, **changed)
    return given | {"setl_time": at(given["setl_time"])}


def settle(hub: Desks, *statements: dict[str, Any]) -> None:
    with hub.ground.writing.begin() as session:
        assert hub.settlements.take(session, statements).refused == {}


def cancel(hub: Desks, reversal_id: str, setl_id: str) -> None:
    given = cancellation(reversal_id, setl_id) | {"reversed_at": at("2025-03-20T10:00:00+08:00")}
    with hub.ground.writing.begin() as session:
        assert hub.reversals.take(session, [given]).refused == {}


def arrived(events: list[dict[str, Any]]) -> list[Received]:
    return [Received(event, 0, number) for number, event in enumerate(events)]


def told(hub: Desks) -> list[dict[str, Any]]:
    """Return the settlements that a hub has stated, as events."""
    with hub.ground.reading() as session:
        return list(hub.settlements.shelf.all(session))


def tell(hub: Desks, events: list[dict[str, Any]]) -> None:
    with hub.ground.writing.begin() as session:
        hub.settlements.shelf.handle(session, SETTLEMENTS.topic, arrived(events))


def carry(source: Desks, target: Desks, chance: random.Random) -> None:
    """Let all that was said of clearing arrive, in some order, what is known left out."""
    with source.ground.reading() as session:
        said = source.clearing.journal.find(session)
    with target.ground.writing.begin() as session:
        known = target.clearing.journal.known(session, [one["event_id"] for one in said])
        fresh = [one for one in chance.sample(said, len(said)) if one["event_id"] not in known]
        target.clearing.journal.handle(session, steps.TOPIC, arrived(fresh))
