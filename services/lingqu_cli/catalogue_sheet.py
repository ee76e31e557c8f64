"""The catalogue entries of contracts as a spreadsheet, out and in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import BinaryIO, Final

from lingqu.clock import CHINA
from lingqu.contracts.catalogue.entry import FIELDS, HEADINGS, NAMES, EntryField, wrong_fields
from lingqu.contracts.model import Catalogue, Contract
from lingqu.errors import InputError
from lingqu.sheets.cells import is_formula, plain, without_apostrophe
from lingqu.sheets.opening import open_table
from lingqu.sheets.problems import FORMULA
from lingqu.sheets.returned import Mark
from lingqu.sheets.table import WHOLE_ROW, SheetRow
from lingqu.sheets.template import CodeList, Template, TemplateColumn
from lingqu.sheets.times import read_moment

CONTRACT: Final = "数据契约"
TITLE: Final = "资源名称"
UNVERIFIED: Final = "未核实项"
_SHOWN_ONLY: Final = ("提供方", "主题")
_NEEDED: Final = frozenset({CONTRACT, HEADINGS["resource_code"]})
_CODES: Final = frozenset({"resource_code", "provider_uscc"})
_REMARKS = (
    "一行一项资源。数据契约一列用于对应,请勿修改;提供方和主题仅供参考,修改无效。",
    "清空单元格即清空该项;删除整列则该列各项不变。",
    "未核实项列出尚为示例值、待提供部门确认的各项,以顿号分隔;确认后请从中删去。",
)


@dataclass(frozen=True, slots=True)
class Edit:
    """What a row changes in one contract's file; `title_zh` is None where it stays."""

    contract: Contract
    title_zh: str | None
    entry: Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What a spreadsheet says: the rows that change something, and the marks of those refused."""

    rows: int
    edits: tuple[Edit, ...]
    heading: tuple[str, ...]
    refused: Mapping[int, Sequence[Mark]]


def catalogue_template(catalogue: Catalogue) -> Template:
    """Return the form with every contract's entry filled in."""
    columns = (
        TemplateColumn(CONTRACT, required=True, help="请勿修改"),
        TemplateColumn(TITLE, required=True),
        *(_column(field) for field in FIELDS),
        TemplateColumn(UNVERIFIED, help="尚为示例值的各项,以顿号分隔"),
        *(TemplateColumn(heading, help="仅供参考") for heading in _SHOWN_ONLY),
    )
    lists = tuple(
        CodeList(field.heading, tuple((choice, "") for choice in field.choices))
        for field in FIELDS
        if field.choices
    )
    rows = tuple(_row(contract) for contract in catalogue)
    return Template("资源目录", columns, (), lists, _REMARKS, rows)


def is_heading(cells: Sequence[str]) -> bool:
    return {_heading(cell) for cell in cells} >= _NEEDED


def read_catalogue(file: BinaryIO, name: str, catalogue: Catalogue) -> SheetRead:
    """Read a spreadsheet against the contracts there are; a row with one wrong cell is refused.

    Raises InputError with the cure where it is no table of catalogue entries.
    """
    table = open_table(file, name, is_heading)
    try:
        heading = tuple(_heading(cell) for cell in table.heading)
        _refuse_twice(heading, name)
        is_csv = table.sheet is None
        rows = [_Row(row, heading, catalogue, is_csv=is_csv) for row in table.rows()]
    finally:
        table.close()
    _refuse_shared_codes(rows, catalogue)
    return SheetRead(
        len(rows),
        tuple(row.edit() for row in rows if not row.marks and row.changes),
        heading,
        {row.number: row.marks for row in rows if row.marks},
    )


