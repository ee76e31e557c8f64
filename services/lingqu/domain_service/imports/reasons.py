"""What can be wrong with the cells of a statement, said in both languages."""

from __future__ import annotations

from lingqu.sheets.problems import Sentence

EMPTY = Sentence(
    "missing",
    "is empty; it must be filled in",
    "为空,该列必填",
)
UNKNOWN_WORD = Sentence(
    "unknown_word",
    "reads {shown}, which is none of {words}; choose one of them",
    "内容为 {shown},请从 {words} 中选择",
)
CONTROL_CHARACTER = Sentence(
    "control_character",
    "holds a character that is no text; type the cell again",
    "含有不可见的控制字符,请重新输入",
)
BAD_DAY = Sentence(
    "bad_day",
    "reads {shown}, which is no day such as 2024-03-01; write it so",
    "内容为 {shown},不是有效日期,请按 2024-03-01 的形式填写",
)
BAD_TIME = Sentence(
    "bad_time",
    "reads {shown}, which is no time such as 2024-03-01 08:00; write it so",
    "内容为 {shown},不是有效时间,请按 2024-03-01 08:00 的形式填写",
)
NO_AMOUNT = Sentence(
    "no_amount",
    "reads {shown}, which is no amount in {unit}; write digits only, such as 1234.56",
    "内容为 {shown},不是以{unit}为单位的金额,请只填写数字,例如 1234.56",
)
PARTS_OF_FEN = Sentence(
    "parts_of_fen",
    "reads {shown}, which is no whole number of fen; round it to the fen",
    "内容为 {shown},金额精确到分以下,请保留到分",
)
TOO_LARGE = Sentence(
    "too_large",
    "reads {shown}, which is larger than any number kept here; correct it",
    "内容为 {shown},数值过大,请更正",
)
NOT_WHOLE = Sentence(
    "not_whole",
    "reads {shown}, which is no whole number; write digits only",
    "内容为 {shown},不是整数,请只填写数字",
)
HIDDEN = Sentence(
    "hidden",
    "does not hold what this column takes, and is not repeated here since it may be personal;"
    " correct it as the template's note on the column says",
    "内容不符合该列要求(可能含个人信息,此处不复述),请按模板中该列的说明更正",
)
