from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_medical.given import settlement

from lingqu.errors import ContractError
from lingqu_medical.identities.judge import FUND_PARTS, SCOPE_PARTS, Violation, judge
from lingqu_medical.identities.profile import Balance, load_balance

FEN = st.integers(0, 10**9)
BALANCE = load_balance()


def balance(**profile: Any) -> Balance:
    default = BALANCE.default.model_copy(update=profile)
    return Balance(BALANCE.identities, {}, default, BALANCE.account_fund_type)


def spread(total: int, names: tuple[str, ...], seed: int) -> dict[str, int]:
    cuts = sorted(random.Random(seed).randint(0, total) for _ in names[1:])
    ends = [0, *cuts, total]
    return {name: ends[place + 1] - ends[place] for place, name in enumerate(names)}


@st.composite
def balanced(draw: st.DrawFn, *, includes_account: bool = False) -> dict[str, Any]:
    parts, account, cash, hospital = draw(FEN), draw(FEN), draw(FEN), draw(FEN)
    bill = parts + account + cash + hospital
    seed = draw(st.integers(0, 2**32))
    amounts: dict[str, Any] = {
        **spread(parts, FUND_PARTS, seed),
        **spread(bill, SCOPE_PARTS, seed),
        "medfee_sumamt_fen": bill,
        "fund_pay_sumamt_fen": parts + (account if includes_account else 0),
        "psn_part_amt_fen": account + cash,
        "acct_pay_fen": account,
        "psn_cash_pay_fen": cash,
        "hosp_part_amt_fen": hospital,
        "details": [{"fund_pay_type": "310100", "fund_payamt_fen": parts}],
    }
    return settlement(**amounts)


@given(balanced())
def test_what_balances_is_not_flagged(given: dict[str, Any]) -> None:
    judged = judge(given, balance())
    assert (judged.violations, judged.held) == ((), False)


@given(balanced(includes_account=True))
def test_a_province_that_counts_the_account_into_the_funds_balances_by_its_profile(
    given: dict[str, Any],
) -> None:
    assert judge(given, balance(fund_includes_account="yes")).violations == ()
    assert judge(given, balance(fund_includes_account="either")).violations == ()


@given(balanced(), st.integers(1, 10**6), st.sampled_from((-1, 1)))
def test_a_bill_that_is_a_fen_off_is_named_with_both_sides(
    given: dict[str, Any], off: int, sign: int
) -> None:
    right = given["medfee_sumamt_fen"]
    given["medfee_sumamt_fen"] += off * sign
    judged = judge(given, balance())
    assert judged.held
    assert judged.violations[0] == Violation("medical_fee", right + off * sign, right)
    assert judged.violations[0].difference_fen == off * sign


@pytest.mark.parametrize(
    ("field", "identities", "held"),
    [
        ("hifmi_pay_fen", ["fund"], True),
        ("psn_cash_pay_fen", ["person"], True),
        ("hosp_part_amt_fen", ["medical_fee"], True),
        ("preselfpay_amt_fen", ["scope"], False),
        ("acct_mulaid_pay_fen", [], False),  # inside acct_pay, never added
    ],
)
def test_each_identity_is_broken_by_its_own_field(
    field: str, identities: list[str], held: bool
) -> None:
    judged = judge(settlement(**{field: settlement()[field] + 1}), balance())
    assert [each.identity for each in judged.violations] == identities
    assert judged.held is held


def test_a_fund_left_out_of_the_details_is_flagged_and_cleared_all_the_same() -> None:
    judged = judge(
        settlement(details=[{"fund_pay_type": "310100", "fund_payamt_fen": 799_99}]), balance()
    )
    assert [each.record() for each in judged.violations] == [
        {"identity": "detail", "left_fen": 799_99, "right_fen": 800_00, "difference_fen": -1}
    ]
    assert not judged.held


def test_details_may_list_the_account_where_the_profile_says_so() -> None:
    details = [
        {"fund_pay_type": "310100", "fund_payamt_fen": 800_00},
        {"fund_pay_type": "310200", "fund_payamt_fen": 50_00},
    ]
    assert judge(settlement(details=details), balance()).violations == ()
    listing = balance(details_list_account=True)
    assert judge(settlement(details=details), listing).violations == ()
    assert judge(settlement(details=details[:1]), listing).violations[0].difference_fen == -50_00


def test_a_tolerance_bears_so_many_fen_and_not_one_more() -> None:
    assert judge(settlement(hifp_pay_fen=799_98), balance(tolerance_fen=2)).violations == ()
    assert judge(settlement(hifp_pay_fen=799_97), balance(tolerance_fen=2)).held


def test_hunan_is_read_either_way() -> None:
    profile = BALANCE.profile("43")
    assert profile.fund_includes_account == "either"
    including = settlement(fund_pay_sumamt_fen=850_00)
    assert judge(including, BALANCE).fund_includes_account
    assert not judge(settlement(), BALANCE).fund_includes_account


def test_a_sourced_identity_cannot_be_weakened(tmp_path: Path) -> None:
    shipped = Path("services/lingqu_medical/reference/identities.yaml")
    text = shipped.read_text("utf-8").replace("effect: hold", "effect: flag", 1)
    (tmp_path / "identities.yaml").write_text(text, "utf-8")
    with pytest.raises(ContractError, match="'medical_fee' is a rule of"):
        load_balance(tmp_path)
