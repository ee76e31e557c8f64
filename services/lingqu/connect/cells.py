"""The cells of one row made into an event as JSON carries it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Named
from dataclasses import dataclass
from typing import Any

from lingqu.connect.mapping import PLACE, FieldMapping, ItemMapping, Mapping
from lingqu.sheets.times import LocalTimes

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one line of a file does not become an event, or did not get in."""

    line: int
    code: str
    field: str | None
    reason: str


class Unmappable(Exception):  # noqa: N818 - it never leaves the reader: a Refusal does
    """A cell that cannot be mapped."""

    def __init__(self, code: str, field: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.field = field


class RowMapper:
    """Applies one mapping to row after row."""

    def __init__(self, mapping: Mapping, times: LocalTimes | None) -> None:
        """Take `times` as None where neither the file nor the caller said when it was collected."""
        self._mapping = mapping
        self._times = times

    def event(self, cells: Named[str, str]) -> dict[str, Any]:
        """Return the event; raise Unmappable naming the column and what is wrong with it."""
        event: dict[str, Any] = {}
        for name, field in self._mapping.fields.items():
            value = self._field(name, field, cells, event)
            if value is not None:
                event[name] = value
        for name, items in self._mapping.lists.items():
            event[name] = [self._item(name, item, cells) for item in items]
        return event

    def _field(
        self, name: str, field: FieldMapping, cells: Named[str, str], event: Named[str, Any]
    ) -> Any:
        if "value" in field.model_fields_set:
            return field.value
        text = self._text(field, cells, event)
        if text is not None:
            return self._convert(name, field, text)
        if field.required:
            code = "no_time" if field.time else "missing_field"
            kind = "no real time" if field.time else "no value"
            raise Unmappable(code, name, f"{_origin(field)} holds {kind}")
        return field.default

    def _text(
        self, field: FieldMapping, cells: Named[str, str], event: Named[str, Any]
    ) -> str | None:
        """Return the text, or None where the cell or a field in the template is missing."""
        if field.template is None:
            cell = cells[field.column or ""].strip()
            return None if self._is_missing(cell) else cell
        if any(place not in event for place in field.places()):
            return None
        return PLACE.sub(lambda place: str(event[place[1]]), field.template)

    def _convert(self, name: str, field: FieldMapping, text: str) -> Any:
        if field.map is not None:
            if text in field.map:
                return field.map[text]
            if "default" in field.model_fields_set:
                return field.default
            reason = f"{_origin(field)} holds a value that the mapping's map does not list"
            raise Unmappable("not_in_map", name, reason)
        if field.time is not None:
            return self._time(name, field, text)
        return _number(text, name, _origin(field)) if field.number else text

    def _time(self, name: str, field: FieldMapping, text: str) -> str:
        assert self._times is not None  # noqa: S101 - the reader made sure
        try:
            moment = self._times.read(unicodedata.normalize("NFKC", text), field.time or "")
        except ValueError:
            reason = f"{_origin(field)} holds no real time of the form {field.time!r}"
            raise Unmappable("no_time", name, reason) from None
        return moment.isoformat()

    def _item(self, name: str, item: ItemMapping, cells: Named[str, str]) -> dict[str, Any]:
        cell = cells[item.column].strip()
        missing = self._is_missing(cell)
        entry = dict(item.set)
        if not missing:
            entry[item.value] = _number(cell, f"{name}.{item.value}", f"column {item.column!r}")
        flag = self._mapping.missing.get(cell) if missing else item.measured
        if item.flag is not None and flag is not None:
            entry[item.flag] = flag
        return entry

    def _is_missing(self, cell: str) -> bool:
        return cell == "" or cell in self._mapping.missing


def _number(text: str, name: str, origin: str) -> int | float:
    plain = unicodedata.normalize("NFKC", text)  # tables typed by hand hold full-width digits
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise Unmappable("no_number", name, f"{origin} holds neither a number nor a missing marker")
    return int(plain) if _WHOLE.fullmatch(plain) else float(plain)


def _origin(field: FieldMapping) -> str:
    return f"column {field.column!r}" if field.column else f"the template {field.template!r}"
