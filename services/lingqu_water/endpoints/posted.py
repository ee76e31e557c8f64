"""Declarations that take effect once, however often they are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.service.database import database_errors
from lingqu.service.idempotency import Answer, once


class Posted:
    """Runs what a request asks for in one transaction, or answers again what it was answered."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    def once(
        self, scope: str, key: str | None, body: BaseModel, work: Callable[[Session], Any]
    ) -> Answer:
        """Return the answer, 201 with what `work` returns. Raises what `work` raises."""
        request = orjson.dumps(body.model_dump(mode="json"))
        with database_errors(), self._sessions.begin() as session:
            return once(
                session,
                scope,
                key,
                request,
                self._clock.now(),
                lambda: Answer(201, orjson.dumps(work(session))),
            )
