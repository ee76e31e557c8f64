"""A credit service with its real database, beside a registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.support.gateway import SmallRegistry, small_registry
from tests.support.water import NO_KAFKA

from lingqu.clock import china_day
from lingqu.domain_service.identities.uscc import check_character
from lingqu.kafka.settings import KafkaSettings
from lingqu_credit.app import create_app
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.settings import CreditSettings

ROOT = Path(__file__).parents[2]


def code(number: int) -> str:
    """Return a valid social credit code that no other number has."""
    first = f"91430100MA{number:07d}"
    return first + check_character(first)


def recent(days: int = 30) -> str:
    """Return a day so many before today, as rules and clocks of the service see it."""
    return (china_day(datetime.now(UTC)) - timedelta(days=days)).isoformat()


def statement(kind: str, number: int, **told: Any) -> dict[str, Any]:
    """Return a statement of the kind about a subject of its own, decided not long ago."""
    made = example_of(kind) | {"uscc": code(number), "decided_on": recent()}
    if "valid_until" in made:
        made["valid_until"] = recent(-300)
    if "measures" in made:
        made["measures"] = [made["measures"][0] | {"from": recent(), "until": recent(-300)}]
    return made | told


@dataclass(frozen=True)
class CreditUnderTest:
    """A credit service over HTTP."""

    client: TestClient
    registry: SmallRegistry
    region: str
    database_url: str

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(f"/v1/{path}", params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.client.post(f"/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def state(self, kind: str, *statements: dict[str, Any]) -> list[str]:
        """State records; return their ids."""
        results = self.post(f"records/{kind}", list(statements))["results"]
        assert len(results) == len(statements)
        wanted = {each["event_id"] for each in results}
        listed = self.pages(f"records/{kind}")
        by_event = {each["event_id"]: each["record_id"] for each in listed}
        assert wanted <= by_event.keys()
        return [by_event[each["event_id"]] for each in results]

    def pages(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return all rows of a listing."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, **query)
            found += page["items"]
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    def restrictions(self, uscc: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"subjects/{uscc}/restrictions")["restrictions"]
        return found

    def import_bytes(self, content: bytes, name: str, **query: str) -> dict[str, Any]:
        """Return the summary of an imported file."""
        answer = self.client.post("/v1/imports", content=content, params={"name": name, **query})
        assert answer.status_code == 200, answer.text
        last: dict[str, Any] = orjson.loads(answer.content.splitlines()[-1])
        return last


@contextmanager
def credit_under_test(
    folder: Path,
    database_url: str,
    kafka: KafkaSettings = NO_KAFKA,
    *,
    region: str = "43",
    registry: SmallRegistry | None = None,
    **settings: Any,
) -> Iterator[CreditUnderTest]:
    with nullcontext(registry) if registry else small_registry() as own:
        app = create_app(
            CreditSettings(
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
            yield CreditUnderTest(client, own, region, database_url)
