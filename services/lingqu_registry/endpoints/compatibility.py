"""`/compatibility`: whether a schema could be registered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from lingqu_registry.endpoints.answers import answer
from lingqu_registry.endpoints.backend import Backend, Body, Flag, Here, ReadSubject, VersionToken
from lingqu_registry.endpoints.documentation import RegistryAnswer, documented, schema_sent
from lingqu_registry.endpoints.requests import flag, schema_request, version_number
from lingqu_registry.errors import RegistryError
from lingqu_registry.finding import incompatibilities
from lingqu_registry.scopes import aliased

router = APIRouter(tags=["compatibility"], default_response_class=RegistryAnswer)

_JUDGED = {"is_compatible": False, "messages": ["{oldSchemaVersion: 1}"]}


@router.post(
    "/compatibility/subjects/{subject:part}/versions/{version:part}",
    summary="With one version",
    responses=documented(_JUDGED, 40401, 40402, 413, 415, 42201, 42202, 42203, 42210),
    openapi_extra=schema_sent(),
)
def with_one(
    here: Here,
    subject: ReadSubject,
    version: VersionToken,
    sent: Body,
    normalize: Flag = None,
    verbose: Flag = None,
) -> Response:
    number = version_number(version)
    return _judged(here, subject, sent, number, normalize=flag(normalize), verbose=flag(verbose))


@router.post(
    "/compatibility/subjects/{subject:part}/versions",
    summary="With all versions that the level asks about",
    responses=documented(_JUDGED, 40401, 413, 415, 42201, 42203, 42210),
    openapi_extra=schema_sent(),
)
def with_all(
    here: Here, subject: ReadSubject, sent: Body, normalize: Flag = None, verbose: Flag = None
) -> Response:
    return _judged(here, subject, sent, None, normalize=flag(normalize), verbose=flag(verbose))


def _judged(
    here: Backend,
    subject: str,
    sent: dict[str, Any],
    number: int | None,
    *,
    normalize: bool,
    verbose: bool,
) -> Response:
    """Answer; when verbose, an invalid schema is told as one that does not fit."""
    try:
        request = schema_request(sent, normalize=normalize)
        with here.store.reading() as reads:
            name = aliased(reads, subject)
            found = incompatibilities(reads, name, request, here.level, number)
    except RegistryError as error:
        if error.code != 42201 or not verbose:
            raise
        found = [str(error)]
    return answer({"is_compatible": not found} | ({"messages": found} if verbose else {}))
