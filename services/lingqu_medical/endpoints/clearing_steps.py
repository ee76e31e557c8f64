"""How clearing statements are stated, and led from one state to the next over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import ConfigDict
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import Stated, Text
from lingqu.instants import days
from lingqu.service.database import database_errors
from lingqu.service.instants import Day
from lingqu_medical.clearing.desk import ClearingDesk, Signed
from lingqu_medical.clearing.lifecycle import MOVES, ClearingState
from lingqu_medical.clearing.statement import StatementKey
from lingqu_medical.endpoints.showing import shown
from lingqu_medical.endpoints.values import Code, Period, Region

ONE = "/statements/{treatment_region}/{insured_region}/{insutype}/{period}"


class SignedIn(Stated):
    """Who states a step."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"organisation": "湖南省医疗保障事务中心(示例)", "person": "示例经办人"}]
        },
    )

    organisation: Text
    person: Text | None = None

    def signed(self) -> Signed:
        return Signed(self.organisation, self.person)


class GenerateIn(SignedIn):
    """A period to be stated, of all places of insurance or of one."""

    period: Period
    insured_region: Region | None = None


class ReturnIn(SignedIn):
    """Why a statement goes back."""

    reason: Text

    def signed(self) -> Signed:
        return Signed(self.organisation, self.person, reason=self.reason)


class PayIn(SignedIn):
    """The voucher of the payment of a statement's gross amount."""

    voucher_no: Text
    paid_on: Day

    def signed(self) -> Signed:
        return Signed(
            self.organisation,
            self.person,
            voucher_no=self.voucher_no,
            paid_on=days(self.paid_on),
        )


def _key(
    treatment_region: Region,
    insured_region: Region,
    insutype: Code,
    period: Period,
) -> StatementKey:
    return StatementKey(treatment_region, insured_region, insutype, period)


Key = Annotated[StatementKey, Depends(_key)]


def add_steps(routes: APIRouter, sessions: sessionmaker[Session], desk: ClearingDesk) -> None:
    def step(key: StatementKey, wanted: ClearingState, said: SignedIn) -> dict[str, Any]:
        with database_errors(), sessions.begin() as session:
            return with_ways(desk.step(session, key, wanted, said.signed()))

    @routes.post("/statements", summary="State a period that is over", status_code=201)
    def generate(asked: GenerateIn) -> dict[str, Any]:
        """Each direction to us and fund without a statement gets one; a returned one a new one."""
        with database_errors(), sessions.begin() as session:
            found = desk.generate(session, asked.period, asked.insured_region, asked.signed())
        return {"items": [with_ways(each) for each in found]}

    @routes.post(f"{ONE}/confirm", summary="Confirm, as the place of treatment or of insurance")
    def confirm(key: Key, said: SignedIn) -> dict[str, Any]:
        return step(key, desk.our_confirmation(key), said)

    @routes.post(f"{ONE}/return", summary="Return it, as the place of insurance")
    def give_back(key: Key, said: ReturnIn) -> dict[str, Any]:
        return step(key, "returned", said)

    @routes.post(f"{ONE}/request-funds", summary="Ask our treasury for the money")
    def request_funds(key: Key, said: SignedIn) -> dict[str, Any]:
        return step(key, "funds_requested", said)

    @routes.post(f"{ONE}/pay", summary="Note that its gross amount was paid, and remit it")
    def pay(key: Key, said: PayIn) -> dict[str, Any]:
        """State its remittance too, unless its voucher was stated; the same again is a repeat.

        A statement that owes nothing has none: what goes back, the place of treatment states.
        """
        return step(key, "paid", said)

    @routes.post(f"{ONE}/close", summary="Close it for ever, once the money has arrived")
    def close(key: Key, said: SignedIn) -> dict[str, Any]:
        return step(key, "closed", said)


def with_ways(event: dict[str, Any]) -> dict[str, Any]:
    """Return the statement with the states that may follow."""
    return shown(event) | {"possible": list(MOVES[event["state"]])}
