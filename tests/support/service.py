"""A domain's service with its real database, beside a registry that a test can take away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.support.gateway import SmallRegistry, small_registry

from lingqu.domain_service.settings import DomainSettings
from lingqu.kafka.settings import KafkaSettings

SCHEMAS = Path(__file__).parents[2] / "schemas"

# Nobody listens there: what a test does not need stays away, and the service must bear that.
NO_KAFKA = KafkaSettings(bootstrap_servers="127.0.0.1:1")


@dataclass(frozen=True)
class Asking:
    """A service over HTTP: what it tells, and what an import answers."""

    client: TestClient
    registry: SmallRegistry
    region: str
    database_url: str

    def get(self, path: str, **query: Any) -> Any:
        return self.ask(path, 200, **query)

    def ask(self, path: str, status: int, **query: Any) -> Any:
        """Return the answer's content, which must come with that status."""
        answer = self.client.get(f"/v1/{path}", params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def pages(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return all rows of a listing."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, **query)
            found += page["items"]
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    def import_lines(self, content: bytes, name: str, **query: str) -> list[dict[str, Any]]:
        """Return the lines that an import answers."""
        answer = self.client.post("/v1/imports", content=content, params={"name": name, **query})
        assert answer.status_code == 200, answer.text
        return [orjson.loads(line) for line in answer.content.splitlines()]


@dataclass(frozen=True)
class ServiceUnderTest(Asking):
    """A service that is told something, too."""

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.client.post(f"/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def import_bytes(self, content: bytes, name: str, **query: str) -> dict[str, Any]:
        """Return the last line of an import: its summary, and where the copy is."""
        return self.import_lines(content, name, **query)[-1]


Settings = TypeVar("Settings", bound=DomainSettings)
Made = TypeVar("Made", bound=Asking)


def settings_under_test(
    settings: type[Settings],
    folder: Path,
    database_url: str,
    registry: SmallRegistry,
    region: str,
    **more: Any,
) -> Settings:
    """Return settings with a home of the region's own below the folder."""
    return settings(
        region=region,
        home=folder / f"home-{region}",
        schemas_dir=SCHEMAS,
        registry_url=registry.url,
        database_url=SecretStr(database_url),
        **more,
    )


@contextmanager
def service_under_test(
    made: type[Made],
    create_app: Callable[[Settings], FastAPI],
    settings: type[Settings],
    folder: Path,
    database_url: str,
    kafka: KafkaSettings = NO_KAFKA,
    *,
    region: str = "43",
    registry: SmallRegistry | None = None,
    **more: Any,
) -> Iterator[Made]:
    """Run the service until the block ends; its registry is the test's, or one of its own."""
    with nullcontext(registry) if registry else small_registry() as own:
        app = create_app(
            settings_under_test(settings, folder, database_url, own, region, kafka=kafka, **more)
        )
        with TestClient(app, raise_server_exceptions=False) as client:
            yield made(client, own, region, database_url)
