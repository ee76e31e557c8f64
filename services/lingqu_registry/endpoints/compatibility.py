"""`/compatibility`: whether a schema could be registered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from lingqu.service.auth import Action
from lingqu_registry.checking import Check
from lingqu_registry.endpoints.answers import answer
from lingqu_registry.endpoints.backend import backend_of, subject_of
from lingqu_registry.endpoints.documentation import (
    RegistryAnswer,
    documented,
    parameters,
    schema_sent,
)
from lingqu_registry.endpoints.requests import flag, json_body, schema_request, version_number
from lingqu_registry.errors import RegistryError

router = APIRouter(tags=["compatibility"], default_response_class=RegistryAnswer)

_JUDGED = {"is_compatible": False, "messages": ["{oldSchemaVersion: 1}"]}
_FLAGS = ("normalize", "verbose")


@router.post(
    "/compatibility/subjects/{subject:part}/versions/{version:part}",  # noqa: FAST003 - by hand
    summary="With one version",
    responses=documented(_JUDGED, 40401, 40402, 413, 415, 42201, 42202, 42203, 42210),
    openapi_extra=schema_sent() | parameters("subject", "version", flags=_FLAGS),
)
async def with_one(request: Request) -> Response:
    subject, sent = subject_of(request, Action.READ), await json_body(request)
    return await _judged(request, subject, sent, version_number(request.path_params["version"]))


@router.post(
    "/compatibility/subjects/{subject:part}/versions",  # noqa: FAST003 - read by hand
    summary="With all versions that the level asks about",
    responses=documented(_JUDGED, 40401, 413, 415, 42201, 42203, 42210),
    openapi_extra=schema_sent() | parameters("subject", flags=_FLAGS),
)
async def with_all(request: Request) -> Response:
    subject, sent = subject_of(request, Action.READ), await json_body(request)
    return await _judged(request, subject, sent, None)


async def _judged(
    request: Request, subject: str, sent: dict[str, Any], number: int | None
) -> Response:
    """Answer; when verbose, an invalid schema is told as one that does not fit."""
    verbose = flag(request.query_params.get("verbose"))
    normalize = flag(request.query_params.get("normalize"))
    try:
        check = Check(subject, schema_request(sent, normalize=normalize), number)
        found = await backend_of(request).checking.incompatibilities(check)
    except RegistryError as error:
        if error.code != 42201 or not verbose:
            raise
        found = [str(error)]
    return answer({"is_compatible": not found} | ({"messages": found} if verbose else {}))
