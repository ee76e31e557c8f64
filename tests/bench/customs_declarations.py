"""Made-up customs declarations as a single window exports them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from tests.bench.codes import code_of
from tests.bench.records import Cells

TOPIC = "customs.declaration.v1"
_ENTERPRISES = 20_000
_BEGIN = datetime(2026, 6, 1, 8)  # noqa: DTZ001 - the table's own clock
_GOODS = ("0203291000", "8471301000", "8517130000", "6109100010", "8708999990")
_HEADINGS_AT_MOST = 3
_OFFICE, _PRICE = "申报地海关", "总价"
# A head office, where a declaration names the one beneath it.
_HEAD_OFFICE = "5100"


class Declarations:
    """Declarations of exports and imports, each with a few goods."""

    def row(self, number: int, dice: random.Random) -> Cells:
        exported = dice.random() < 0.6
        owner, declarant = dice.randrange(_ENTERPRISES), dice.randrange(_ENTERPRISES // 20)
        at = _BEGIN + timedelta(seconds=20 * number)
        net = dice.randint(100, 20_000)
        return {
            "申报单号": f"{'E' if exported else 'I'}2026{number:013}",
            "单证种类": "报关单",
            "进出口标志": "出口" if exported else "进口",
            "数据来源": "国际贸易单一窗口",
            "授权编号": "示例授权-1",
            "货物追踪号": f"C-{number}",
            _OFFICE: "4900",
            "进出境关别": "5316",
            "通关模式": "普通",
            "申报时间": f"{at:%Y-%m-%d %H:%M:%S}",
            "运输方式": dice.choice("2345"),
            "监管方式": "0110",
            "征免性质": "101",
            "包装种类": "22",
            "件数": dice.randint(1, 900),
            "毛重": net + 20,
            "净重": net,
            "申报单位代码": code_of(declarant),
            "申报单位名称": f"示例报关行{declarant}号",
            "境内收发货人代码": code_of(owner),
            "境内收发货人名称": f"示例企业{owner}号有限公司",
            "境外收发货人": "Example Ltd",
            "合同协议号": f"HT-{number}",
            "提运单号": f"BL{number:09}",
            "成交方式": "3" if exported else "1",
            "币制": "CNY",
            _PRICE: f"{dice.randint(10_000, 900_000_000) / 100:.2f}",
            "商品编号": "、".join(dice.choices(_GOODS, k=dice.randint(1, _HEADINGS_AT_MOST))),
        }

    def revised(self, row: Cells) -> Cells:
        return {**row, _PRICE: f"{float(str(row[_PRICE])) + 1:.2f}"}

    def wrong(self, row: Cells) -> Cells:
        return {**row, _OFFICE: _HEAD_OFFICE}
