"""What can be wrong with the cells of a reading, said in both languages."""

from __future__ import annotations

from lingqu.sheets.problems import Sentence

NO_TIME = Sentence(
    "no_time",
    "holds no real time (read {shown}), so the reading cannot be told from others; fill in when"
    " the water was sampled",
    "没有真实的监测时间(读到 {shown}),无法与其他读数区分,请填写实际监测时间",
)
BAD_TIME = Sentence(
    "bad_time",
    "reads {shown}, which is no time such as {example}; write it so",
    "内容为 {shown},不是有效时间,请按 {example} 的形式填写",
)
DAY_ONLY = Sentence(
    "day_only",
    "names a day only ({shown}); an automatic reading has a time: write it as {example}",
    "只有日期({shown}),自动监测须有时刻,请按 {example} 的形式填写",
)
UNKNOWN_REGION = Sentence(
    "unknown_region",
    "reads {shown}, which is no province or region code; write it as 湖南省 or 43",
    "内容为 {shown},不是省份名称或行政区划代码,请按 湖南省 或 43 的形式填写",
)
UNKNOWN_CLASS = Sentence(
    "unknown_class",
    "reads {shown}, which is no water class; write Ⅰ, Ⅱ, Ⅲ, Ⅳ, Ⅴ or 劣Ⅴ, or leave it empty",
    "内容为 {shown},不是水质类别,请填写 Ⅰ、Ⅱ、Ⅲ、Ⅳ、Ⅴ 或 劣Ⅴ,没有则留空",
)
NEGATIVE = Sentence(
    "negative",
    "reads {shown}, which is below zero; correct the value",
    "内容为 {shown},不应为负值,请更正",
)
LIMIT_UNSTATED = Sentence(
    "limit_unstated",
    "reads {shown} without the detection limit; write the limit followed by L, such as 0.01L",
    "内容为 {shown},未给出检出限,请填写检出限加 L,例如 0.01L",
)
NO_REASON = Sentence(
    "no_reason",
    "is empty, but the reading is {validity}; say why",
    "为空,但有效性为 {validity},请说明原因",
)
NOT_SIGNED = Sentence(
    "not_signed",
    "is empty, but the data level is {level}; say who reviewed the reading, and when",
    "为空,但数据级别为 {level},请填写审核单位和审核时间",
)
WRONG_CODE = Sentence(
    "wrong_code",
    "reads {shown}, which is no section code; use letters, digits, Chinese characters, - and _",
    "内容为 {shown},不是断面编码,请只使用字母、数字、汉字、- 和 _",
)
