"""A statement that is paid states its remittance, once, whatever is said before or again."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from tests.support.medical import (
    KEY,
    SIGNED,
    Desks,
    arrived,
    cancel,
    carry,
    settle,
    statement,
    tell,
    told,
)

from lingqu.errors import ConflictError
from lingqu_medical.clearing.desk import Signed
from lingqu_medical.clearing.lifecycle import ClearingState, IllegalStepError
from lingqu_medical.nouns import REVERSALS

pytestmark = pytest.mark.integration

PAID = Signed("示例经办机构", voucher_no="凭证-1", paid_on=20_214)
SENT = {
    "remittance_id": "P44-1",
    "kind": "clearing",
    "payee_region": "43",
    "insutype": "310",
    "period": "2025-03",
    "amount_fen": 800_00,
    "voucher_no": "凭证-1",
    "paid_on": 20_214,
}


def ready_to_pay(hunan: Desks, guangdong: Desks) -> None:
    """Lead the statement of March to where Guangdong may pay."""
    tell(guangdong, told(hunan))
    with hunan.ground.writing.begin() as session:
        hunan.clearing.generate(session, "2025-03", None, SIGNED)
    step(hunan, "confirmed_by_treatment")
    carry(hunan, guangdong, random.Random(1))
    step(guangdong, "confirmed_by_insured")
    step(guangdong, "funds_requested")


def step(hub: Desks, state: ClearingState, signed: Signed = SIGNED) -> dict[str, Any]:
    with hub.ground.writing.begin() as session:
        return hub.clearing.step(session, KEY, state, signed)


def send(hub: Desks, **changed: Any) -> None:
    with hub.ground.writing.begin() as session:
        hub.clearing.remittances.send(session, SENT | changed)


def remitted(hub: Desks) -> list[tuple[Any, ...]]:
    names = ("remittance_id", "kind", "payer_region", "payee_region", "amount_fen", "voucher_no")
    with hub.ground.reading() as session:
        found = hub.clearing.remittances.journal.find(session)
    return [tuple(one[name] for name in names) for one in found]


def test_paying_states_the_remittance_once(hunan: Desks, guangdong: Desks) -> None:
    settle(hunan, statement("S1", 800_00))
    ready_to_pay(hunan, guangdong)
    step(guangdong, "paid", PAID)
    again = step(guangdong, "paid", PAID)

    assert again["state"] == "paid"
    assert remitted(guangdong) == [
        ("C-44-43-310-2025-03-1", "clearing", "44", "43", 800_00, "凭证-1")
    ]
    with pytest.raises(IllegalStepError, match="possible: closed"):
        step(guangdong, "paid", replace(PAID, voucher_no="凭证-2"))
    with pytest.raises(ConflictError, match="remittance 'C-44-43-310-2025-03-1'"):
        send(guangdong)


def test_a_payment_that_was_stated_by_hand_is_not_stated_again(
    hunan: Desks, guangdong: Desks
) -> None:
    settle(hunan, statement("S1", 800_00))
    ready_to_pay(hunan, guangdong)
    send(guangdong, remittance_id="P44-0", amount_fen=1, voucher_no="凭证-0")
    send(guangdong)
    with pytest.raises(ConflictError, match="with 1 fen as remittance 'P44-0'"):
        step(guangdong, "paid", replace(PAID, voucher_no="凭证-0"))
    step(guangdong, "paid", PAID)

    assert [one[0] for one in remitted(guangdong)] == ["P44-0", "P44-1"]


def test_what_owes_nothing_is_paid_without_a_remittance(hunan: Desks, guangdong: Desks) -> None:
    settle(hunan, statement("S1", 800_00))
    cancel(hunan, "R1", "S1")
    with hunan.ground.reading() as session:
        reversed_ = list(hunan.reversals.shelf.all(session))
    with guangdong.ground.writing.begin() as session:
        guangdong.reversals.shelf.handle(session, REVERSALS.topic, arrived(reversed_))
    ready_to_pay(hunan, guangdong)

    assert step(guangdong, "paid", PAID)["amount_fen"] == 0
    assert remitted(guangdong) == []
