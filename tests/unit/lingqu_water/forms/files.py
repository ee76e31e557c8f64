"""Small files of readings, as they are published and filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lingqu.domain_service.imports.form import Row
from lingqu_water.forms import read
from lingqu_water.readings.model import Item, Reading

HEADING = (
    "省份,流域,断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),电导率(μS/cm),浊度(NTU),"
    "高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L),总氮(mg/L),叶绿素α(mg/L),藻密度(cells/L),站点情况"
)
ROW = (
    "湖南省,长江流域,里耶镇,04-01 08:00,Ⅱ,14.7,7.39,9.36,217.6,41.7,2.03,0.057,0.057,1.75,*,--,正常"
)
DAY = date(2021, 4, 6)
NOW = datetime(2021, 4, 6, 4, tzinfo=UTC)
NAMES = HEADING.split(",")


def hourly4(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows]).encode()


def row(**cells: str) -> str:
    """Return a row in which the named columns (or the beginnings of their names) are others."""
    texts = ROW.split(",")
    for name, text in cells.items():
        texts[next(place for place, each in enumerate(NAMES) if each.startswith(name))] = text
    return ",".join(texts)


def read_rows(content: bytes, name: str = "x.csv", **options: Any) -> list[Row[Reading]]:
    options = {"collected_on": DAY, "now": NOW, **options}
    with read(BytesIO(content), name, **options) as form:
        return list(form)


def one(content: bytes, name: str = "x.csv", **options: Any) -> Reading:
    """Return the reading of the only row."""
    (found,) = read_rows(content, name, **options)
    assert found.statement is not None, found.reason
    return found.statement


def refused(content: bytes, name: str = "x.csv", **options: Any) -> dict[str, str]:
    """Return the codes of the only row's refusals, by column."""
    (found,) = read_rows(content, name, **options)
    assert found.statement is None
    return {each.column: each.problem.code for each in found.refusals}


def items(reading: Reading) -> dict[str, Item]:
    return {item.code: item for item in reading.items}


def reply(*rows: Sequence[str | None], **members: Any) -> bytes:
    """Return a reply of the publishing interface; its units stand in spans, as there."""
    head = [
        name.replace("(", "<br/><span class='unit'>(").replace(")", ")</span>") for name in NAMES
    ]
    document = {"result": 1, "total": 1, "records": len(rows), "thead": head, "tbody": rows}
    return orjson.dumps({**document, **members})


def workbook(heading: Sequence[str], *rows: Sequence[Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for cells in (heading, *rows):
        sheet.append(list(cells))
    file = BytesIO()
    book.save(file)
    return file.getvalue()
