"""A database that is away, as problem details; apart, since rooms without one do not load any."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from lingqu.service.database_errors import database_error
from lingqu.service.problems import problem_of, unexpected_error


def answer_database_errors(app: FastAPI) -> None:
    """Let an error of the database that leaves an endpoint say whether to try again."""
    app.add_exception_handler(SQLAlchemyError, _database_error)


async def _database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SQLAlchemyError)  # noqa: S101 - registered for it
    unavailable = database_error(error)
    if unavailable is None:
        return await unexpected_error(request, error)
    return problem_of(unavailable)
