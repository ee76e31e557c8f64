"""Filings, settlements and reversals as REST takes them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from lingqu.domain_service.endpoints.declaring import Stated, Text
from lingqu.service.instants import Day, Instant
from lingqu_medical.endpoints.values import Code, Division, Fen, Id, MaybeCode, MaybeName, Region

_FILING: dict[str, Any] = {
    "filing_id": "F44-示例-0001",
    "insured_region": "44",
    "treatment_region": "43",
    "filing_type": "long_term",
    "filed_at": "2026-09-28T09:30:00+08:00",
    "effective_from": "2026-10-01",
}
_SETTLEMENT: dict[str, Any] = {
    "setl_id": "S43-示例-0001",
    "insuplc_admdvs": "440100",
    "mdtrtarea_admvs": "430100",
    "insutype": "310",
    "med_type": "21",
    "clr_type": "21",
    "fixmedins_code": "H43010200001",
    "setl_time": "2026-10-18T16:20:00+08:00",
    "medfee_sumamt_fen": 1234567,
    "inscp_scp_amt_fen": 1234567,
    "hifp_pay_fen": 850000,
    "fund_pay_sumamt_fen": 850000,
    "psn_part_amt_fen": 384567,
    "acct_pay_fen": 84567,
    "psn_cash_pay_fen": 300000,
}
_REVERSAL: dict[str, Any] = {
    "reversal_id": "R43-示例-0001",
    "kind": "cancel",
    "infno": "2305",
    "setl_id": "S43-示例-0001",
    "reversed_at": "2026-11-05T10:00:00+08:00",
    "reason": "费用录入有误",
}


class _Person(Stated):
    psn_no: Text | None = None
    psn_name: Text | None = None
    psn_cert_type: Code | None = None
    certno: Text | None = None


class FilingIn(_Person):
    """A filing of one of our people, or how it ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FILING]})

    filing_id: Id
    insured_region: Region
    treatment_region: Region
    insuplc_admdvs: Division | Literal[""] = ""
    mdtrtarea_admvs: Division | Literal[""] = ""
    insutype: MaybeCode = ""
    filing_type: Literal["long_term", "referral", "emergency", "self_arranged"]
    state: Literal["valid", "changed", "cancelled", "expired"] = "valid"
    retroactive: bool = False
    filed_at: Instant
    effective_from: Day
    effective_until: Day | None = None
    ended_on: Day | None = None
    changed_to: Id | None = None
    reason: Text | None = None
    diag_code: Code | None = None
    filed_by_org: Text | None = None


class FundPart(Stated):
    """What one fund paid."""

    fund_pay_type: Code
    fund_pay_type_name: MaybeName = ""
    inscp_scp_amt_fen: Fen = 0
    crt_payb_lmt_amt_fen: Fen = 0
    fund_payamt_fen: Fen = 0


class SettlementIn(_Person):
    """A settlement made here with a person insured elsewhere; balance and period follow from it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SETTLEMENT]})

    setl_id: Id
    insured_region: Region | None = None
    treatment_region: Region | None = None
    insuplc_admdvs: Division
    mdtrtarea_admvs: Division
    insutype: Code
    med_type: MaybeCode = ""
    clr_type: Code | None = None
    clr_optins: Code | None = None
    fixmedins_code: MaybeCode = ""
    fixmedins_name: MaybeName = ""
    setl_time: Instant
    filing_id: Id | None = None
    benefit_type: Literal["long_term", "referred", "emergency", "unfiled"] | None = None
    mdtrt_id: Id | None = None
    mdtrt_cert_type: Code | None = None
    msgid: Id | None = None
    psn_type: Code | None = None
    brdy: Day | None = None
    diag_code: Code | None = None
    diag_name: Text | None = None
    medfee_sumamt_fen: Fen
    fulamt_ownpay_amt_fen: Fen = 0
    overlmt_selfpay_fen: Fen = 0
    preselfpay_amt_fen: Fen = 0
    inscp_scp_amt_fen: Fen = 0
    act_pay_dedc_fen: Fen = 0
    hifp_pay_fen: Fen = 0
    cvlserv_pay_fen: Fen = 0
    hifes_pay_fen: Fen = 0
    hifmi_pay_fen: Fen = 0
    hifob_pay_fen: Fen = 0
    maf_pay_fen: Fen = 0
    hifdm_pay_fen: Fen = 0
    oth_pay_fen: Fen = 0
    fund_pay_sumamt_fen: Fen
    psn_part_amt_fen: Fen = 0
    acct_pay_fen: Fen = 0
    acct_mulaid_pay_fen: Fen = 0
    psn_cash_pay_fen: Fen = 0
    hosp_part_amt_fen: Fen = 0
    balc_fen: Fen | None = None
    details: list[FundPart] = Field(default_factory=list, max_length=50)


class ReversalIn(Stated):
    """A settlement cancelled, or a call of unknown outcome rectified."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REVERSAL]})

    reversal_id: Id
    kind: Literal["cancel", "rectify"]
    infno: Literal["2103", "2208", "2305", "2601"]
    setl_id: Id | None = None
    original_msgid: Id | None = None
    original_infno: Code | None = None
    insured_region: Region | None = None
    insutype: MaybeCode | None = None
    fixmedins_code: MaybeCode | None = None
    settled_at: Instant | None = None
    reversed_at: Instant
    reason: Text | None = None
