"""A form for people to fill in: headings, examples and code lists, as XLSX or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

from lingqu.sheets.csv_file import write_csv


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its heading, what may stand in it, and a line of help."""

    heading: str
    kind: Literal["text", "number"] = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""

    @property
    def title(self) -> str:
        """Return the heading as it is written; a star marks what must be filled in."""
        return f"{self.heading}*" if self.required else self.heading


@dataclass(frozen=True, slots=True)
class CodeList:
    """Words that may be chosen, each with what it means."""

    title: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """What a form consists of; examples, and rows filled in already, have a cell a column."""

    title: str
    columns: tuple[TemplateColumn, ...]
    examples: tuple[tuple[str, ...], ...]
    code_lists: tuple[CodeList, ...]
    remarks: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def titles(self) -> Sequence[str]:
        return [column.title for column in self.columns]


def write_csv_template(template: Template, target: BinaryIO) -> None:
    write_csv(target, [template.titles(), *template.rows, *template.examples])


def write_xlsx_template(template: Template, target: BinaryIO) -> None:
    """Write the form with its lists to choose from, its code list and its remarks."""
    from lingqu.sheets.xlsx_template import build  # noqa: PLC0415 - openpyxl is heavy

    build(template).save(target)
