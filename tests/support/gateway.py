"""A gateway with its real database and Kafka, beside a registry that a test can take away."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.support.builders import contract_folder, event

from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec
from lingqu.outbox.rows import Rows
from lingqu.service.database import make_engine
from lingqu_gateway.app import create_app
from lingqu_gateway.settings import GatewaySettings


@dataclass
class SmallRegistry:
    """Ids for schemas in the order they come; answers 503 while it is `away`."""

    url: str = ""
    away: bool = False
    schemas: list[str] = field(default_factory=list)

    def answer(self, path: str, body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        if self.away:
            return 503, {"message": "away"}
        if path.startswith("/schemas/ids/"):
            return 200, {"schema": self.schemas[int(path.rsplit("/", 1)[1]) - 1]}
        if body["schema"] not in self.schemas:
            if not path.endswith("/versions"):
                return 404, {"error_code": 40403, "message": "not there"}
            self.schemas.append(body["schema"])
        return 200, {"id": self.schemas.index(body["schema"]) + 1, "version": 1, **body}


@contextmanager
def small_registry() -> Iterator[SmallRegistry]:
    registry = SmallRegistry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            self._answer({})

        def log_message(self, *_: Any) -> None:
            pass

        def _answer(self, body: Mapping[str, Any]) -> None:
            status, members = registry.answer(self.path, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(members).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class GatewayUnderTest:
    """A hub of a region of its own, so that no two tests' relays fence each other."""

    client: TestClient
    registry: SmallRegistry
    topic: str
    region: str
    database_url: str

    def event(self, **changes: Any) -> dict[str, Any]:
        return event(**{"origin": self.region} | changes)

    def publish(self, events: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/v1/topics/{self.topic}/events", json=events, headers=named)

    def waiting(self) -> int:
        """Count the events that stand in the outbox."""
        engine = make_engine(self.database_url)
        try:
            return Rows(engine).pending().events
        finally:
            engine.dispose()

    def published(self) -> float:
        labels = f'service="gateway",topic="{self.topic}"'
        return self.metric(f"lingqu_outbox_published_total{{{labels}}}")

    def metric(self, sample: str) -> float:
        for line in self.client.get("/metrics").text.splitlines():
            name, _, value = line.rpartition(" ")
            if name == sample:
                return float(value)
        return 0.0


@contextmanager
def gateway_under_test(
    folder: Path,
    database_url: str,
    kafka: KafkaSettings,
    unique: str,
    *,
    contract: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Iterator[GatewayUnderTest]:
    """Run a gateway until the block ends; `contract` goes into contract.yaml."""
    region = f"X-{unique.upper()}"
    with small_registry() as registry:
        app = create_app(
            GatewaySettings(
                region=region,
                home=folder / "home",
                schemas_dir=contract_folder(folder, f"demo.{unique}", **(contract or {})),
                kafka=kafka,
                registry_url=registry.url,
                database_url=SecretStr(database_url),
                **settings,
            )
        )
        with TestClient(app, raise_server_exceptions=False) as client:
            yield GatewayUnderTest(client, registry, f"demo.{unique}.v1", region, database_url)


def make_topics(kafka: KafkaSettings, topic: str) -> None:
    with Topics(kafka) as topics:
        topics.ensure([progress_spec(), TopicSpec(topic, 3)])
