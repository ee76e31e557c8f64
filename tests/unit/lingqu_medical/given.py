"""Settlements and what follows from them, as tests need them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lingqu_medical.settlements.stamp import filled


def at(text: str) -> int:
    """Return an instant of Beijing in milliseconds."""
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp() * 1000)


def settlement(setl_id: str = "S1", fund_fen: int = 800_00, **changed: Any) -> dict[str, Any]:
    """Return a balanced settlement of a patient of 44 in 43, as a hospital states it."""
    return filled(
        {
            "setl_id": setl_id,
            "insuplc_admdvs": "440100",
            "mdtrtarea_admvs": "430100",
            "insutype": "310",
            "clr_type": "21",
            "setl_time": at("2026-09-18T16:20:00"),
            "medfee_sumamt_fen": fund_fen + 200_00,
            "inscp_scp_amt_fen": fund_fen + 200_00,
            "hifp_pay_fen": fund_fen,
            "fund_pay_sumamt_fen": fund_fen,
            "psn_part_amt_fen": 200_00,
            "acct_pay_fen": 50_00,
            "psn_cash_pay_fen": 150_00,
            **changed,
        }
    )
