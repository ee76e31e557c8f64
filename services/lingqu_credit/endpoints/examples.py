"""Examples of statements, as people state them over HTTP."""

from __future__ import annotations

from typing import Any, Final

_SUBJECT: Final = {
    "subject_type": "legal_person",
    "subject_name": "湖南示例建设有限公司",
    "uscc": "91430102616831072Q",
}
_AUTHORITY: Final = {"authority": "湖南省示例局", "authority_uscc": "11430000MB1A00031E"}
_MEASURE: Final = {
    "measure_code": "2-1",
    "edition": "2024",
    "basis": "示例条例第二十条",
    "list_type": "严重违法失信名单",
    "decided_by": "湖南省示例局",
    "decision_no": "湘示失信〔2026〕1号",
    "from": "2026-06-02",
    "until": "2029-06-01",
}
_OWN: Final[dict[str, dict[str, Any]]] = {
    "licence": {
        "document_no": "湘示许〔2026〕12号",
        "certificate_no": "SL43000012",
        "content": "准予从事示例经营",
        "decided_on": "2026-06-02",
        "valid_until": "2031-06-01",
    },
    "penalty": {
        "document_no": "湘示罚〔2026〕7号",
        "facts": "未按规定开展示例活动",
        "basis": "《示例条例》第三十条",
        "penalty_type": "罚款",
        "fine_fen": 12_345_678,
        "decided_on": "2026-06-02",
    },
    "rating": {
        "rating_type": "public_evaluation",
        "scheme": "公共信用综合评价",
        "level": "良",
        "decided_on": "2026-06-02",
    },
    "dishonesty": {
        "list_type": "严重违法失信名单",
        "decision_no": "湘示失信〔2026〕1号",
        "basis": "《示例办法》第八条",
        "reason": "提供虚假材料取得示例许可",
        "decided_on": "2026-06-02",
        "measures": [_MEASURE],
    },
    "abnormal": {
        "decision_no": "湘示异〔2026〕3号",
        "basis": "《示例条例》第十七条",
        "reason": "未按规定公示年度报告",
        "decided_on": "2026-06-02",
    },
}


def example_of(kind: str) -> dict[str, Any]:
    """Return a statement of that kind."""
    return {**_SUBJECT, **_OWN[kind], **_AUTHORITY}
