"""Why a cell cannot be read, in both languages: cause and cure, as the place is the cell's own."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN_MOST = 24


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: a bounded code for metrics, and one sentence to act on."""

    code: str
    reason: str
    reason_zh: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One way in which cells can be wrong; `{names}` in the texts are its facts."""

    code: str
    text: str
    text_zh: str

    def about(self, **facts: object) -> Problem:
        return Problem(self.code, self.text.format(**facts), self.text_zh.format(**facts))


class CellError(Exception):
    """A cell that cannot be read: it never leaves the reader of its row."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def shown(text: str) -> str:
    """Return a cell's text as sentences quote it. Never for columns that may be personal."""
    flat = " ".join(text.split())
    return f"“{flat}”" if len(flat) <= _SHOWN_MOST else f"“{flat[:_SHOWN_MOST]}…”"


FORMULA = Sentence(
    "formula",
    "holds a formula; paste its value in its place",
    "含有公式,请改为粘贴数值",
)
ERROR_VALUE = Sentence(
    "error_value",
    "shows the error {shown}; correct what it is calculated from, and paste the value",
    "显示错误值 {shown},请修正后粘贴数值",
)
DIGITS_LOST = Sentence(
    "digits_lost",
    "is a number of more than 15 digits, of which the spreadsheet has lost the last;"
    " format the column as text and type it again",
    "是超过 15 位的数字,表格软件已丢失末位,请将该列设为文本格式后重新填写",
)
NO_NUMBER = Sentence(
    "no_number",
    "reads {shown}, which is neither a number nor a missing marker; write digits only",
    "内容为 {shown},既不是数值也不是缺测标记,请只填写数字",
)
CELL_COUNT = Sentence(
    "cell_count",
    "the row has {found} cells under {wanted} columns; is a comma missing or one too many?",
    "本行有 {found} 个单元格,而表头有 {wanted} 列,请检查是否缺少或多出逗号",
)
NOT_CSV = Sentence(
    "not_csv",
    "the row is not CSV ({cause}); is a quotation mark left open?",
    "本行不是有效的 CSV({cause}),请检查引号是否成对",
)
