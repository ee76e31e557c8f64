"""Errors as RFC 9457 problem details: one sentence, never the values that were sent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from lingqu.errors import LingquError, RetriableError

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 5.0


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """Return a problem-details answer; `members` are its extension members."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **members,
    }
    return Response(orjson.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def problem_of(error: LingquError) -> Response:
    """Return the answer that says this error, with Retry-After where a retry may help."""
    headers = {}
    if isinstance(error, RetriableError):
        headers["Retry-After"] = str(math.ceil(error.retry_after_s or _RETRY_AFTER_S))
    return problem(error.status, str(error), headers=headers)


def install(app: FastAPI) -> None:
    """Let every error that leaves an endpoint of the app become a problem-details answer."""
    app.add_exception_handler(LingquError, _lingqu_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, unexpected_error)


async def _lingqu_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, LingquError)  # noqa: S101 - registered for it
    return problem_of(error)


async def _validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    errors = [_field_error(found) for found in error.errors()]
    first = errors[0]
    detail = f"the request is not valid at {first['field']}: {first['message']}"
    return problem(422, detail, errors=errors)


def _field_error(found: Mapping[str, Any]) -> dict[str, str]:
    """Name the place and the rule; what was sent stays out, since it may be personal."""
    place: Sequence[Any] = found["loc"]
    return {"field": ".".join(str(part) for part in place), "message": str(found["msg"])}


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"there is no path {request.url.path!r} here; /openapi.json lists what there is"
    return problem(error.status_code, detail, headers=error.headers)


async def unexpected_error(_request: Request, _error: Exception) -> Response:
    """Answer for a defect, or for whatever else nobody has thought of."""
    return problem(500, "the service failed in a way it did not foresee; its log says where")
