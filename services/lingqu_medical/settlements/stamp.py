"""A settlement made ready to be stated: its places, its balance, the period that clears it."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any

from lingqu.domain_service.statements.noun import Document
from lingqu.errors import Reason
from lingqu_medical.codes.code_sets import CodeSets, is_icd10, is_medical_body
from lingqu_medical.identities.judge import FUND_PARTS, SCOPE_PARTS, judge
from lingqu_medical.identities.profile import Balance
from lingqu_medical.period import first_open, is_of_our_time, period_at
from lingqu_medical.refusing import refused

AMOUNTS = (
    *FUND_PARTS,
    *SCOPE_PARTS,
    "medfee_sumamt_fen",
    "act_pay_dedc_fen",
    "fund_pay_sumamt_fen",
    "psn_part_amt_fen",
    "acct_pay_fen",
    "acct_mulaid_pay_fen",
    "psn_cash_pay_fen",
    "hosp_part_amt_fen",
)
_ABSENT = {**dict.fromkeys(AMOUNTS, 0), "fixmedins_code": "", "clr_type": None}
_DIVISION = re.compile("[1-9][0-9]{5}")
_DIFFER = (
    "医保区划应为六位数字,前两位与省份相同,请改正",
    "A division has six digits and begins with its province's two; correct it",
)
_SAID = {
    "insuplc_admdvs": _DIFFER,
    "mdtrtarea_admvs": _DIFFER,
    "treatment_region": (
        "结算只由就医省报送,本节点为 {region}",
        "Only the place of treatment states it; this is {region}",
    ),
    "setl_time": (
        "结算时间不在 1990 至 2199 年之间,请改正",
        "Not settled in the years 1990 to 2199; correct the time",
    ),
    "insured_region": (
        "参保与就医同省,不属跨省就医",
        "Insured and treated in one province; that stays there",
    ),
    "insutype": (
        "险种类型不在代码集内,可写 {listed}",
        "No known insurance type; write one of {listed}",
    ),
    "fixmedins_code": (
        "定点医药机构编码应为 H 或 P 加十一位数字",
        "No code of a hospital or pharmacy; write H or P and eleven digits",
    ),
    "diag_code": (
        "诊断编码应为 ICD-10 写法,如 I25.101",
        "Not written as ICD-10 is, such as I25.101; correct it",
    ),
}
# What clearing reads: once settled it is cancelled and settled again, never changed.
_CLEARS = (
    "insured_region",
    "treatment_region",
    "insutype",
    "clr_type",
    "setl_time",
    "medfee_sumamt_fen",
    "fund_pay_sumamt_fen",
    "acct_pay_fen",
    "held",
)


def filled(given: Mapping[str, Any]) -> Document:
    """Return the statement with its provinces, and 0 for the amounts that it does not name.

    The provinces follow from the divisions where those are given (`insuplc_admdvs` has two d,
    `mdtrtarea_admvs` has one).
    """
    settlement = {**_ABSENT, **given}
    for region, division in (
        ("insured_region", "insuplc_admdvs"),
        ("treatment_region", "mdtrtarea_admvs"),
    ):
        if not settlement.get(region):
            settlement[region] = (settlement.get(division) or "")[:2]
    settlement["details"] = settlement.get("details") or []
    return settlement


def refusal(settlement: Mapping[str, Any], region: str, codes: CodeSets) -> Reason | None:
    """Return why this hub cannot state the settlement, None where it can."""
    insured, treated = settlement["insured_region"], settlement["treatment_region"]
    body, diagnosis = settlement["fixmedins_code"], settlement.get("diag_code")
    checks = (
        ("insuplc_admdvs", _fits(settlement, "insuplc_admdvs", insured)),
        ("mdtrtarea_admvs", _fits(settlement, "mdtrtarea_admvs", treated)),
        ("treatment_region", treated == region),
        ("setl_time", is_of_our_time(settlement["setl_time"])),
        ("insured_region", insured != treated),
        ("insutype", codes.knows("insutype", settlement["insutype"])),
        ("fixmedins_code", not body or is_medical_body(body)),
        ("diag_code", not diagnosis or is_icd10(diagnosis)),
    )
    wrong = next((field for field, holds in checks if not holds), None)
    if wrong is None:
        return None
    listed = codes.listed("insutype")
    zh, en = (said.format(region=region, listed=listed) for said in _SAID[wrong])
    return refused(wrong, zh, en)


def _fits(settlement: Mapping[str, Any], division: str, region: str) -> bool:
    code = settlement.get(division)
    if not code:
        return bool(region)
    return _DIVISION.fullmatch(code) is not None and bool(region) and code.startswith(region)


def stamped(
    settlement: Document, known: Mapping[str, Any] | None, stated: Container[str], balance: Balance
) -> Document:
    """Return the settlement judged, and in the period that clears it.

    `known` is what stands under its id, and decides the period then; `stated` are the periods of
    its direction and fund that a statement stands for already.
    """
    month = period_at(settlement["setl_time"])
    period = known["period"] if known else first_open(month, stated)
    benefit = settlement.get("benefit_type") or (known["benefit_type"] if known else None)
    return {
        **settlement,
        "benefit_type": benefit,
        **judge(settlement, balance).fields(),
        "period": period,
        "original_period": None if period == month else month,
    }


def changes_what_clears(settlement: Mapping[str, Any], known: Mapping[str, Any]) -> Reason | None:
    """Return why a settled record cannot be stated so, None where what clears is the same."""
    for name in _CLEARS:
        if settlement.get(name) != known[name]:
            return refused(
                name,
                "与该编号已报结算不同:请先撤销,再以新编号结算",
                "Differs from what was settled under this id; cancel that settlement and settle "
                "again under another id",
            )
    return None
