"""The published tables of automatic stations: a row is a reading, read at the speed of CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from lingqu.clock import CHINA
from lingqu.domain_service.imports.cell_refusals import refused_cells
from lingqu.domain_service.imports.form import Row
from lingqu.domain_service.imports.remembered import Remembered
from lingqu.sheets.cells import plain
from lingqu.sheets.problems import CellError, shown
from lingqu.sheets.table import SheetRow
from lingqu.sheets.times import read_moment
from lingqu_water.forms.collection import Collection
from lingqu_water.forms.headings import ItemColumn, Layout
from lingqu_water.forms.reasons import BAD_TIME, NO_TIME
from lingqu_water.forms.values import is_missing, read_item
from lingqu_water.forms.words import (
    Standing,
    read_class,
    read_name,
    read_optional,
    read_region,
    read_status,
)
from lingqu_water.readings.model import Item, Reading
from lingqu_water.sections.model import section_code
from lingqu_water.sections.table import Regions

AFTER_COLLECTION = "监测时间晚于采集日期"
_YEARLESS = "%m-%d %H:%M"
_EXAMPLE = "04-01 08:00"
_CLOCK_ERROR = timedelta(days=1)
_NOT_SAID = Standing(None, "valid", None)

Unwrap = Callable[[str], str]


class _Place(NamedTuple):
    """Where a row is about, by the cells that name it."""

    code: str
    name: str
    region: str
    basin: str | None
    river: str | None


class _Time(NamedTuple):
    at_ms: int
    after_collection: bool


class PublishedRows:
    """Reads the rows of one table, whatever spells its cells out.

    `unwrap` gives the text of a cell and `river_of` the river that a name's cell tells. Texts that
    occur again, as sections, times and most values do, are worked out once.
    """

    def __init__(
        self,
        layout: Layout,
        collection: Collection,
        regions: Regions,
        *,
        first_place: int = 0,
        unordered: bool = False,
        unwrap: Unwrap = str,
        river_of: Callable[[str], str | None] = lambda _cell: None,
    ) -> None:
        self._layout = layout
        self._collection = collection
        self._regions = regions
        self._first_place = first_place
        self._unordered = unordered
        self._unwrap = unwrap
        self._river_of = river_of
        self._times = Remembered(self._read_time)
        self._classes: Remembered[str, str | None] = Remembered(
            lambda cell: read_class(unwrap(cell))
        )
        self._statuses = Remembered(self._read_status)
        self._places = Remembered(self._read_place)
        self._items = [Remembered(_item_reader(each, unwrap)) for each in layout.items]
        self._facts = _getter(layout, "sampled_at", "published_class", "station_status")
        self._place = _getter(layout, "province", "section_name", "basin", "river")
        self._item_cells = _cells([column.place for column in layout.items])
        self._as_of_ms = collection.as_of_ms
        self._readers = self._cell_readers()

    def rows(self, rows: Iterable[SheetRow]) -> Iterator[Row[Reading]]:
        for row in rows:
            if row.refused:
                yield self._looked_into(row)
                continue
            try:
                reading = self._reading(row.number, row.cells)
            except CellError:
                yield self._looked_into(row)
            else:
                yield Row(row.number, reading)

    def _reading(self, number: int, cells: list[str]) -> Reading:
        cells.append("")  # what columns that are not there hold
        time, published_class, status = self._facts(cells)
        code, name, region, basin, river = self._places[self._place(cells)]
        at_ms, after_collection = self._times[time]
        state, validity, reason = self._statuses[status]
        if after_collection:
            validity, reason = "doubtful", _joined(reason, AFTER_COLLECTION)
        return Reading(
            code,
            name,
            region,
            basin,
            river,
            "unknown",
            at_ms,
            self._classes[published_class],
            state,
            "auto",
            "raw",
            validity,
            reason,
            None,
            None,
            tuple([known[cell] for known, cell in zip(self._items, self._item_cells(cells))]),  # noqa: B905 - as many, by construction
            self._as_of_ms,
            self._first_place if self._unordered else self._first_place + number,
            self._unordered,
        )

    def _looked_into(self, row: SheetRow) -> Row[Reading]:
        """Read the row cell by cell, and say of each what is wrong with it."""
        refusals = refused_cells(row, self._layout.heading, self._readers)
        if refusals:
            return Row(row.number, None, refusals)
        return Row(row.number, self._reading(row.number, row.cells))

    def _cell_readers(self) -> dict[int, Callable[[str], object]]:
        unwrap, facts = self._unwrap, self._layout.facts
        readers: dict[str, Callable[[str], object]] = {
            "province": lambda cell: read_region(self._regions, unwrap(cell)),
            "basin": lambda cell: read_optional(unwrap(cell)),
            "river": lambda cell: read_optional(unwrap(cell)),
            "section_name": lambda cell: read_name(unwrap(cell)),
            "sampled_at": self._read_time,
            "published_class": lambda cell: read_class(unwrap(cell)),
        }
        items = {each.place: _item_reader(each, unwrap) for each in self._layout.items}
        return items | {facts[fact]: read for fact, read in readers.items() if fact in facts}

    def _read_place(self, cells: tuple[str, ...]) -> _Place:
        province, name_cell, basin, river = cells
        region = read_region(self._regions, self._unwrap(province))
        name = read_name(self._unwrap(name_cell))
        found = read_optional(self._unwrap(river)) or self._river_of(name_cell)
        return _Place(
            section_code(region, name), name, region, read_optional(self._unwrap(basin)), found
        )

    def _read_time(self, cell: str) -> _Time:
        text = self._unwrap(cell)
        if is_missing(text):
            raise CellError(NO_TIME.about(shown=shown(text)))
        try:
            at = self._moment(plain(text))
        except ValueError as error:
            raise CellError(BAD_TIME.about(shown=shown(text), example=_EXAMPLE)) from error
        ahead = at.date() - self._collection.day
        return _Time(int(at.timestamp() * 1000), ahead > _CLOCK_ERROR)

    def _moment(self, text: str) -> datetime:
        try:
            return self._collection.times().read(text, _YEARLESS)
        except ValueError:
            moment = read_moment(text, CHINA)
        if not moment.has_time:
            raise ValueError(text)
        return moment.at.astimezone(CHINA)

    def _read_status(self, cell: str) -> Standing:
        if "station_status" not in self._layout.facts:
            return _NOT_SAID
        return read_status(self._unwrap(cell))


def _item_reader(column: ItemColumn, unwrap: Unwrap) -> Callable[[str], Item]:
    return lambda cell: read_item(column, unwrap(cell))


def _joined(reason: str | None, more: str) -> str:
    return f"{reason};{more}" if reason else more


def _getter(layout: Layout, *facts: str) -> Callable[[list[str]], tuple[str, ...]]:
    """Return what takes the cells of facts; the one after the last stands for those not there."""
    return itemgetter(*(layout.facts.get(fact, len(layout.heading)) for fact in facts))


def _cells(places: Sequence[int]) -> Callable[[list[str]], Sequence[str]]:
    """Return what takes the cells of these places, however many there are."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: [cells[place] for place in places]
