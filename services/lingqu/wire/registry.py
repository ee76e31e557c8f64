"""The schema registry's client: what was once found by id is kept for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2

from lingqu.closing import Closing
from lingqu.errors import (
    ConflictError,
    ContractError,
    LingquError,
    PermanentError,
    UnavailableError,
)
from lingqu.trust import trusted
from lingqu.wire.schema_name import SchemaName

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
NOT_FOUND_CODES = frozenset({40401, 40402, 40403})


class UnknownSchema(PermanentError):  # noqa: N818 - named as the thing that is missing
    """The registry has no schema of that id or GUID."""

    def __init__(self, name: SchemaName, url: str) -> None:
        asked = "register it there" if isinstance(name, UUID) else "did another registry number it?"
        super().__init__(f"no schema {name} in the registry at {url}; {asked}")


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """One version of a subject."""

    id: int
    version: int
    schema: str


class RegistryClient(Closing):
    """Asks a registry that speaks Confluent's API; may be shared by threads.

    Schemas by id and ids of registered texts never change, so they are cached without end;
    that something is missing is never remembered. `permit(ip_address)` raises where that address
    may not be called; it is asked of each connection before anything is sent.
    """

    def __init__(
        self, url: str, *, timeout_s: float = 5, permit: Callable[[str], None] | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._extensions = {} if permit is None else {"trace": partial(_look_at_peer, permit)}
        self._http = httpx2.Client(
            timeout=timeout_s, headers={"Content-Type": CONTENT_TYPE}, verify=trusted()
        )
        self._schemas: dict[SchemaName, str] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._asking = threading.Lock()

    def schema(self, name: SchemaName) -> str:
        """Return the schema's text. Raises UnknownSchema, or UnavailableError."""
        if (known := self._schemas.get(name)) is not None:
            return known
        with self._asking:
            if (known := self._schemas.get(name)) is not None:
                return known
            kind = "guids" if isinstance(name, UUID) else "ids"
            found = self._call("GET", f"/schemas/{kind}/{name}")
            if found is None:
                raise UnknownSchema(name, self.url)
            return self._schemas.setdefault(name, str(found["schema"]))

    def register(self, subject: str, schema: str) -> int:
        """Return the id of the schema under the subject, registering it where it is new.

        Raises ConflictError where the subject's compatibility forbids it, ContractError where the
        schema is not valid.
        """
        if (known := self._ids.get((subject, schema))) is not None:
            return known
        found = self._call("POST", f"{_path(subject)}/versions", {"schema": schema})
        if found is None:
            raise UnavailableError(f"the registry at {self.url} does not know how to register")
        return self._ids.setdefault((subject, schema), int(found["id"]))

    def lookup(self, subject: str, schema: str) -> int | None:
        """Return the id of the schema under the subject, or None where it is not registered."""
        if (known := self._ids.get((subject, schema))) is not None:
            return known
        found = self._call("POST", _path(subject), {"schema": schema})
        if found is None:
            return None
        return self._ids.setdefault((subject, schema), int(found["id"]))

    def latest(self, subject: str) -> RegisteredSchema | None:
        """Return the newest version of the subject, or None where there is none."""
        found = self._call("GET", f"{_path(subject)}/versions/latest")
        if found is None:
            return None
        return RegisteredSchema(int(found["id"]), int(found["version"]), str(found["schema"]))

    def set_level(self, subject: str, level: str) -> None:
        """Set the subject's compatibility level. Raises ContractError for one nobody knows."""
        self._call("PUT", f"/config/{quote(subject, safe='')}", {"compatibility": level})

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the answer, or None where the registry does not have what was asked for."""
        url, extensions = self.url + path, self._extensions
        try:
            response = self._http.request(method, url, json=body, extensions=extensions)
            answer = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            cause = type(error).__name__
            raise UnavailableError(
                f"the registry at {self.url} does not answer ({cause}); is it running?"
            ) from error
        if response.is_success:
            return answer
        code = answer.get("error_code") if isinstance(answer, dict) else None
        if code in NOT_FOUND_CODES:
            return None
        raise self._refusal(response.status_code, path, answer)

    def _refusal(self, status: int, path: str, answer: Any) -> Exception:
        said = answer.get("message") if isinstance(answer, dict) else answer
        sentence = f"the registry at {self.url} refused {path} with {status}: {said}"
        if status == 409:
            return ConflictError(sentence)
        if status == 422:
            return ContractError(sentence)
        return UnavailableError(sentence)


def _path(subject: str) -> str:
    return f"/subjects/{quote(subject, safe='')}"


def _look_at_peer(permit: Callable[[str], None], event: str, told: Mapping[str, Any]) -> None:
    """Ask for leave as soon as a connection stands, before a word is said on it."""
    if event != "connection.connect_tcp.complete":
        return
    stream = told["return_value"]
    try:
        permit(stream.get_extra_info("server_addr")[0])
    except LingquError:
        stream.close()
        raise
