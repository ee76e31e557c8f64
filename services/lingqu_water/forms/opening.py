"""A file of readings opened, whatever form it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from lingqu.domain_service.imports.form import Form, Row, examples_note
from lingqu.errors import InputError, NotFoundError
from lingqu.sheets.opening import file_head, is_workbook, open_table
from lingqu.sheets.table import NoHeadingError, Table
from lingqu_water.forms.collection import Collection, collection_of
from lingqu_water.forms.detect import known_form, refuse_unknown, table_form
from lingqu_water.forms.headings import Headings, Layout, headings_of
from lingqu_water.forms.html_cells import cell_text, river_in
from lingqu_water.forms.published import PublishedRows
from lingqu_water.forms.rawjson import read_reply
from lingqu_water.forms.template import TemplateRows
from lingqu_water.readings.model import Reading
from lingqu_water.readings.rank import first_place
from lingqu_water.sections.table import Regions, load_regions

Close = Callable[[], None]
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Day:
    """What is known of when a file was collected, beside its name, and the place of its rows."""

    said: date | None
    now: datetime
    first_place: int

    def collection(self, name: str) -> Collection:
        return collection_of(name, self.said, self.now)

    def stated_ms(self) -> int:
        """Return when a filled-in form states what it states: now, unless somebody says a day."""
        return self.collection("").as_of_ms if self.said else int(self.now.timestamp() * 1000)


def read(
    source: Path | BinaryIO,
    name: str,
    *,
    form: str = "auto",
    collected_on: date | None = None,
    now: datetime | None = None,
    reference: Path | None = None,
) -> Form[Reading]:
    """Open a file of readings; `name` is what people know it by, and may tell its day.

    A file object must be able to seek, and stays open. Raises InputError with the cure where it is
    of no known form, or not a file of text or a workbook at all. The operator's own headings and
    items come from the folder `reference`.
    """
    wanted = known_form(form)
    file, close = _opened(source, name)
    try:
        day = _Day(collected_on, now or datetime.now(UTC), _first_place(file))
        return _form(file, name, wanted, day, headings_of(reference), close)
    except BaseException:
        close()
        raise


def _form(
    file: BinaryIO, name: str, wanted: str, day: _Day, headings: Headings, close: Close
) -> Form[Reading]:
    head = file_head(file, name)
    is_json = not is_workbook(head) and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in b"{["
    if wanted == "rawjson" or (wanted == "auto" and is_json):
        return _reply(file, name, day, headings, close)
    if is_json:
        raise InputError(f"{name} is JSON, not a table of the form {wanted}; leave out --form")
    return _table(file, name, wanted, day, headings, close)


@cache
def _regions() -> Regions:
    return load_regions()


def _first_place(file: BinaryIO) -> int:
    start = file.tell()
    content = sha256()
    for piece in iter(lambda: file.read(_PIECE), b""):
        content.update(piece)
    file.seek(start)
    return first_place(content.digest())


def _opened(source: Path | BinaryIO, name: str) -> tuple[BinaryIO, Close]:
    if not isinstance(source, Path):
        return source, lambda: None
    try:
        file = source.open("rb")
    except OSError as error:
        raise NotFoundError(f"{name} cannot be read: {error.strerror}") from error
    return file, file.close


def _reply(file: BinaryIO, name: str, day: _Day, headings: Headings, close: Close) -> Form[Reading]:
    collection = day.collection(name)
    reply = read_reply(file, name)
    if not headings.recognises(reply.heading):
        raise refuse_unknown(name, ", ".join(reply.heading)[:120])
    layout = headings.layout(reply.heading, name)
    notes = [*reply.notes, *_day_note(collection), *_unread_note(layout)]
    rows = PublishedRows(
        layout,
        collection,
        _regions(),
        first_place=day.first_place,
        unordered=True,
        unwrap=cell_text,
        river_of=river_in,
    )
    return Form("rawjson", rows.rows(reply.rows()), notes, close, returnable=False)


def _table(
    file: BinaryIO, name: str, wanted: str, day: _Day, headings: Headings, close: Close
) -> Form[Reading]:
    try:
        table = open_table(file, name, headings.recognises)
    except NoHeadingError as error:
        raise refuse_unknown(name, error.held) from error
    layout = headings.layout(table.heading, name)
    found = table_form(layout, wanted, name)
    notes = list(_unread_note(layout))
    closed = _both(table.close, close)
    if found == "template":
        filled = TemplateRows(layout, day.stated_ms(), _regions(), first_place=day.first_place)
        return Form(found, _without_examples(filled, table, notes), notes, closed)
    collection = day.collection(name)
    notes += _day_note(collection)
    published = PublishedRows(layout, collection, _regions(), first_place=day.first_place)
    return Form(found, published.rows(table.rows()), notes, closed)


def _without_examples(
    filled: TemplateRows, table: Table, notes: list[str]
) -> Iterator[Row[Reading]]:
    yield from filled.rows(table.rows())
    if filled.examples:
        notes.append(examples_note(filled.examples))


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


def _both(first: Close, second: Close) -> Close:
    def both() -> None:
        first()
        second()

    return both
