"""A water service with its real database, beside a registry that a test can take away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.support.gateway import SmallRegistry, small_registry

from lingqu.kafka.settings import KafkaSettings
from lingqu_water.app import create_app
from lingqu_water.settings import WaterSettings

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("LINGQU_SHARED_DATA", ROOT.parent / "shared" / "data")) / "water"

# Nobody listens there: what a test does not need stays away, and the service must bear that.
NO_KAFKA = KafkaSettings(bootstrap_servers="127.0.0.1:1")


def shared_file(path: str) -> Path:
    """Return a published file, or skip the test where it is not there."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{found} is not there")
    return found


@dataclass(frozen=True)
class WaterUnderTest:
    """A water service over HTTP."""

    client: TestClient
    registry: SmallRegistry
    region: str
    database_url: str

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/v1/{path}", json=body, headers=named)

    def import_bytes(self, content: bytes, name: str, **query: str) -> list[dict[str, Any]]:
        """Return the lines that an import answers."""
        answer = self.client.post("/v1/imports", content=content, params={"name": name, **query})
        assert answer.status_code == 200, answer.text
        return [orjson.loads(line) for line in answer.content.splitlines()]

    def import_file(self, file: Path, **query: str) -> dict[str, Any]:
        """Return the summary of an imported file."""
        summary: dict[str, Any] = self.import_bytes(file.read_bytes(), file.name, **query)[-1]
        assert "summary" in summary, summary
        return summary

    def pages(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return all rows of a listing."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, **query)
            found += page["items"]
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]


@contextmanager
def water_under_test(
    folder: Path,
    database_url: str,
    kafka: KafkaSettings = NO_KAFKA,
    *,
    region: str = "43",
    registry: SmallRegistry | None = None,
    **settings: Any,
) -> Iterator[WaterUnderTest]:
    with nullcontext(registry) if registry else small_registry() as own:
        app = create_app(
            WaterSettings(
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
            yield WaterUnderTest(client, own, region, database_url)
