"""One file's rows, a part at a time, as the source hands them over."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import orjson

from lingqu.connect.cells import Refusal
from lingqu.connect.event_files import TABLES, Read, Record, as_json, read_records
from lingqu.connect.mapping import Mapping
from lingqu.connect.record_source import SourceRow
from lingqu.errors import InputError, Reason
from lingqu_connectors.file.incoming import Arrived, check_manifest

_EVENTS = frozenset({".avro", ".jsonl", ".ndjson", ".json"})
_CHINA = timedelta(hours=8)

# A day in a file's name: 2020-05-08, 2020_05_08 or 20200508, and no longer number around it.
_DAY = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")

# The file sink's own number of an event: it is not a field of any contract.
_SEQUENCE = "lq_seq"


@dataclass(slots=True)
class Part:
    """Some rows of a file, and whether they are its last."""

    rows: list[SourceRow]
    ended: bool


class Reading:
    """A file being read; whatever is wrong with the whole of it is the reason of a last row."""

    def __init__(
        self, file: Arrived, mapping: Mapping | None, collected_on: date | None, *, skip: int = 0
    ) -> None:
        self.file = file
        self.rows = skip
        day = collected_on or _day_of(file, mapping)
        self._records = self._open(mapping, day, skip)

    def next_part(self, most: int) -> Part:
        """Return the next rows; the same ones as at another time, unless the file has changed."""
        try:
            part = [self._row(each) for each in islice(self._records, most)]
        except InputError as error:
            return self._broken(str(error))
        except FileNotFoundError:
            part = []
        if not self.file.unchanged:
            return self._broken(
                f"{self.file.name} was changed or taken away while it was read, after {self.rows:,}"
                " rows; put files in whole, under another name first"
            )
        self.rows += len(part)
        return Part(part, ended=len(part) < most)

    def _open(self, mapping: Mapping | None, day: date | None, skip: int) -> Read:
        """Yield nothing before it is asked for: what goes wrong then is the file's fault."""
        check_manifest(self.file)
        suffix = self.file.path.suffix.lower()
        if suffix not in _EVENTS | TABLES:
            known = ", ".join(sorted(_EVENTS | {".csv", ".xlsx"}))
            raise InputError(f"{self.file.name}: no format has the ending {suffix!r}; send {known}")
        with closing(read_records(self.file.path, mapping, day)) as records:  # type: ignore[type-var]
            yield from islice(records, skip, None)

    def _row(self, read: Record | Refusal) -> SourceRow:
        place = f"{self.file.name}, line {read.line}"
        if isinstance(read, Refusal):
            return SourceRow(place, None, _reason(read))
        event = _plain(read.event) if self.file.path.suffix.lower() == ".avro" else read.event
        event.pop(_SEQUENCE, None)
        return SourceRow(place, event)

    def _broken(self, why: str) -> Part:
        return Part([SourceRow(self.file.name, None, Reason("undecodable", why))], ended=True)


def _reason(refusal: Refusal) -> Reason:
    named = f"field {refusal.field!r}: " if refusal.field else ""
    detail = f"{named}{refusal.reason}"
    if refusal.code == "missing_field":
        return Reason("missing_field", detail, field=refusal.field)
    return Reason("undecodable", detail, field=refusal.field)


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    """Return an Avro event as JSON would carry it: instants and days as text."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(event, default=as_json))
    return plain


def _day_of(file: Arrived, mapping: Mapping | None) -> date | None:
    """Return the day a table was collected, as its name tells it, or its mapping, or the disk."""
    named = _DAY.search(file.name)
    if named is not None:
        try:
            return date(int(named[1]), int(named[3]), int(named[4]))
        except ValueError:
            pass  # 31 February is no day, so the digits were none
    if mapping is not None and mapping.collected_on is not None:
        return mapping.collected_on
    return (datetime.fromtimestamp(file.shape.changed_ns / 1e9, UTC) + _CHINA).date()
