"""Made-up settlements of other provinces' patients, with what clears them kept beside the file."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from tests.bench.records import Cells

TOPIC = "medical.settlement.v1"
# All over when the bench runs; the last one is left to what is reversed late.
PERIODS = ("2025-03", "2025-04", "2025-05")
_INSURED = ("44", "45", "52", "36", "50")
_FUNDS = (("310", 0.8), ("390", 0.6), ("340", 0.9))
_KINDS = (("11", "11", 40, 900), ("14", "11", 200, 3_000), ("21", "21", 3_000, 80_000))
_HOSPITALS = (("H43010200001", "长沙示例医院"), ("H43040500002", "衡阳示例医院"))
_UNBALANCED = 0.02
_FUND, _NAME = "险种类型", "定点医药机构名称"


class Settled(NamedTuple):
    """What clearing needs to know of a settlement, in fen."""

    setl_id: str
    insured_region: str
    insutype: str
    period: str
    clr_type: str
    medfee_sumamt_fen: int
    fund_pay_sumamt_fen: int
    acct_pay_fen: int
    held: bool


class Settlements:
    """Settlements of three months; `settled` are those that the service takes, by number."""

    def __init__(self) -> None:
        self.settled: dict[str, Settled] = {}

    def row(self, number: int, dice: random.Random) -> Cells:
        insured, period = dice.choice(_INSURED), dice.choice(PERIODS)
        (fund, pays), (med_type, clr_type, least, most) = dice.choice(_FUNDS), dice.choice(_KINDS)
        bill = dice.randint(least * 100, most * 100)
        own = int(bill * dice.uniform(0, 0.15))
        paid = int((bill - own) * pays)
        account = int((bill - paid) * dice.choice((0, 0, 0.3, 0.6)))
        held = dice.random() < _UNBALANCED
        body, name = dice.choice(_HOSPITALS)
        setl_id = f"S43-{number:08}"
        self.settled[setl_id] = Settled(
            setl_id, insured, fund, period, clr_type, bill, paid, account, held
        )
        return {
            "结算编号": setl_id,
            "参保地医保区划": f"{insured}0100",
            "就医地医保区划": "430100",
            _FUND: fund,
            "医疗类别": med_type,
            "清算类别": clr_type,
            "定点医药机构编码": body,
            _NAME: name,
            "结算时间": f"{period}-{dice.randint(1, 28):02} {dice.randint(8, 19):02}:20:00",
            "结算报文编号": f"M{number:09}",
            "人员编号": f"{insured}{number:018}",
            "姓名": f"示例患者{number % 1000:03}",
            **_money(bill, own, paid, account, 1 if held else 0),
        }

    def revised(self, row: Cells) -> Cells:
        return {**row, _NAME: f"{row[_NAME]}(更名)"}

    def wrong(self, row: Cells) -> Cells:
        del self.settled[str(row["结算编号"])]
        return {**row, _FUND: "999"}


def _money(bill: int, own: int, paid: int, account: int, off: int) -> dict[str, Any]:
    fen = {
        "医疗费总额": bill,
        "全自费金额": own,
        "符合政策范围金额": bill - own,
        "基本医疗保险统筹基金支出": paid,
        "基金支付总额": paid,
        "个人负担总金额": bill - paid,
        "个人账户支出": account,
        "个人现金支出": bill - paid - account + off,
    }
    return {name: f"{amount // 100}.{amount % 100:02}" for name, amount in fen.items()}
