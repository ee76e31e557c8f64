"""What the registry answers, in Confluent's form: only members that are not empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response

from lingqu_registry.endpoints.requests import CONTENT_TYPE
from lingqu_registry.identity import guid_of
from lingqu_registry.planning import Registered
from lingqu_registry.store.adding import extras_of
from lingqu_registry.versions import Version


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, dict(headers or {}), CONTENT_TYPE)


def raw(text: str) -> Response:
    """Answer with a schema's text itself."""
    return Response(text, media_type=CONTENT_TYPE)


def refusal(
    code: int, message: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    return answer({"error_code": code, "message": message}, status, headers)


def schema_body(version: Version, text: str | None = None) -> dict[str, Any]:
    """Return what does not depend on a subject; `text` stands in place of the schema's own."""
    return {
        "guid": version.guid,
        "schemaType": version.schema_type,
        "schema": version.text if text is None else text,
        **version.extras,
    }


def version_body(version: Version, text: str | None = None) -> dict[str, Any]:
    return {
        "subject": version.subject,
        "version": version.version,
        "id": version.id,
        **schema_body(version, text),
        "ts": version.registered_at_ms,
        **({"deleted": True} if version.deleted else {}),
    }


def registered_body(found: Registered) -> dict[str, Any]:
    """Return the version, and the whole schema where it is not what was sent.

    Serializers that frame by GUID take it from here, as Confluent's registry tells it since 8.0.
    """
    guid = guid_of(found.schema.digest)
    version: dict[str, Any] = {"id": found.id, "version": found.version, "guid": guid}
    if not found.changed:
        return version
    return {
        **version,
        "schemaType": found.schema.parsed.schema_type,
        "schema": found.schema.parsed.text,
        **extras_of(found.schema),
    }
