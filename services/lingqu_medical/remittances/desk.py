"""Payments sent and received, and what the prepayments come to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import ConflictError, ForbiddenError, NotFoundError
from lingqu_medical.clearing.aggregate import aggregate
from lingqu_medical.journal import Journal
from lingqu_medical.remittances.balance import Balance
from lingqu_medical.tables import CLEARING, REMITTANCE

TOPIC = "medical.remittance.v1"
_Fund = tuple[str, str, str]


class RemittanceDesk:
    """Keeps payments of both sides; `journal` is the handler of their topic."""

    def __init__(self, ground: Foundation) -> None:
        self._region = ground.settings.region
        self.journal = Journal(ground, TOPIC, REMITTANCE)

    def send(self, session: Session, fields: dict[str, Any]) -> Document:
        """State a payment of ours. Raises ConflictError where its id is known."""
        if self.of(session, self._region, fields["remittance_id"]):
            raise ConflictError(
                f"remittance {fields['remittance_id']!r} is known already; give it an id of its own"
            )
        return self.journal.say(
            session, {**fields, "step": "sent", "payer_region": self._region, "received_on": None}
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


def balances(session: Session) -> list[Balance]:
    """Return each fund's prepayment to each province of treatment, and what is laid out.

    Laid out is what was settled less what clearing has paid; a prepayment counts when it is sent.
    """
    prepaid: dict[_Fund, int] = defaultdict(int, _prepaid(session))
    outstanding: dict[_Fund, int] = defaultdict(int)
    for key, statement in aggregate(session).items():
        fund = key.insured_region, key.treatment_region, key.insutype
        outstanding[fund] += statement.amount_fen
    for fund, paid_fen in _paid(session).items():
        outstanding[fund] -= paid_fen
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


def _paid(session: Session) -> dict[_Fund, int]:
    columns = CLEARING.c
    fund = columns.insured_region, columns.treatment_region, columns.insutype
    paid = columns.state.in_(("paid", "closed"))
    found = select(*fund, func.sum(columns.amount_fen)).where(paid).group_by(*fund)
    return {(row[0], row[1], row[2]): int(row[3]) for row in session.execute(found)}
