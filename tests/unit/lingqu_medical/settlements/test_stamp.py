from __future__ import annotations

from typing import Any

import pytest
from tests.unit.lingqu_medical.given import at, settlement

from lingqu_medical.codes.code_sets import load_codes
from lingqu_medical.identities.profile import load_balance
from lingqu_medical.settlements.stamp import changes_what_clears, refusal, stamped

BALANCE, CODES = load_balance(), load_codes()


def test_a_settlement_enters_the_month_in_which_it_was_made() -> None:
    one = stamped(settlement(), None, set(), BALANCE)
    assert (one["period"], one["original_period"]) == ("2026-09", None)
    assert (one["insured_region"], one["treatment_region"]) == ("44", "43")


def test_one_that_comes_after_its_period_was_stated_enters_the_next() -> None:
    one = stamped(settlement(), None, {"2026-09"}, BALANCE)
    assert (one["period"], one["original_period"]) == ("2026-10", "2026-09")


def test_told_again_it_stays_in_its_period() -> None:
    known = stamped(settlement(), None, set(), BALANCE)
    again = stamped(settlement(), known, {"2026-09"}, BALANCE)
    assert again == known
    assert changes_what_clears(again, known) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"hifp_pay_fen": 1, "fund_pay_sumamt_fen": 1, "medfee_sumamt_fen": 20001},
        {"insutype": "390"},
        {"setl_time": at("2026-09-19T10:00:00")},
    ],
)
def test_what_clears_cannot_be_changed_under_an_id(changed: dict[str, Any]) -> None:
    known = stamped(settlement(), None, set(), BALANCE)
    refused = changes_what_clears(stamped(settlement(**changed), known, set(), BALANCE), known)
    assert refused is not None
    assert "cancel that settlement" in refused.detail


def test_a_name_put_right_changes_nothing_that_clears() -> None:
    known = stamped(settlement(), None, set(), BALANCE)
    renamed = stamped(settlement(psn_name="示例乙"), known, set(), BALANCE)
    assert changes_what_clears(renamed, known) is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"insured_region": "45"}, "insuplc_admdvs"),
        ({"insuplc_admdvs": "430200", "insured_region": "43"}, "insured_region"),
        ({"mdtrtarea_admvs": "440100", "treatment_region": "44"}, "treatment_region"),
        ({"insutype": "999"}, "insutype"),
        ({"setl_time": -62_135_596_800_000}, "setl_time"),
        ({"fixmedins_code": "H430"}, "fixmedins_code"),
        ({"diag_code": "冠心病"}, "diag_code"),
        ({"insuplc_admdvs": "", "insured_region": ""}, "insuplc_admdvs"),
    ],
)
def test_what_this_hub_cannot_state_is_refused_by_its_field(
    changed: dict[str, Any], field: str
) -> None:
    refused = refusal(settlement(**changed), "43", CODES)
    assert refused is not None
    assert refused.field == field


def test_a_settlement_of_ours_is_not_refused() -> None:
    assert refusal(settlement(fixmedins_code="H43010200001", diag_code="A17+"), "43", CODES) is None
