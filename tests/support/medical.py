"""A medical service with its real database, beside a registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.support.gateway import SmallRegistry, small_registry

from lingqu.domain_service.foundation import Foundation, lay_foundation
from lingqu.kafka.settings import KafkaSettings
from lingqu.service.database import migrate
from lingqu_medical.app import create_app
from lingqu_medical.calendar_file import load_calendar
from lingqu_medical.clearing.desk import ClearingDesk
from lingqu_medical.codes.code_sets import load_codes
from lingqu_medical.filings.benefit import load_benefits
from lingqu_medical.identities.profile import load_balance
from lingqu_medical.metrics import METRICS
from lingqu_medical.personal import personal_fields
from lingqu_medical.reconciliations.desk import ReconciliationDesk
from lingqu_medical.reversals.take import Reversals
from lingqu_medical.settings import MedicalSettings
from lingqu_medical.settlements.take import Settlements

ROOT = Path(__file__).parents[2]

# Nobody listens there: what a test does not need stays away, and the service must bear that.
NO_KAFKA = KafkaSettings(bootstrap_servers="127.0.0.1:1")


@dataclass(frozen=True)
class MedicalUnderTest:
    """A medical service of a province over HTTP."""

    client: TestClient
    region: str

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self.client.post(f"/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def import_bytes(self, content: bytes, name: str, **query: str) -> dict[str, Any]:
        """Return the last line that an import answers: its summary, and where the copy is."""
        answer = self.client.post("/v1/imports", content=content, params={"name": name, **query})
        assert answer.status_code == 200, answer.text
        last: dict[str, Any] = orjson.loads(answer.content.splitlines()[-1])
        return last


@contextmanager
def medical_under_test(
    folder: Path,
    database_url: str,
    kafka: KafkaSettings = NO_KAFKA,
    *,
    region: str = "43",
    registry: SmallRegistry | None = None,
    **settings: Any,
) -> Iterator[MedicalUnderTest]:
    with nullcontext(registry) if registry else small_registry() as own:
        app = create_app(_settings(folder, database_url, own.url, region, kafka=kafka, **settings))
        with TestClient(app, raise_server_exceptions=False) as client:
            yield MedicalUnderTest(client, region)


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
        settings = _settings(folder, database_url, registry.url, region, kafka=NO_KAFKA)
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
                ClearingDesk(ground, load_calendar(), (settlements.shelf, reversals.shelf)),
            )
        finally:
            ground.registry.close()
            ground.engine.dispose()


def _settings(
    folder: Path, database_url: str, registry_url: str, region: str, **settings: Any
) -> MedicalSettings:
    return MedicalSettings(
        region=region,
        home=folder / f"home-{region}",
        schemas_dir=ROOT / "schemas",
        registry_url=registry_url,
        database_url=SecretStr(database_url),
        **settings,
    )
