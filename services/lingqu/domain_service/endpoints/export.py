"""A listing as a spreadsheet: XLSX with text cells, or CSV with a byte order mark."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from lingqu.domain_service.imports.column import Column
from lingqu.sheets.csv_file import write_csv
from lingqu.sheets.xlsx_file import write_xlsx

ExportKind = Annotated[
    Literal["xlsx", "csv"], Query(alias="format", description="XLSX, or CSV (UTF-8 with BOM)")
]
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Every row that a listing with the same filters has",
        "content": {media: {} for media in MEDIA.values()},
    }
}


def export(
    title: str,
    columns: Sequence[Column],
    documents: Iterable[Mapping[str, Any]],
    kind: Literal["xlsx", "csv"],
) -> FileResponse:
    """Return the documents as a file that is deleted once it is sent; in bounded memory.

    Cells are as the columns' readers take them back: the file can be corrected and imported.
    Nothing in it is a formula. Read the documents within the caller's session.
    """
    descriptor, path = tempfile.mkstemp(prefix="lingqu-export-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            _write(target, title, columns, documents, kind)
    except BaseException:
        Path(path).unlink()
        raise
    return FileResponse(
        path,
        filename=f"{title}.{kind}",
        media_type=MEDIA[kind],
        background=BackgroundTask(Path(path).unlink),
    )


def _write(
    target: BinaryIO,
    title: str,
    columns: Sequence[Column],
    documents: Iterable[Mapping[str, Any]],
    kind: str,
) -> None:
    rows = ([each.cell(document.get(each.field)) for each in columns] for document in documents)
    heading = [each.heading for each in columns]
    if kind == "csv":
        write_csv(target, chain([heading], rows))
    else:
        numbers = {place for place, each in enumerate(columns) if each.kind == "number"}
        write_xlsx(target, title, heading, rows, numbers=numbers)
