"""An agreement and an account as the API's description shows them; the figures are invented."""

from __future__ import annotations

from typing import Any

AGREEMENT_EXAMPLE: dict[str, Any] = {
    "id": "shili-he",
    "title": "示例河流域横向生态保护补偿",
    "river": "示例河",
    "example": True,
    "parties": [
        {"region": "50", "name": "重庆市", "role": "upstream"},
        {"region": "43", "name": "湖南省", "role": "downstream"},
    ],
    "rounds": [
        {
            "name": "第一轮",
            "valid_from": "2021-01-01",
            "valid_until": "2023-12-31",
            "sections": [{"code": "43-示例断面", "name": "示例断面", "water_body": "river"}],
            "measuring": [
                {
                    "method": "auto",
                    "items": ["ph", "do", "codmn", "nh3n", "tp"],
                    "per_day": 6,
                    "min_percent": "60",
                }
            ],
            "rule": {
                "kind": "monthly_class",
                "target": "Ⅲ",
                "tiers": [
                    {
                        "classes": ["Ⅰ", "Ⅱ", "Ⅲ"],
                        "transfers": [{"payer": "43", "payees": {"50": 1}, "amount_wan": "40"}],
                    },
                    {
                        "classes": ["Ⅳ", "Ⅴ", "劣Ⅴ"],
                        "transfers": [{"payer": "50", "payees": {"43": 1}, "amount_wan": "40"}],
                    },
                ],
            },
            "clearing": "month",
            "sources": ["双方签署的协议文本"],
        }
    ],
}

_READING = {
    "event_id": "0197b1de-7c00-8000-8000-000000000001",
    "sampled_at": "2021-04-01T00:00:00.000Z",
    "method": "auto",
}
_MEAN = {
    "code": "w01019",
    "item": "codmn",
    "name": "高锰酸盐指数",
    "value": 2.32,
    "unit": "mg/L",
    "count": 172,
    "needed": 108,
}
_STATEMENT = {
    "agreement": "shili-he",
    "agreement_title": "示例河流域横向生态保护补偿",
    "example": True,
    "period": "2021-04",
    "party": "43",
    "party_name": "湖南省",
    "pays_fen": 40_000_000,
    "receives_fen": 0,
    "net_fen": -40_000_000,
    "net": "-40万元",
    "status": "computed",
    "state": "computed",
}
ACCOUNT_EXAMPLE: dict[str, Any] = {
    "account": {
        "agreement": "shili-he",
        "agreement_title": "示例河流域横向生态保护补偿",
        "example": True,
        "period": "2021-04",
        "kind": "monthly",
        "round": "第一轮",
        "clears": True,
        "status": "computed",
        "state": "computed",
        "closed": False,
        "outcome": "met",
        "tested_class": "Ⅱ",
        "target_class": "Ⅲ",
        "index_value": None,
        "pass_percent": None,
        "payments": [
            {
                "payer": "43",
                "payee": "50",
                "amount_fen": 40_000_000,
                "amount": "40万元",
                "reason": "月均值类别Ⅱ,达到目标Ⅲ类",
                "corrects_period": None,
            }
        ],
        "statements": [_STATEMENT],
        "reasons": ["月均值类别Ⅱ,达到目标Ⅲ类"],
        "unverified": ["金额"],
        "version": 2,
        "event_id": "0197b1de-7c00-8000-8000-000000000009",
        "changed_at": "2021-05-06T02:00:00.000Z",
        "closed_at": None,
    },
    "sections": [
        {
            "section": "43-示例断面",
            "name": "示例断面",
            "target": "Ⅲ",
            "water_class": "Ⅱ",
            "met": True,
            "means": [_MEAN],
            "months_tested": 1,
            "months_met": 1,
            "used": 172,
            "excluded": 8,
        }
    ],
    "pool_shares": [],
    "extra_money": [],
    "readings": [
        {
            "month": "2021-04",
            "section": "43-示例断面",
            "used": [{**_READING, "values": {"w01019": 2.42}}],
            "excluded": [{**_READING, "final": True, "reason": "无效:数值长时间不变,疑为故障"}],
        }
    ],
    "messages": [],
    "would_be_today": None,
}
