"""A real registry over HTTP on a port of its own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from tests.support.waiting import wait_until

from lingqu.service.auth import Access
from lingqu_registry.app import create_app
from lingqu_registry.endpoints.requests import CONTENT_TYPE
from lingqu_registry.settings import RegistrySettings


@contextmanager
def running_registry(
    database_url: str, schemas: Path, access: Access | None = None, **settings: Any
) -> Iterator[str]:
    """Serve a registry over that database and folder of contracts; yield its address."""
    known = {"region": "43", "database_url": database_url, "schemas_dir": schemas, **settings}
    app = create_app(RegistrySettings(**known), access)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def calling(url: str) -> Iterator[httpx2.Client]:
    """Yield a client that sends what Confluent's do."""
    headers = {"Content-Type": CONTENT_TYPE}
    with httpx2.Client(base_url=url, headers=headers, timeout=30) as http:
        yield http


class Api:
    """Calls a registry as a plain client does, many tests beside each other.

    `~` in a path or body stands for the test's own unique name, and so it does in the answers.
    """

    def __init__(self, http: httpx2.Client, unique: str = "~") -> None:
        self.http = http
        self._unique = unique

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = None if body is None else self._own(json.dumps(body))
        response = self.http.request(method, self._own(path), content=content)
        if response.status_code == 204:
            return 204, None
        assert response.headers["content-type"] == CONTENT_TYPE, response.text
        return response.status_code, json.loads(response.text.replace(self._unique, "~"))

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.call(method, path, body)
        assert status == 200, answer
        return answer

    def code(self, method: str, path: str, body: Any = None) -> tuple[int, int]:
        status, answer = self.call(method, path, body)
        assert set(answer) == {"error_code", "message"}, answer
        return status, answer["error_code"]

    def register(self, subject: str, schema: Any, **more: Any) -> int:
        answer = self.ok("POST", f"/subjects/{subject}/versions", sent(schema, **more))
        return int(answer["id"])

    def play(self, steps: Sequence[tuple[Any, ...]]) -> None:
        """Send what each step says and compare: `(method, path[, body], expected)`.

        A pair is a refusal's status and code, an object is part of the answer, 204 has no body.
        """
        for number, (method, path, *body, expected) in enumerate(steps):
            place = f"step {number}: {method} {path}"
            if isinstance(expected, tuple):
                assert self.code(method, path, *body) == expected, place
            elif expected == 204:
                assert self.call(method, path, *body) == (204, None), place
            else:
                found = self.ok(method, path, *body)
                part = {**found, **expected} if isinstance(expected, dict) else expected
                assert found == part, place

    def _own(self, text: str) -> str:
        return text.replace("~", self._unique)


def sent(schema: Any, **more: Any) -> dict[str, Any]:
    """Return the body that registers, looks up or judges a schema."""
    return {"schema": schema if isinstance(schema, str) else json.dumps(schema), **more}
