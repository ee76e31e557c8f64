"""The measures of a record in its row: several in a cell, in the same order in each column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import MISSING, Column
from lingqu.domain_service.imports.readers import Reader
from lingqu.domain_service.imports.record_rows import FieldError
from lingqu.domain_service.imports.writers import Writer
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.problems import CellError, Sentence, shown
from lingqu_credit.measures.closed_list import ClosedList

NONE: Final = "无"
_BETWEEN: Final = "|"
_PARTS = re.compile(r"[|｜\n]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d.*")
_SEVERAL: Final = "各项相同时填一次,不同时按措施代码的顺序用“|”分隔"

BECAME_A_DAY = Sentence(
    "became_a_day",
    "reads {shown}: the spreadsheet has made a day of an item such as 2-1; format the column as"
    " text and type it again",
    "内容为 {shown},表格软件已把 2-1 之类的代码变成日期,请将该列设为文本格式后重新填写",
)
TERM_MISSING = Sentence(
    "measure_incomplete",
    "a measure is stated, but the column {heading} says nothing of it; fill it in",
    "已填写惩戒措施,但缺少“{heading}”,请填写",
)
TERMS_UNEVEN = Sentence(
    "measures_uneven",
    "holds {found} entries for {wanted} measures; write one for all, or one for each in the order"
    " of 措施代码, parted by |",
    "有 {found} 项,而措施代码有 {wanted} 项,请填一项(各项相同)或按措施代码的顺序用“|”逐项填写",
)
NO_CODE = Sentence(
    "measure_without_code",
    "is empty, but terms of a measure are filled in; write the measure's item, such as 2-1",
    "为空,但已填写措施的其他内容,请填写措施代码,例如 2-1",
)


class _Term(NamedTuple):
    """One of a measure's fields, and its column."""

    name: str
    heading: str
    help: str
    read: Reader = readers.text
    write: Writer = str

    @property
    def field(self) -> str:
        return f"measures.{self.name}"


_CODE: Final = _Term("measure_code", "措施代码", "失信惩戒措施基础清单中的代码,多项用“、”分隔")
_TERMS: Final = (
    _Term("edition", "措施清单版本", "基础清单的版本,例如 2024", readers.code),
    _Term("basis", "措施依据", "法律名称和条款"),
    _Term("list_type", "措施名单类型", "据以采取措施的名单"),
    _Term("decided_by", "措施决定机关", "作出措施决定的机关"),
    _Term("decision_no", "措施决定文号", "措施决定的文号"),
    _Term("from", "措施起始日", "措施生效的第一天", readers.day, writers.day),
    _Term("until", "措施截止日", "措施的最后一天;空着至记录终止为止", readers.day, writers.day),
)
_FIELDS: Final = tuple(each.field for each in (_CODE, *_TERMS))
_OPTIONAL: Final = frozenset({"until"})


def measure_columns(closed_list: ClosedList) -> tuple[Column, ...]:
    """Return the columns; a measure's code comes first, and its help lists the items."""
    items = ";".join(
        f"{edition.edition} 版 {code} {said}"
        for edition in closed_list.editions
        for code, said in edition.items.items()
    )
    keeps = f"没有措施填“{NONE}”,空着不改变已有措施"
    return (
        Column(
            _CODE.heading,
            _CODE.field,
            read=_codes,
            write=writers.texts,
            help=f"{_CODE.help};{keeps}。{items}",
        ),
        *(
            Column(
                each.heading,
                each.field,
                read=_entries(each.read),
                write=str,
                help=f"{each.help};{_SEVERAL}",
            )
            for each in _TERMS
        ),
    )


def take_measures(statement: Document) -> None:
    """Put the measures that a row's cells tell in place of the cells, in the same dict.

    Cells that are all empty say nothing: then there is no member `measures`. Raises FieldError
    where a measure lacks a term, or a column holds neither one entry nor one for each measure.
    """
    cells = {field: told for field in _FIELDS if (told := statement.pop(field, None)) is not None}
    if not cells:
        return
    codes = cells.get(_CODE.field)
    if codes is None:
        raise FieldError(_CODE.field, NO_CODE.about())
    if codes == [NONE]:
        statement["measures"] = []
        return
    columns = {each.name: _spread(each, cells.get(each.field), len(codes)) for each in _TERMS}
    columns[_CODE.name] = codes
    statement["measures"] = [
        {name: told[place] for name, told in columns.items()} for place in range(len(codes))
    ]


def with_measure_cells(document: Mapping[str, Any]) -> Document:
    """Return the record with its measures as the columns write them."""
    told = dict(document)
    measures: Sequence[Mapping[str, Any]] = told.get("measures") or ()
    if not measures:
        return told
    told[_CODE.field] = [each["measure_code"] for each in measures]
    for term in _TERMS:
        written = [
            "-" if each[term.name] is None else term.write(each[term.name]) for each in measures
        ]
        told[term.field] = written[0] if len(set(written)) == 1 else _BETWEEN.join(written)
    return told


def _codes(cell: str) -> list[str]:
    if _DAY.fullmatch(cell):
        raise CellError(BECAME_A_DAY.about(shown=shown(cell)))
    return [readers.code(each) for each in readers.texts(cell)]


def _entries(read: Reader) -> Reader:
    """Return the reader of a column's entries; one that is a dash says nothing."""

    def read_cell(cell: str) -> list[Any]:
        parts = [part.strip() for part in _PARTS.split(readers.text(cell))]
        return [None if part in MISSING else read(part) for part in parts]

    return read_cell


def _spread(term: _Term, told: Sequence[Any] | None, count: int) -> Sequence[Any]:
    """Return the term of each of so many measures."""
    entries = [None] if told is None else told
    if term.name not in _OPTIONAL and None in entries:
        raise FieldError(term.field, TERM_MISSING.about(heading=term.heading))
    if len(entries) == 1:
        return [*entries] * count
    if len(entries) != count:
        raise FieldError(term.field, TERMS_UNEVEN.about(found=len(entries), wanted=count))
    return entries
