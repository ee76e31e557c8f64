"""A hub's control over an invented contract, its database in memory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.builders import contract_folder
from tests.support.clock import FakeClock
from tests.support.outbox_events import waiting_in

from lingqu.agreements.region_file import parse_region_file
from lingqu.agreements.state import AgreementState
from lingqu.clock import Clock
from lingqu.contracts.loader import load_catalogue
from lingqu.sealing import HubKey
from lingqu.service.database import make_engine, migrate
from lingqu_control.apply import Applied, apply_region_file
from lingqu_control.desk import Desk
from lingqu_control.hub import Hub
from lingqu_control.local_signer import LocalSigner
from lingqu_control.store import Store

CLEARED = {"clearance": {"grade": 3, "kinds": ["personal"]}, "fields": "all"}


def desk(
    tmp_path: Path,
    *,
    region: str = "43",
    demo: bool = True,
    url: str = "sqlite:///:memory:",
    clock: Clock | None = None,
    **contract: Any,
) -> Desk:
    engine = make_engine(url)
    migrate(engine, "lingqu_control.migrations")
    hub = Hub(
        region=region,
        own_regions=(region,),
        catalogue=load_catalogue(contract_folder(tmp_path, **contract)),
        key=HubKey(b"k" * 32),
        clock=clock or FakeClock(),
        signer=LocalSigner(tmp_path / "keys") if demo else None,
    )
    return Desk(hub, Store(engine))


def today(one: Desk) -> datetime:
    return one.hub.clock.now()


def partner(name: str, region: str) -> dict[str, Any]:
    return {"id": name, "name": name, "region": region}


def agreement(**more: Any) -> dict[str, Any]:
    return {
        "id": "reading-to-south",
        "title": "Readings for the south",
        "contract": "demo.reading",
        "contract_version": "1.0",
        "provider": {"partner": "north-office", "region": "43"},
        "recipient": {"partner": "south-office", "region": "44"},
        "purpose": "joint warning",
        "legal_basis": "Article 1",
        "valid_from": "2020-01-01",
        "valid_until": "2099-12-31",
        "feed": "reading-south",
        "view": {"clearance": {"grade": 1, "kinds": []}, "fields": "all"},
        "delivery": {"connector": "file-sink", "options": {"folder": "/srv/out"}},
        **more,
    }


def document(*agreements: dict[str, Any], region: str = "43", **more: Any) -> dict[str, Any]:
    offices = [partner("north-office", "43"), partner("south-office", "44")]
    return {"region": region, "partners": offices, "agreements": [*agreements], **more}


def apply(one: Desk, wanted: dict[str, Any]) -> Applied:
    with one.writing() as records:
        return apply_region_file(records, one.hub, parse_region_file(wanted))


def published(one: Desk) -> list[AgreementState]:
    """Return what waits in the outbox, in order."""
    with one.reading() as records:
        rows = waiting_in(records.session)
    assert all(row.topic == "lingqu.agreement.v1" for row in rows)
    return [AgreementState.decode(row.payload) for row in rows]
