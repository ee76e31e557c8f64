"""A file of readings opened, whatever form it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from lingqu.errors import NotFoundError
from lingqu.sheets.opening import file_head, is_workbook, open_table
from lingqu.sheets.table import NoHeadingError, Table
from lingqu_water.forms.collection import Collection, collection_of
from lingqu_water.forms.detect import known_form, refuse_unknown, table_form
from lingqu_water.forms.headings import Layout, shipped_headings
from lingqu_water.forms.html_cells import cell_text, river_in
from lingqu_water.forms.model import Form, Row
from lingqu_water.forms.published import PublishedRows
from lingqu_water.forms.rawjson import read_reply
from lingqu_water.forms.template import TemplateRows
from lingqu_water.sections.table import load_regions


def read(
    source: Path | BinaryIO,
    name: str,
    *,
    form: str = "auto",
    collected_on: date | None = None,
    now: datetime | None = None,
) -> Form:
    """Open a file of readings; `name` is what people know it by, and may tell its day.

    A file object must be able to seek, and stays open. Raises InputError with the cure where it is
    of no known form, or not a file of text or a workbook at all.
    """
    wanted = known_form(form)
    now = now or datetime.now(UTC)
    file, close = _opened(source, name)
    try:
        head = file_head(file, name)
        is_json = not is_workbook(head) and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in b"{["
        if wanted == "rawjson" or (wanted == "auto" and is_json):
            return _reply(file, name, collection_of(name, collected_on, now), close)
        return _table(file, name, wanted, collected_on, now, close)
    except BaseException:
        close()
        raise


def _opened(source: Path | BinaryIO, name: str) -> tuple[BinaryIO, Callable[[], None]]:
    if not isinstance(source, Path):
        return source, lambda: None
    try:
        file = source.open("rb")
    except OSError as error:
        raise NotFoundError(f"{name} cannot be read: {error.strerror}") from error
    return file, file.close


def _reply(file: BinaryIO, name: str, collection: Collection, close: Callable[[], None]) -> Form:
    reply = read_reply(file, name)
    headings = shipped_headings()
    if not headings.recognises(reply.heading):
        raise refuse_unknown(name, ", ".join(reply.heading)[:120])
    layout = headings.layout(reply.heading, name)
    notes = [*reply.notes, *_day_note(collection), *_unread_note(layout)]
    rows = PublishedRows(
        layout, collection, load_regions(), unordered=True, unwrap=cell_text, river_of=river_in
    )
    return Form("rawjson", collection.day, rows.rows(reply.rows()), notes, close)


def _table(
    file: BinaryIO,
    name: str,
    wanted: str,
    collected_on: date | None,
    now: datetime,
    close: Callable[[], None],
) -> Form:
    headings = shipped_headings()
    try:
        table = open_table(file, name, headings.recognises)
    except NoHeadingError as error:
        raise refuse_unknown(name, error.held) from error
    layout = headings.layout(table.heading, name)
    found = table_form(layout, wanted, name)
    notes = list(_unread_note(layout))
    closed = _both(table.close, close)
    if found == "template":
        collection = collection_of("", collected_on, now)
        as_of = int(now.timestamp() * 1000) if collection.assumed else collection.as_of_ms
        filled = TemplateRows(layout, as_of, load_regions())
        return Form(found, collection.day, _without_examples(filled, table, notes), notes, closed)
    collection = collection_of(name, collected_on, now)
    notes += _day_note(collection)
    published = PublishedRows(layout, collection, load_regions())
    return Form(found, collection.day, published.rows(table.rows()), notes, closed)


def _without_examples(filled: TemplateRows, table: Table, notes: list[str]) -> Iterator[Row]:
    yield from filled.rows(table.rows())
    if filled.examples:
        notes.append(f"{filled.examples} example rows (【示例】) were left out")


def _day_note(collection: Collection) -> tuple[str, ...]:
    if not collection.assumed:
        return ()
    note = (
        f"its times have no year, and nobody said when it was collected: {collection.day} is"
        " assumed; say another day with --collected-on"
    )
    return (note,)


def _unread_note(layout: Layout) -> tuple[str, ...]:
    if not layout.unread:
        return ()
    return (f"these columns mean nothing here and were not read: {', '.join(layout.unread)}",)


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both
