"""Agreements, to look at, suspend, resume and end."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_control.answers import AgreementAnswer, AgreementDetail, agreement_answer
from lingqu_control.desk import Desk
from lingqu_control.tables import AgreementRow

_LISTING = "agreements"


class Why(BaseModel):
    """The reason of a move."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = None


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/agreements", tags=["agreements"])
    _add_looks(routes, desk)
    _add_moves(routes, desk)
    return routes


def _add_looks(routes: APIRouter, desk: Desk) -> None:
    @routes.get("", summary="Agreements by id, each in the version that says what flows")
    def list_agreements(limit: PageSize = 100, cursor: PageCursor = None) -> Page[AgreementAnswer]:
        (after,) = position_of(_LISTING, cursor) or ("",)
        ids = select(AgreementRow.id).where(AgreementRow.id > after).distinct()
        with desk.reading() as records:
            found = records.session.scalars(ids.order_by(AgreementRow.id).limit(limit + 1)).all()
            rows = [records.effective(one) for one in found]
            answers = [agreement_answer(row, records.feed(row.agreement.feed)) for row in rows]
        return page(_LISTING, answers, limit, lambda one: (one.id,))

    @routes.get("/{agreement_id}", summary="All that is known of one agreement")
    def show_agreement(agreement_id: str) -> AgreementDetail:
        return desk.detail(agreement_id)


def _add_moves(routes: APIRouter, desk: Desk) -> None:
    @routes.post("/{agreement_id}/suspend", summary="Stop its data for now")
    def suspend_agreement(agreement_id: str, why: Why | None = None) -> AgreementAnswer:
        return desk.move(agreement_id, "suspended", why.reason if why else None)

    @routes.post("/{agreement_id}/resume", summary="Let its data flow again")
    def resume_agreement(agreement_id: str, why: Why | None = None) -> AgreementAnswer:
        return desk.move(agreement_id, "active", why.reason if why else None)

    @routes.post("/{agreement_id}/end", summary="Stop its data for ever; needs a reason")
    def end_agreement(agreement_id: str, why: Why) -> AgreementAnswer:
        return desk.move(agreement_id, "revoked", why.reason)
