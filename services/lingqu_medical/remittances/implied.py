"""The payment that follows from paying a clearing statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def implied_payment(statement: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the remittance that the insured place makes by what it says of a statement.

    None where the statement owes nothing: what was reversed beyond that, the treatment place pays
    back, and states itself. A statement's version always makes the same id.
    """
    if statement["amount_fen"] <= 0:
        return None
    names = ("insured_region", "treatment_region", "insutype", "period", "version")
    return {
        "remittance_id": "-".join(("C", *(str(statement[name]) for name in names))),
        "kind": "clearing",
        "payee_region": statement["treatment_region"],
        "insutype": statement["insutype"],
        "period": statement["period"],
        "amount_fen": statement["amount_fen"],
        "voucher_no": said["voucher_no"],
        "paid_on": said["paid_on"],
        "stated_by_org": said["stated_by_org"],
    }
