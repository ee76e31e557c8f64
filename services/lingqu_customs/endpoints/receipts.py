"""`/v1/receipts`: what customs, or the single window, said about declarations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.endpoints.declaring import MOST, Stated
from lingqu.domain_service.statements.noun import Document
from lingqu.instants import milliseconds
from lingqu.service.database import database_errors
from lingqu.service.instants import Instant
from lingqu_customs.codes.receipts import Family
from lingqu_customs.declarations.receipts import Receipts
from lingqu_customs.endpoints.stated import Line


class ReceiptIn(Stated):
    """A receipt as it was given. Its code is case-sensitive; one that nobody knows is kept too."""

    declaration_no: Line
    receipt_id: Line
    family: Family = "single_window"
    code: Line
    event_at: Instant
    received_at: Instant | None = None
    office: Line | None = None


def router(receipts: Receipts, writing: sessionmaker[Session], clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/v1/receipts", tags=["receipts"])

    @routes.post("", summary="Keep receipts, whatever they say")
    def take(
        given: Annotated[list[ReceiptIn], Body(min_length=1, max_length=MOST)],
    ) -> dict[str, Any]:
        """Keep all. `event_id` is null while no declaration of that number is known."""
        now_ms = milliseconds(clock.now())
        with database_errors(), writing.begin() as session:
            taken = receipts.take(session, [_received(each, now_ms) for each in given])
        results = zip(taken.outcomes, taken.event_ids, strict=True)
        return {
            "results": [
                {"index": place, "outcome": outcome, "event_id": event_id}
                for place, (outcome, event_id) in enumerate(results)
            ]
        }

    return routes


def _received(given: ReceiptIn, now_ms: int) -> Document:
    told = given.document()
    return told | {"received_at": told["received_at"] or max(now_ms, told["event_at"])}
