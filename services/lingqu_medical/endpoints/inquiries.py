"""`/v1/inquiries`: settlements inquired about, with the day by which the answer is due."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from fastapi import APIRouter, Response
from pydantic import ConfigDict
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.endpoints.declaring import Text
from lingqu.service.database import database_errors
from lingqu.service.idempotency import Answer, IdempotencyKey, once
from lingqu.service.instants import Day
from lingqu_medical.endpoints.said import Said
from lingqu_medical.endpoints.showing import shown
from lingqu_medical.endpoints.values import Id, Region
from lingqu_medical.inquiries.desk import InquiryDesk


class AskIn(Said):
    """A question to another province; name no person in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "asked_region": "43",
                    "setl_id": "S43-示例-0001",
                    "text": "请核实住院起止日期与费用明细",
                    "organisation": "广东省医疗保障局(示例)",
                }
            ]
        },
    )

    asked_region: Region
    setl_id: Id | None = None
    text: Text
    answer_by: Day | None = None


class AnswerIn(Said):
    """What was found."""

    result: Literal["confirmed", "refuted", "cannot_verify"]
    text: Text


def router(
    sessions: sessionmaker[Session],
    reading: sessionmaker[Session],
    desk: InquiryDesk,
    clock: Clock,
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/inquiries", tags=["inquiries"])

    @routes.post("", summary="Ask another province", status_code=201)
    def ask(asked: AskIn, key: IdempotencyKey = None) -> Response:
        with database_errors(), sessions.begin() as session:

            def work() -> Answer:
                return Answer(201, orjson.dumps(shown(desk.ask(session, asked.fields()))))

            body = orjson.dumps(asked.model_dump(mode="json"))
            return once(session, "inquiries", key, body, clock.now(), work).response()

    @routes.get("", summary="Unanswered inquiries, the most urgent first")
    def unanswered() -> dict[str, Any]:
        today = desk.today()
        with database_errors(), reading() as session:
            found = desk.unanswered(session)
        items = [shown(each) | {"overdue": each["answer_by"] < today} for each in found]
        return {"items": items, "next": None}

    @routes.get("/{inquiry_id}", summary="All that was said of an inquiry")
    def show(inquiry_id: Id) -> dict[str, Any]:
        with database_errors(), reading() as session:
            return {"items": [shown(each) for each in desk.of(session, inquiry_id)]}

    @routes.post("/{inquiry_id}/answer", summary="Answer, as the asked province", status_code=201)
    def answer(inquiry_id: Id, said: AnswerIn) -> dict[str, Any]:
        with database_errors(), sessions.begin() as session:
            return shown(desk.go_on(session, inquiry_id, "answered", said.fields()))

    @routes.post("/{inquiry_id}/close", summary="Close, as the asking province", status_code=201)
    def close(inquiry_id: Id, said: Said) -> dict[str, Any]:
        with database_errors(), sessions.begin() as session:
            return shown(desk.go_on(session, inquiry_id, "closed", said.fields() | {"text": ""}))

    return routes
