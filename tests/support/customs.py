"""A customs service with its real database, beside a registry."""

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
from tests.support.water import NO_KAFKA

from lingqu.kafka.settings import KafkaSettings
from lingqu_customs.app import create_app
from lingqu_customs.settings import CustomsSettings

ROOT = Path(__file__).parents[2]


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


@dataclass(frozen=True)
class CustomsUnderTest:
    """A customs service over HTTP."""

    client: TestClient
    registry: SmallRegistry
    region: str

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(f"/v1/{path}", params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self.client.post(f"/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def declaration(self, serial: int) -> Any:
        return self.get(f"declarations/{number(serial)}")

    def command(self, serial: int, command: str, status: int = 200, **said: Any) -> Any:
        path = f"declarations/{number(serial)}/commands"
        return self.post(path, {"command": command, **said}, status)

    def import_bytes(self, content: bytes, name: str, **query: str) -> dict[str, Any]:
        """Return the last line that an import answers."""
        answer = self.client.post("/v1/imports", content=content, params={"name": name, **query})
        assert answer.status_code == 200, answer.text
        last: dict[str, Any] = orjson.loads(answer.content.splitlines()[-1])
        return last


@contextmanager
def customs_under_test(
    folder: Path,
    database_url: str,
    kafka: KafkaSettings = NO_KAFKA,
    *,
    region: str = "43",
    registry: SmallRegistry | None = None,
    **settings: Any,
) -> Iterator[CustomsUnderTest]:
    with nullcontext(registry) if registry else small_registry() as own:
        app = create_app(
            CustomsSettings(
                region=region,
                home=folder / "home",
                schemas_dir=ROOT / "schemas",
                kafka=kafka,
                registry_url=own.url,
                database_url=SecretStr(database_url),
                **settings,
            )
        )
        with TestClient(app, raise_server_exceptions=False) as client:
            yield CustomsUnderTest(client, own, region)
