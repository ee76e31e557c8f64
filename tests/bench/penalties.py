"""Made-up penalties as departments' 双公示 tables have them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from tests.bench.codes import code_of, misprinted
from tests.bench.records import Cells

from lingqu.clock import china_day

TOPIC = "credit.penalty.v1"
_SUBJECTS = 60_000
_DAYS = 60  # none is so old that its publication is over
_CODE, _CONTENT = "统一社会信用代码", "处罚内容"


class Penalties:
    """Penalties of enterprises, decided in the weeks before today."""

    def __init__(self, today: date | None = None) -> None:
        last = today or china_day(datetime.now(UTC))
        self._days = [(last - timedelta(days=days)).isoformat() for days in range(1, 1 + _DAYS)]

    def row(self, number: int, dice: random.Random) -> Cells:
        subject = dice.randrange(_SUBJECTS)
        wan = dice.randint(1, 400) / 20
        decided_on = dice.choice(self._days)
        return {
            "行政相对人类别": "法人及非法人组织",
            "行政相对人名称": f"示例企业{subject}号有限公司",
            _CODE: code_of(subject),
            "法定代表人": f"示例{dice.choice('甲乙丙丁戊')}",
            "处罚决定书文号": f"示例罚〔{decided_on[:4]}〕{number + 1}号",
            "违法行为类型": "违反示例管理规定",
            "违法事实": "未按规定开展示例活动",
            "处罚依据": "《示例条例》第三十条",
            "处罚类别": "罚款",
            _CONTENT: f"罚款 {wan} 万元",
            "罚款金额(万元)": wan,
            "处罚决定日期": decided_on,
            "处罚机关": "湖南省示例局",
            "处罚机关统一社会信用代码": "11430000MB1A00031E",
            "数据来源单位": "湖南省示例局",
            "数据来源单位统一社会信用代码": "11430000MB1A00031E",
            "备注": "",
        }

    def revised(self, row: Cells) -> Cells:
        return {**row, _CONTENT: f"{row[_CONTENT]}(更正)"}

    def wrong(self, row: Cells) -> Cells:
        return {**row, _CODE: misprinted(str(row[_CODE]))}
