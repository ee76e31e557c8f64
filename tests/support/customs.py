"""A customs service with its real database, beside a registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from lingqu.service.database import migrate
from lingqu_customs.app import create_app
from lingqu_customs.metrics import METRICS
from lingqu_customs.settings import CustomsSettings


def number(serial: int, letter: str = "E") -> str:
    """Return a single-window number that no other serial has."""
    return f"{letter}2026{serial:013}"


def declared(serial: int, **told: Any) -> dict[str, Any]:
    """Return a declaration of its own number."""
    return {
        "declaration_no": number(serial),
        "direction": "export",
        "source": "single_window",
        "authorisation_ref": "示例授权-1",
        "consignment_no": f"C-{serial}",
        "declare_office": "4900",
        "entry_exit_office": "5316",
        "declared_at": "2026-06-01T08:00:00+08:00",
        "hs4": ["0203"],
        "counterparty": "Example Ltd",
        "total_fen": 48_000_000,
        "goods": [{"item_no": 1, "hs_code": "0203291000", "name": "示例"}],
        **told,
    }


def receipt(serial: int, code: str, minute: int, **told: Any) -> dict[str, Any]:
    """Return a receipt so many minutes after 08:00."""
    at = f"2026-06-01T{8 + minute // 60:02}:{minute % 60:02}:00+08:00"
    return {
        "declaration_no": number(serial),
        "receipt_id": f"{code}-{minute}",
        "code": code,
        "event_at": at,
        "received_at": at,
        **told,
    }


def amendment(serial: int, step: str, minute: int, kind: str = "withdrawal") -> dict[str, Any]:
    at = receipt(serial, "", minute)["event_at"]
    return {
        "declaration_no": number(serial),
        "amendment_no": f"A-{serial}",
        "kind": kind,
        "step": step,
        "event_at": at,
        "received_at": at,
        "office": "4900",
    }


def transit(name: str, step: str, hour: int, **told: Any) -> dict[str, Any]:
    """Return a step of a transit from Changsha to Shenzhen."""
    ends = step in {"arrived", "written_off"}
    return {
        "transit_no": name,
        "leg": 1,
        "step": step,
        "event_at": f"2026-06-01T{hour:02}:00:00+08:00",
        "office": "5316" if ends else "4900",
        "from_office": "4900",
        "to_office": "5316",
        "direction": "export",
        "relation": "ordinary",
        **({"due_at": "2026-06-03T12:00:00+08:00"} if step == "departed" else {}),
        **told,
    }


class CustomsUnderTest(ServiceUnderTest):
    """A customs service over HTTP."""

    def declaration(self, serial: int) -> Any:
        return self.get(f"declarations/{number(serial)}")

    def command(self, serial: int, command: str, status: int = 200, **said: Any) -> Any:
        path = f"declarations/{number(serial)}/commands"
        return self.post(path, {"command": command, **said}, status)


customs_under_test = partial(service_under_test, CustomsUnderTest, create_app, CustomsSettings)


@contextmanager
def customs_ground(folder: Path, database_url: str) -> Iterator[Foundation]:
    """Lay the ground of Hunan's service without HTTP and Kafka; its events stay in the outbox."""
    with small_registry() as registry:
        settings = settings_under_test(
            CustomsSettings, folder, database_url, registry, "43", kafka=NO_KAFKA
        )
        ground = lay_foundation(settings, "customs", METRICS)
        migrate(ground.engine, "lingqu_customs.migrations")
        try:
            yield ground
        finally:
            ground.engine.dispose()
            ground.registry.close()
