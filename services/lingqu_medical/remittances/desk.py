"""Payments sent and received, and what the prepayments come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import ConflictError, ForbiddenError, NotFoundError
from lingqu_medical.clearing.book import Book
from lingqu_medical.clearing.statement import StatementKey
from lingqu_medical.journal import Journal
from lingqu_medical.remittances.balance import Balance
from lingqu_medical.remittances.implied import implied_payment
from lingqu_medical.tables import CLEARING, REMITTANCE

TOPIC = "medical.remittance.v1"
_Fund = tuple[str, str, str]


class RemittanceDesk:
    """Keeps payments of both sides; `journal` is the handler of their topic."""

    def __init__(self, ground: Foundation) -> None:
        self._region = ground.settings.region
        self.journal = Journal(ground, TOPIC, REMITTANCE)

    def send(self, session: Session, fields: dict[str, Any]) -> Document:
        """State a payment of ours. Raises ConflictError where its id or its voucher is known."""
        if self.of(session, self._region, fields["remittance_id"]):
            raise ConflictError(
                f"remittance {fields['remittance_id']!r} is known already; give it an id of its own"
            )
        known = self._of_voucher(session, fields)
        if known is not None:
            raise ConflictError(
                f"voucher {known['voucher_no']!r} was stated for this fund and period as remittance"
                f" {known['remittance_id']!r}; a payment is stated once"
            )
        return self.journal.say(
            session, {**fields, "step": "sent", "payer_region": self._region, "received_on": None}
        )

    def pay(self, session: Session, statement: Document, said: Mapping[str, Any]) -> None:
        """State the payment that follows from what we say of a statement; once, by its voucher.

        Raises ConflictError where that voucher was stated with another amount.
        """
        payment = implied_payment(statement, said)
        if payment is None:
            return
        known = self._of_voucher(session, payment)
        if known is None:
            self.send(session, payment)
        elif known["amount_fen"] != payment["amount_fen"]:
            raise ConflictError(
                f"voucher {known['voucher_no']!r} was stated with {known['amount_fen']} fen as "
                f"remittance {known['remittance_id']!r}, the statement says "
                f"{payment['amount_fen']}; pay its gross amount under a voucher of its own"
            )

    def receive(
        self, session: Session, payer_region: str, remittance_id: str, fields: dict[str, Any]
    ) -> Document:
        """Acknowledge a payment to us. Raises NotFoundError, ForbiddenError, ConflictError."""
        said = self.of(session, payer_region, remittance_id)
        sent = next((one for one in said if one["step"] == "sent"), None)
        if sent is None:
            raise NotFoundError(f"no remittance {remittance_id!r} was sent; ask the payer")
        if sent["payee_region"] != self._region:
            raise ForbiddenError(
                f"remittance {remittance_id!r} goes to province {sent['payee_region']}; it answers"
            )
        if len(said) > 1:
            raise ConflictError(f"remittance {remittance_id!r} was acknowledged already")
        told = [
            "remittance_id",
            "kind",
            "payer_region",
            "payee_region",
            "insutype",
            "period",
            "amount_fen",
            "voucher_no",
            "paid_on",
        ]
        carried = {name: sent[name] for name in told}
        return self.journal.say(
            session, {**carried, **fields, "step": "received", "refers_to": sent["event_id"]}
        )

    def of(self, session: Session, payer_region: str, remittance_id: str) -> list[Document]:
        """Return what was said of a payment, its sending first."""
        columns = REMITTANCE.c
        paid = columns.payer_region == payer_region, columns.remittance_id == remittance_id
        said = self.journal.find(session, *paid)
        return sorted(said, key=lambda one: one["step"] != "sent")

    def of_fund(
        self, session: Session, payer_region: str, payee_region: str, insutype: str, period: str
    ) -> list[Document]:
        """Return what was said of a fund's clearing payments for a period."""
        columns = REMITTANCE.c
        said = self.journal.find(
            session,
            columns.payer_region == payer_region,
            columns.payee_region == payee_region,
            columns.insutype == insutype,
            columns.kind == "clearing",
        )
        return [one for one in said if one["period"] == period]

    def _of_voucher(self, session: Session, payment: Mapping[str, Any]) -> Document | None:
        """Return the clearing payment of ours with that voucher, for the same fund and period."""
        if payment["kind"] != "clearing" or not payment["period"]:
            return None
        names = ("payee_region", "insutype", "period")
        said = self.of_fund(session, self._region, *(payment[name] for name in names))
        same = (one for one in said if one["voucher_no"] == payment["voucher_no"])
        return next((one for one in same if one["step"] == "sent"), None)


def balances(session: Session, book: Book) -> list[Balance]:
    """Return each fund's prepayment to each province of treatment, and what is laid out.

    Laid out is what was settled less what clearing has paid; a prepayment counts when it is sent.
    What was paid for settlements of which this hub was never told lays out nothing.
    """
    prepaid: dict[_Fund, int] = defaultdict(int, _prepaid(session))
    outstanding: dict[_Fund, int] = defaultdict(int)
    paid = _paid(session)
    for key, statement in book.statements(session).items():
        fund = key.insured_region, key.treatment_region, key.insutype
        outstanding[fund] += statement.amount_fen - paid.get(key, 0)
    return [
        Balance(*fund, prepaid[fund], outstanding[fund])
        for fund in sorted(prepaid.keys() | outstanding.keys())
    ]


def _prepaid(session: Session) -> dict[_Fund, int]:
    columns = REMITTANCE.c
    returned = columns.kind == "prepayment_return"
    insured = case((returned, columns.payee_region), else_=columns.payer_region)
    treatment = case((returned, columns.payer_region), else_=columns.payee_region)
    signed = func.sum(case((returned, -columns.amount_fen), else_=columns.amount_fen))
    found = (
        select(insured, treatment, columns.insutype, signed)
        .where(columns.step == "sent", columns.kind.in_(("prepayment", "prepayment_return")))
        .group_by(insured, treatment, columns.insutype)
    )
    return {(row[0], row[1], row[2]): int(row[3]) for row in session.execute(found)}


def _paid(session: Session) -> dict[StatementKey, int]:
    columns = CLEARING.c
    key = (columns[name] for name in StatementKey._fields)
    found = select(*key, columns.amount_fen).where(columns.state.in_(("paid", "closed")))
    return {StatementKey(*row[:-1]): int(row[-1]) for row in session.execute(found)}
