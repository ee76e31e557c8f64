"""Rows of our own template, filled in by people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from lingqu.clock import CHINA
from lingqu.domain_service.imports.cell_refusals import refused_cells
from lingqu.domain_service.imports.form import EXAMPLE, CellRefusal, Row
from lingqu.domain_service.imports.reasons import EMPTY
from lingqu.domain_service.imports.remembered import Remembered
from lingqu.sheets.cells import plain, without_apostrophe
from lingqu.sheets.problems import CellError, shown
from lingqu.sheets.table import SheetRow
from lingqu.sheets.times import Moment, read_moment
from lingqu_water.forms.headings import ItemColumn, Layout
from lingqu_water.forms.reasons import (
    BAD_TIME,
    DAY_ONLY,
    NO_REASON,
    NO_TIME,
    NOT_SIGNED,
    WRONG_CODE,
)
from lingqu_water.forms.values import is_missing, read_item
from lingqu_water.forms.words import (
    LEVELS,
    METHODS,
    VALIDITIES,
    WATER_BODIES,
    YES_NO,
    read_class,
    read_name,
    read_optional,
    read_region,
    read_status,
    read_word,
)
from lingqu_water.readings.model import Item, Reading
from lingqu_water.sections.model import section_code
from lingqu_water.sections.table import Regions

_TIME_EXAMPLE = "2024-03-01 08:00"
Reader = Callable[[str], Any]


class TemplateRows:
    """Reads the rows of a filled-in template; `examples` counts those that were left out.

    A day alone is a time where somebody sampled by hand: the beginning of that day in China.
    """

    def __init__(
        self, layout: Layout, as_of_ms: int, regions: Regions, *, first_place: int = 0
    ) -> None:
        self.examples = 0
        self._first_place = first_place
        self._layout = layout
        self._as_of_ms = as_of_ms
        self._items = [_item_reader(each) for each in layout.items]
        readers = _fact_readers(regions)
        self._facts: dict[str, Reader] = {
            fact: Remembered(readers[fact]).__getitem__ for fact in readers if fact in layout.facts
        }
        self._cells: Mapping[int, Reader] = {
            **{layout.facts[fact]: read for fact, read in self._facts.items()},
            **{each.place: read for each, read in zip(layout.items, self._items, strict=True)},
        }

    def rows(self, rows: Iterable[SheetRow]) -> Iterator[Row[Reading]]:
        place = self._layout.facts["section_name"]
        for row in rows:
            cells = row.cells
            if place < len(cells) and cells[place].startswith(EXAMPLE):
                self.examples += 1
                continue
            cells[:] = map(without_apostrophe, cells)
            refusals = refused_cells(row, self._layout.heading, self._cells)
            if refusals:
                yield Row(row.number, None, refusals)
                continue
            facts = {
                fact: read(cells[self._layout.facts[fact]]) for fact, read in self._facts.items()
            }
            refusals = tuple(self._contradictions(facts))
            reading = None if refusals else self._reading(row.number, cells, facts)
            yield Row(row.number, reading, refusals)

    def _reading(self, number: int, cells: list[str], facts: Mapping[str, Any]) -> Reading:
        status, validity, reason = facts.get("station_status") or (None, "valid", None)
        if facts.get("validity"):
            validity, reason = facts["validity"], facts.get("validity_reason")
        reviewed: Moment | None = facts.get("reviewed_at")
        region, name = facts["province"], facts["section_name"]
        items = zip(self._layout.items, self._items, strict=True)
        return Reading(
            section_code=facts.get("section_code") or section_code(region, name),
            section_name=name,
            reporting_region=region,
            basin=facts.get("basin"),
            river=facts.get("river"),
            water_body=facts.get("water_body") or "unknown",
            sampled_at_ms=_ms(facts["sampled_at"].at),
            published_class=facts.get("published_class"),
            station_status=status,
            method=facts["method"],
            data_level=facts["data_level"],
            validity=validity,
            validity_reason=reason,
            reviewed_by_org=facts.get("reviewed_by_org"),
            reviewed_at_ms=_ms(reviewed.at) if reviewed else None,
            items=tuple(read(cells[column.place]) for column, read in items),
            as_of_ms=self._as_of_ms,
            ordinal=self._first_place + number,
            withdrawn=bool(facts.get("withdrawn")),
            operator_name=facts.get("operator_name"),
            operator_phone=facts.get("operator_phone"),
        )

    def _contradictions(self, facts: Mapping[str, Any]) -> Iterator[CellRefusal]:
        """Yield what is wrong with cells that are well in themselves, but not beside the others."""
        sampled: Moment = facts["sampled_at"]
        if facts["method"] == "auto" and not sampled.has_time:
            day = shown(f"{sampled.at:%Y-%m-%d}")
            yield CellRefusal(
                self._layout.column("sampled_at"), DAY_ONLY.about(shown=day, example=_TIME_EXAMPLE)
            )
        doubt = facts.get("validity")
        if doubt in {"doubtful", "invalid"} and not facts.get("validity_reason"):
            word = _word(VALIDITIES, doubt)
            yield CellRefusal(self._named("validity_reason"), NO_REASON.about(validity=word))
        if facts["data_level"] != "raw":
            level = _word(LEVELS, facts["data_level"])
            for fact in ("reviewed_by_org", "reviewed_at"):
                if not facts.get(fact):
                    yield CellRefusal(self._named(fact), NOT_SIGNED.about(level=level))

    def _named(self, fact: str) -> str:
        """Return the heading of a fact's column, or what it would be where there is none."""
        names = {"validity_reason": "存疑或无效原因", "reviewed_by_org": "审核单位"}
        if fact in self._layout.facts:
            return self._layout.column(fact)
        return names.get(fact, "审核时间")


