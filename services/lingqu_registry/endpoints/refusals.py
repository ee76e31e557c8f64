"""Every error that leaves an endpoint, answered in Confluent's form."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from lingqu.errors import InputError, LingquError
from lingqu_registry.endpoints.answers import refusal
from lingqu_registry.errors import RegistryError

logger = logging.getLogger(__name__)


def answer_errors_as_confluent(app: FastAPI) -> None:
    app.add_exception_handler(RegistryError, _registry_error)
    app.add_exception_handler(InputError, _input_error)
    app.add_exception_handler(LingquError, _store_error)
    app.add_exception_handler(SQLAlchemyError, _store_error)
    app.add_exception_handler(Exception, _store_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _registry_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RegistryError)  # noqa: S101 - registered for it
    return refusal(error.code, str(error), error.http_status)


async def _input_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)  # noqa: S101 - registered for it
    return refusal(error.status, str(error), error.status)


async def _store_error(_request: Request, error: Exception) -> Response:
    logger.error("request failed", extra={"cause": f"{type(error).__name__}"}, exc_info=error)
    return refusal(50001, "Error in the backend data store: the registry's log says where", 500)


async def _validation_error(_request: Request, error: Exception) -> Response:
    """Answer what is no number: to Confluent's clients such a route does not exist."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    first = error.errors()[0]
    status = 404 if first["loc"][0] == "path" else 400
    return refusal(status, f"HTTP {status}: {first['loc'][-1]}: {first['msg']}", status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    sentence = f"HTTP {error.status_code} {error.detail}: {request.method} {request.url.path}"
    return refusal(error.status_code, sentence, error.status_code, error.headers)