class _Row:
    """One row: the contract it is about, what it says, and what of it is wrong."""

    def __init__(
        self, row: SheetRow, heading: tuple[str, ...], catalogue: Catalogue, *, is_csv: bool
    ) -> None:
        self.number = row.number
        self._is_csv = is_csv
        self.marks: list[Mark] = []
        self.contract: Contract | None = None
        self.changes: dict[str, str | tuple[str, ...]] = {}
        self.places = {each: place for place, each in enumerate(heading)}
        if WHOLE_ROW in row.refused:
            self.mark(None, row.refused[WHOLE_ROW].reason_zh)
            return
        for place, problem in sorted(row.refused.items()):
            self.marks.append(Mark(place, problem.reason_zh))
        cells = {each: self._cell(row, place, each) for place, each in enumerate(heading)}
        self.contract = catalogue.contracts.get(cells[CONTRACT])
        if self.contract is None:
            self.mark(CONTRACT, f"没有名为“{cells[CONTRACT]}”的数据契约,请照导出的表填写")
        elif not self.marks:
            self._compare(cells, self.contract)

    @property
    def code(self) -> str:
        """Return the resource code that the row leads to."""
        entry = {"resource_code": self.contract.entry.resource_code if self.contract else ""}
        return str((entry | self.changes)["resource_code"])

    def edit(self) -> Edit:
        assert self.contract is not None  # noqa: S101 - rows without one are marked
        entry = dict(self.changes)
        title = entry.pop("title_zh", None)
        return Edit(self.contract, title if isinstance(title, str) else None, entry)

    def mark(self, heading: str | None, reason: str) -> None:
        place = None if heading is None else self.places.get(heading)
        self.marks.append(Mark(place, reason))

    def _cell(self, row: SheetRow, place: int, heading: str) -> str:
        text = row.cells[place]
        if self._is_csv and is_formula(text):  # a workbook tells itself which cells hold one
            self.mark(heading, FORMULA.about().reason_zh)
        return without_apostrophe(text).strip()

    def _compare(self, cells: Mapping[str, str], contract: Contract) -> None:
        before = asdict(contract.entry)
        given = {name: _value(name, cells[HEADINGS[name]]) for name in NAMES
                 if HEADINGS[name] in cells}  # fmt: skip
        for name, wrong in wrong_fields({**before, **given}).items():
            self.mark(HEADINGS[name], wrong.text_zh)
        said: dict[str, str | tuple[str, ...]] = dict(given)
        if UNVERIFIED in cells:
            said["unverified"] = self._unverified(cells[UNVERIFIED])
        if TITLE in cells:
            before["title_zh"] = contract.title_zh
            said["title_zh"] = cells[TITLE]
            if not cells[TITLE]:
                self.mark(TITLE, "未填写,请填写资源名称")
        self.changes = {name: value for name, value in said.items() if value != before[name]}

    def _unverified(self, text: str) -> tuple[str, ...]:
        names = {field.heading: field.name for field in FIELDS}
        parts = plain(text).replace(",", "、").split("、")
        found = [part.strip() for part in parts if part.strip()]
        for unknown in (part for part in found if part not in names):
            self.mark(UNVERIFIED, f"“{unknown}”不是本表的列名,请照表头填写")
        return tuple(name for heading, name in names.items() if heading in found)


def _value(name: str, text: str) -> str:
    """Return a cell's text as the file has it: codes and days in plain digits."""
    if name in _CODES:
        return plain(text)
    if name == "published_on" and text:
        try:
            return read_moment(text, CHINA).at.date().isoformat()
        except ValueError:
            return text
    return text


def _refuse_shared_codes(rows: Sequence[_Row], catalogue: Catalogue) -> None:
    """Mark rows about a contract that another row is about, and codes that two contracts have."""
    about = Counter(row.contract.name for row in rows if row.contract)
    codes = {contract.name: contract.entry.resource_code for contract in catalogue}
    codes |= {row.contract.name: row.code for row in rows if row.contract and not row.marks}
    uses = Counter(code for code in codes.values() if code)
    for row in rows:
        if row.contract is None:
            continue
        if about[row.contract.name] > 1:
            row.mark(CONTRACT, "同一数据契约出现在多行,请只留一行")
        elif uses[row.code] > 1 and "resource_code" in row.changes:
            row.mark(HEADINGS["resource_code"], "与另一项资源的代码相同,请更正其中之一")


def _refuse_twice(heading: tuple[str, ...], name: str) -> None:
    for each, count in Counter(heading).items():
        if each and count > 1:
            raise InputError(f"{name}: two columns are called {each}; delete one of them")


def _heading(cell: str) -> str:
    return "".join(cell.split()).strip("*")


def _column(field: EntryField) -> TemplateColumn:
    return TemplateColumn(field.heading, choices=field.choices, help=field.help)


def _row(contract: Contract) -> tuple[str, ...]:
    entry = asdict(contract.entry)
    unverified = "、".join(HEADINGS[name] for name in contract.entry.unverified)
    return (
        contract.name,
        contract.title_zh,
        *(entry[name] for name in NAMES),
        unverified,
        contract.steward,
        "、".join(contract.topic(major) for major in contract.majors),
    )


def problems(read: SheetRead) -> Iterator[str]:
    """Yield a sentence a refused row."""
    for number, marks in sorted(read.refused.items()):
        said = ";".join(_said(mark, read.heading) for mark in marks)
        yield f"第 {number} 行 {said}"


def _said(mark: Mark, heading: Sequence[str]) -> str:
    return mark.reason if mark.place is None else f"{heading[mark.place]}:{mark.reason}"
