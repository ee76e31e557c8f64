"""Whether a settlement's amounts balance, to the fen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from lingqu_medical.identities.profile import Balance, IdentityName, Profile

FUND_PARTS = (
    "hifp_pay_fen",
    "cvlserv_pay_fen",
    "hifes_pay_fen",
    "hifmi_pay_fen",
    "hifob_pay_fen",
    "maf_pay_fen",
    "hifdm_pay_fen",
    "oth_pay_fen",
)
SCOPE_PARTS = (
    "fulamt_ownpay_amt_fen",
    "overlmt_selfpay_fen",
    "preselfpay_amt_fen",
    "inscp_scp_amt_fen",
)
_COUNTED = (
    "medfee_sumamt_fen",
    "fund_pay_sumamt_fen",
    "psn_part_amt_fen",
    "acct_pay_fen",
    "psn_cash_pay_fen",
    "hosp_part_amt_fen",
)


class Violation(NamedTuple):
    """An identity that does not hold: which one, and both its sides in fen."""

    identity: IdentityName
    left_fen: int
    right_fen: int

    @property
    def difference_fen(self) -> int:
        return self.left_fen - self.right_fen

    def record(self) -> dict[str, Any]:
        """Return it as events carry it."""
        return self._asdict() | {"difference_fen": self.difference_fen}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a settlement's amounts come to under its province's profile."""

    fund_includes_account: bool
    tolerance_fen: int
    violations: tuple[Violation, ...]
    held: bool

    def fields(self) -> dict[str, Any]:
        """Return the fields of the event that say so."""
        return {
            "fund_includes_account": self.fund_includes_account,
            "tolerance_fen": self.tolerance_fen,
            "violations": [each.record() for each in self.violations],
            "held": self.held,
        }


def judge(settlement: Mapping[str, Any], balance: Balance) -> Judged:
    """Return which identities a settlement breaks; amounts that are absent are 0.

    Where a profile says `either`, the reading that breaks fewer identities is taken, `no` of two.
    """
    profile = balance.profile(settlement["treatment_region"])
    readings = {"no": (False,), "yes": (True,), "either": (False, True)}
    found: list[Judged] = []
    for includes in readings[profile.fund_includes_account]:
        judged = _judge(settlement, balance, profile, includes_account=includes)
        if not judged.violations:
            return judged
        found.append(judged)
    return min(found, key=lambda each: (each.held, len(each.violations)))


def _judge(
    settlement: Mapping[str, Any], balance: Balance, profile: Profile, *, includes_account: bool
) -> Judged:
    sides = _sides(settlement, balance, profile, includes_account=includes_account)
    violations = tuple(
        Violation(identity, left, right)
        for identity, left, right in sides
        if abs(left - right) > profile.tolerance_fen and balance.effect(identity) != "off"
    )
    held = any(balance.effect(each.identity) == "hold" for each in violations)
    return Judged(includes_account, profile.tolerance_fen, violations, held)


def _sides(
    settlement: Mapping[str, Any], balance: Balance, profile: Profile, *, includes_account: bool
) -> Iterator[tuple[IdentityName, int, int]]:
    """Yield each identity with its two sides in fen."""
    bill, fund, person, account, cash, hospital = (
        settlement.get(name) or 0 for name in _COUNTED
    )  # the account contains what the family account pays
    inside = account if includes_account else 0
    yield "medical_fee", bill, fund - inside + person + hospital
    yield "fund", fund, _total(settlement, FUND_PARTS) + inside
    yield "person", person, account + cash
    yield "scope", bill, _total(settlement, SCOPE_PARTS)
    details = settlement.get("details") or []
    if details:
        listed = sum(
            each["fund_payamt_fen"]
            for each in details
            if profile.details_list_account or each["fund_pay_type"] != balance.account_fund_type
        )
        counted = account if profile.details_list_account and not includes_account else 0
        left_out = inside if not profile.details_list_account else 0
        yield "detail", listed, fund + counted - left_out


def _total(settlement: Mapping[str, Any], parts: Iterable[str]) -> int:
    return sum(filter(None, map(settlement.get, parts)))
