"""Files of events, read one by one: JSON lines, Avro containers, tables with a mapping."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import fastavro
import orjson

from lingqu.connect.cells import Refusal, RowMapper, Unmappable
from lingqu.connect.mapping import Mapping
from lingqu.errors import ContractError, InputError
from lingqu.sheets.encoding import USUAL, fitting_encoding
from lingqu.sheets.opening import open_table
from lingqu.sheets.table import WHOLE_ROW, trimmed
from lingqu.sheets.times import LocalTimes

TABLES = frozenset({".csv", ".xlsx", ".xls", ".et"})
_AVRO_MAGIC = b"Obj\x01"


@dataclass(frozen=True, slots=True)
class Record:
    """One event as read, with the line where it begins (in Avro, its place, from 1)."""

    line: int
    event: dict[str, Any]


Read = Iterator[Record | Refusal]


def read_records(path: Path, mapping: Mapping | None, collected_on: date | None) -> Read:
    """Read events, and the lines that are none; raise InputError where the whole file fails."""
    try:
        with path.open("rb") as file:
            is_avro = file.read(len(_AVRO_MAGIC)) == _AVRO_MAGIC
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if is_avro:
        return _read_avro(path)
    suffix = path.suffix.lower()
    if suffix not in TABLES:
        return _read_json_lines(path)
    if mapping is None:
        raise InputError(f"{path} is a table: say by a mapping (--mapping) which column is which")
    read_table = _read_table if suffix == ".csv" else _read_workbook
    return read_table(path, mapping, collected_on or mapping.collected_on)


def as_json(value: object) -> str:
    """Return Avro's JSON form of what JSON has no type for; TypeError for anything else."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def _read_json_lines(path: Path) -> Read:
    with path.open("rb") as file:
        for line, text in enumerate(file, 1):
            bare = text.removeprefix(codecs.BOM_UTF8).strip()
            if not bare:
                continue
            try:
                event = orjson.loads(bare)
            except orjson.JSONDecodeError as error:
                yield Refusal(line, "undecodable", None, f"not JSON at column {error.colno}")
                continue
            if isinstance(event, dict):
                yield Record(line, event)
            else:
                yield Refusal(line, "undecodable", None, "not a JSON object")


def _read_avro(path: Path) -> Read:
    """Read up to where the container is damaged; what follows has no beginning any more."""
    place = 0
    with path.open("rb") as file:
        try:
            for place, event in enumerate(fastavro.reader(file), 1):
                yield Record(place, dict(event))
        except Exception as error:  # noqa: BLE001 - fastavro raises whatever damaged bytes lead to
            kind = type(error).__name__
            reason = f"the container is damaged or cut short here ({kind}); the rest is not read"
            yield Refusal(place + 1, "undecodable", None, reason)


def _read_table(path: Path, mapping: Mapping, collected_on: date | None) -> Read:
    times = _times(path, mapping, collected_on)
    mapper = RowMapper(mapping, times)
    with path.open(encoding=_encoding(path, mapping.encoding), newline="") as file:
        reader = csv.reader(file)
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header, mapping)
        for line, cells in _lines(reader):
            if isinstance(cells, Refusal):
                yield cells
            elif len(cells) != len(header):
                reason = f"{len(cells)} cells under {len(header)} columns"
                yield Refusal(line, "undecodable", None, reason)
            else:
                yield _mapped(mapper, line, dict(zip(header, cells, strict=True)))


def _read_workbook(path: Path, mapping: Mapping, collected_on: date | None) -> Read:
    mapper = RowMapper(mapping, _times(path, mapping, collected_on))
    with path.open("rb") as file:
        table = open_table(file, str(path), lambda cells: mapping.columns() <= set(trimmed(cells)))
        try:
            for number, cells, refused in table.rows():
                if refused:
                    place, problem = next(iter(refused.items()))
                    column = table.heading[place] if place != WHOLE_ROW else None
                    yield Refusal(number, problem.code, column, problem.reason)
                else:
                    yield _mapped(mapper, number, dict(zip(table.heading, cells, strict=True)))
        finally:
            table.close()


def _lines(reader: Any) -> Iterator[tuple[int, list[str] | Refusal]]:
    """Give each row the line where it begins; a row that is not CSV becomes its refusal."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Refusal(line, "undecodable", None, f"not CSV: {error}")
            continue
        if cells:
            yield line, cells


def _mapped(mapper: RowMapper, line: int, cells: dict[str, str]) -> Record | Refusal:
    try:
        return Record(line, mapper.event(cells))
    except Unmappable as unmappable:
        return Refusal(line, unmappable.code, unmappable.field, str(unmappable))


def _times(path: Path, mapping: Mapping, collected_on: date | None) -> LocalTimes:
    patterns = [field.time for field in mapping.fields.values() if field.time]
    yearless = [pattern for pattern in patterns if "%Y" not in pattern and "%y" not in pattern]
    if yearless and collected_on is None:
        raise InputError(
            f"the times in {path} have no year: say on which day it was collected (--collected-on)"
        )
    return LocalTimes(ZoneInfo(mapping.timezone), collected_on or date.min)


def _check_header(path: Path, header: list[str], mapping: Mapping) -> None:
    absent = sorted(mapping.columns() - set(header))
    if absent:
        raise ContractError(
            f"{path} has no column {absent[0]!r} that the mapping names; it has {', '.join(header)}"
        )


def _encoding(path: Path, said: str) -> str:
    """Return the encoding that the whole file fits."""
    with path.open("rb") as file:
        encoding = fitting_encoding(file, USUAL if said == "auto" else (said,))
    if encoding is not None:
        return encoding
    tried = "neither UTF-8 nor GB18030" if said == "auto" else f"not {said}, as the mapping says"
    raise InputError(f"{path} is {tried}; save it as UTF-8")