def _fact_readers(regions: Regions) -> dict[str, Reader]:
    return {
        "province": partial(read_region, regions),
        "basin": read_optional,
        "river": read_optional,
        "section_name": read_name,
        "section_code": _optional(_read_code),
        "water_body": _optional(partial(read_word, WATER_BODIES)),
        "sampled_at": _read_sampled,
        "method": _required(partial(read_word, METHODS)),
        "data_level": _required(partial(read_word, LEVELS)),
        "validity": _optional(partial(read_word, VALIDITIES)),
        "validity_reason": read_optional,
        "reviewed_by_org": read_optional,
        "reviewed_at": _optional(_read_moment),
        "published_class": read_class,
        "station_status": _optional(read_status),
        "withdrawn": _optional(partial(read_word, YES_NO)),
        "operator_name": _personal,
        "operator_phone": _personal,
    }


def _item_reader(column: ItemColumn) -> Callable[[str], Item]:
    return Remembered(partial(read_item, column)).__getitem__


def _optional(read: Reader) -> Reader:
    return lambda text: None if is_missing(text) else read(text)


def _required(read: Reader) -> Reader:
    def required(text: str) -> Any:
        if is_missing(text):
            raise CellError(EMPTY.about())
        return read(text)

    return required


def _read_sampled(text: str) -> Moment:
    if is_missing(text):
        raise CellError(NO_TIME.about(shown=shown(text)))
    return _read_moment(text)


def _read_moment(text: str) -> Moment:
    try:
        return read_moment(text, CHINA)
    except ValueError as error:
        problem = BAD_TIME.about(shown=shown(text), example=_TIME_EXAMPLE)
        raise CellError(problem) from error


def _read_code(text: str) -> str:
    found = plain(text)
    if not all(each.isalnum() or each in "-_." for each in found):
        raise CellError(WRONG_CODE.about(shown=shown(text)))
    return found


def _personal(text: str) -> str | None:
    """Return the text: whatever it is, it is never quoted."""
    return text.strip() or None


def _word(words: Mapping[str, str], code: str) -> str:
    return next(word for word, each in words.items() if each == code)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
