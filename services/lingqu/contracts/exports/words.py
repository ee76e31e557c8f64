"""The words of a contract's page in both languages, by the names that code has for them."""

from __future__ import annotations

from collections.abc import Mapping

from lingqu.contracts.exports.language import Language

_BOTH: Mapping[str, tuple[str, str]] = {
    "promises": ("约定", "What is promised"),
    "catalogue": ("目录条目", "Catalogue entry"),
    "fields": ("字段", "Fields"),
    "rules": ("规则", "Rules"),
    "examples": ("示例", "Examples"),
    "fact": ("项目", "What"),
    "value": ("内容", "Value"),
    "legal_basis": ("法律依据", "Legal basis"),
    "steward": ("数据责任单位", "Steward"),
    "topics": ("主题", "Topics"),
    "key": ("记录键", "Key"),
    "partitions": ("分区数", "Partitions"),
    "retention": ("保存期限", "Retention"),
    "latency": ("时延承诺", "Latency"),
    "completeness": ("完整率承诺", "Completeness"),
    "compatibility": ("兼容级别", "Compatibility"),
    "on_reject": ("被拒收时", "Where a partner rejects"),
    "dead_letter": ("该事件转异常数据", "that event becomes a dead letter"),
    "park_key": ("同键事件挂起", "events of that key are parked"),
    "status": ("状态", "Status"),
    "draft": ("草案", "draft"),
    "released": ("已发布", "released"),
    "resource_code": ("资源代码", "Resource code"),
    "provider_uscc": ("提供方代码(统一社会信用代码)", "Provider's social credit code"),
    "share_type": ("共享类型", "Sharing"),
    "share_condition": ("共享条件", "Condition"),
    "share_mode": ("共享方式", "Way"),
    "update_cycle": ("更新周期", "Update cycle"),
    "data_range": ("数据范围", "Range"),
    "published_on": ("发布日期", "Published on"),
    "unverified": ("示例,未核实", "an example, not verified"),
    "field": ("字段", "Field"),
    "type": ("类型", "Type"),
    "required": ("必填", "Required"),
    "unit": ("单位", "Unit"),
    "grade": ("分级", "Grade"),
    "kind": ("类别", "Kind"),
    "doc": ("说明", "What it is"),
    "yes": ("是", "yes"),
    "name": ("名称", "Name"),
    "says": ("要求", "Requirement"),
    "none": ("一般", "none"),
    "personal": ("个人信息", "personal"),
    "sensitive_personal": ("敏感个人信息", "sensitive personal"),
    "minor": ("未成年人信息", "of minors"),
    "commercial": ("商业秘密", "commercial"),
    "string": ("文本", "text"),
    "boolean": ("布尔", "boolean"),
    "int": ("整数(32 位)", "whole number (32 bits)"),
    "long": ("整数(64 位)", "whole number (64 bits)"),
    "double": ("数值", "number"),
    "timestamp-millis": ("时间(UTC,毫秒)", "instant (UTC, milliseconds)"),
    "date": ("日期", "day"),
    "enum": ("枚举", "one of"),
    "array_of": ("{} 的列表", "list of {}"),
    "map_of": ("{} 的映射", "map of {}"),
    "days": ("{} 天", "{} days"),
    "hours": ("{} 小时", "{} hours"),
    "minutes": ("{} 分钟", "{} minutes"),
    "seconds": ("{} 秒", "{} seconds"),
}

WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {name: zh for name, (zh, _) in _BOTH.items()},
    "en": {name: en for name, (_, en) in _BOTH.items()},
}


def duration(seconds: int, lang: Language) -> str:
    """Return a time in the largest unit that it is a whole number of."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= size and seconds % size == 0:
            return WORDS[lang][unit].format(seconds // size)
    return WORDS[lang]["seconds"].format(seconds)
