"""Compensation: agreements, accounts with all they stand on, statements, and what people decide."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from lingqu.errors import InputError
from lingqu.service.paging import Page, PageCursor, PageSize, cursor_of, page, position_of
from lingqu_water.compensation import lookup
from lingqu_water.compensation.acts import Signer
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.answering import (
    account_answer,
    agreement_answer,
    statement_answers,
)
from lingqu_water.compensation.answers import (
    AccountAnswer,
    AccountDetail,
    AgreementAnswer,
    AgreementDetail,
    StatementAnswer,
)
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.closing import close
from lingqu_water.compensation.declarations import declare_accident
from lingqu_water.compensation.examples import ACCOUNT_EXAMPLE, AGREEMENT_EXAMPLE
from lingqu_water.compensation.replies import answer, settle

_AGREEMENTS, _ACCOUNTS, _STATEMENTS = "compensation-agreements", "accounts", "statements"
Sessions = sessionmaker[Session]


class Signed(BaseModel):
    """Who states it, and why."""

    model_config = ConfigDict(extra="forbid")

    org: str = Field(min_length=1, examples=["湖南省财政厅"])
    person: str | None = Field(default=None, examples=["张三"])
    reason: str | None = None

    def signer(self) -> Signer:
        return Signer(self.org, self.person, self.reason)


class Answered(Signed):
    """An answer to another party's claim."""

    state: Literal["confirmed", "disputed"]
    refers_to: str = Field(description="event_id of the claim")


class Paid(Signed):
    """The payment of a confirmed account."""

    voucher_no: str = Field(min_length=1, examples=["国库拨字[2021]第0518号"])
    paid_on: date


class Accident(Signed):
    """Whether an accident happened; `reason` says what was found and by whom."""

    happened: bool = True


def router(sessions: Sessions, reading: Sessions, book: Book) -> APIRouter:
    """Return the routes; `reading` makes sessions that write nothing."""
    routes = APIRouter(prefix="/v1/compensation", tags=["compensation"])
    _add_agreements(routes, sessions, reading, book)
    _add_accounts(routes, reading, book)
    _add_acts(routes, sessions, reading, book)
    return routes


def _add_agreements(routes: APIRouter, sessions: Sessions, reading: Sessions, book: Book) -> None:
    @routes.get("/agreements", summary="Agreements by id, examples labelled")
    def list_agreements(
        party: str | None = None,
        example: bool | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> Page[AgreementAnswer]:
        (after,) = position_of(_AGREEMENTS, cursor) or ("",)
        with reading() as session:
            found = lookup.agreements(book.library, session, party, example)
        rows = [
            agreement_answer(one, ours=book.library.is_ours(one.agreement))
            for one in found
            if one.agreement.id > str(after)
        ]
        return page(_AGREEMENTS, rows[: limit + 1], limit, lambda one: (one.id,))

    @routes.get("/agreements/{agreement_id}", summary="One agreement, whole")
    def show_agreement(agreement_id: str) -> AgreementDetail:
        with reading() as session:
            loaded = book.library.get(session, agreement_id)
        ours = book.library.is_ours(loaded.agreement)
        return AgreementDetail(agreement_answer(loaded, ours=ours), loaded.agreement)

    @routes.put("/agreements/{agreement_id}", summary="Load an agreement; open periods follow it")
    def put_agreement(
        agreement_id: str,
        agreement: Annotated[Agreement, Body(examples=[AGREEMENT_EXAMPLE])],
        by: Annotated[str, Query(min_length=1, description="office that loads it")] = "operator",
    ) -> AgreementDetail:
        if agreement.id != agreement_id:
            raise InputError(
                f"the path says {agreement_id!r} and the document {agreement.id!r}; "
                "write the same id in both"
            )
        with sessions.begin() as session:
            book.library.put(session, agreement, by, book.announcer.now_ms())
            book.rebuild(session, agreement)
        return show_agreement(agreement_id)


def _add_accounts(routes: APIRouter, reading: Sessions, book: Book) -> None:
    shown: dict[int | str, dict[str, Any]] = {
        200: {"content": {"application/json": {"example": ACCOUNT_EXAMPLE}}}
    }

    @routes.get("/accounts", summary="Accounts by agreement and period")
    def list_accounts(
        wanted: Annotated[lookup.Wanted, Query()],
    ) -> Page[AccountAnswer]:
        after = position_of(_ACCOUNTS, wanted.cursor)
        with reading() as session:
            found = lookup.accounts(book.library, session, wanted, after)
        rows = [account_answer(agreement, kept) for agreement, kept in found]
        return page(_ACCOUNTS, rows, wanted.limit, lambda one: (one.agreement, one.period))

    @routes.get(
        "/accounts/{agreement_id}/{period}",
        summary="One account with the readings its figures stand on",
        responses=shown,
    )
    def show_account(agreement_id: str, period: str) -> AccountDetail:
        with reading() as session:
            return lookup.detail(book, session, agreement_id, period)

    @routes.get("/statements", summary="Each party's side of the accounts that are cleared")
    def list_statements(wanted: Annotated[lookup.Wanted, Query()]) -> Page[StatementAnswer]:
        after = position_of(_STATEMENTS, wanted.cursor)
        with reading() as session:
            found = lookup.accounts(book.library, session, wanted, after, cleared=True)
        more = len(found) > wanted.limit
        rows = [
            row
            for agreement, kept in found[: wanted.limit]
            for row in statement_answers(agreement, kept)
            if wanted.party in {None, row.party}
        ]
        last = found[wanted.limit - 1][1].key if more else ()
        return Page(rows, cursor_of(_STATEMENTS, last) if more else None)


def _add_acts(routes: APIRouter, sessions: Sessions, reading: Sessions, book: Book) -> None:
    account = "/accounts/{agreement_id}/{period}"

    def shown(agreement_id: str, period: str) -> AccountDetail:
        with reading() as session:
            return lookup.detail(book, session, agreement_id, period)

    @routes.post(f"{account}/close", summary="Close a period for ever and claim its account")
    def close_account(agreement_id: str, period: str, signed: Signed) -> AccountDetail:
        with sessions.begin() as session:
            close(book, session, agreement_id, period, signed.signer())
        return shown(agreement_id, period)

    @routes.post(f"{account}/answer", summary="Confirm or dispute another party's claim")
    def answer_claim(agreement_id: str, period: str, said: Answered) -> AccountDetail:
        with sessions.begin() as session:
            answer(book, session, agreement_id, period, said.state, said.refers_to, said.signer())
        return shown(agreement_id, period)

    @routes.post(f"{account}/settle", summary="Note that a confirmed account has been paid")
    def settle_account(agreement_id: str, period: str, paid: Paid) -> AccountDetail:
        with sessions.begin() as session:
            settle(
                book, session, agreement_id, period, paid.voucher_no, paid.paid_on, paid.signer()
            )
        return shown(agreement_id, period)

    @routes.put(
        f"{account}/accident", summary="Declare an accident, or take that back", status_code=204
    )
    def put_accident(agreement_id: str, period: str, said: Accident) -> None:
        with sessions.begin() as session:
            declare_accident(
                book, session, agreement_id, period, said.signer(), happened=said.happened
            )
