"""Published classes beside computed ones, row by row, over files that carry both."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from lingqu.clock import CHINA
from lingqu.domain_service.imports.form import Form
from lingqu_water.forms import read
from lingqu_water.judgement.classify import classify
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.water_class import RANKS
from lingqu_water.readings.judge import day_of
from lingqu_water.readings.model import Item, Reading
from lingqu_water.sections.table import load_sections

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("LINGQU_SHARED_DATA", ROOT.parent / "shared" / "data")) / "water"
HOURLY = tuple(f"hourly4_2021/{name}.csv" for name in ("hunan", "jiangxi", "guangdong"))
OTHERS = (
    *(
        f"raw_json/{day}.json"
        for day in ("2020-05-08", "2020-06-15", "2020-11-01", "2021-03-31", "2021-04-05")
    ),
    "snapshot_2026/snapshot_20260204.csv",
)
JUDGED = ("ph", "do", "codmn", "nh3n", "tp")

# Tables show so many decimals; the publisher's own value lies within half of the last one.
SHOWN_DECIMALS = {"ph": 2, "do": 2, "codmn": 2, "nh3n": 3, "tp": 3}
_COLLECTED = date(2021, 4, 6)
_NO_TIME = frozenset({"*", "--"})
_PLACEHOLDER = "04-01 00:00"
_PLACEHOLDER_MS = int(datetime(2021, 4, 1, tzinfo=CHINA).timestamp() * 1000)

Cause = str
ROUNDED = "显示值修约:限值落在显示值的修约区间内"
KIND = "水体类型:按另一类型的总磷限值则一致"
MISSING = "缺项:应评项目有缺,公布类别更差"
NEIGHBOUR = "时次错位:公布类别等于该断面相邻时次的类别"
OTHER = "其他:公布的监测值不能得出公布的类别"
CAUSES = (ROUNDED, MISSING, NEIGHBOUR, KIND, OTHER)


@dataclass(frozen=True, slots=True)
class Compared:
    """One row with a published class, and the class its own values have."""

    file: str
    row: int
    reading: Reading
    kind: str
    published: str
    computed: str | None
    cause: Cause | None = None

    @property
    def agrees(self) -> bool:
        return self.computed == self.published

    @property
    def timed(self) -> bool:
        """Return False for a row without a real time; the hourly files begin four hours later."""
        return self.file not in HOURLY or self.reading.sampled_at_ms != _PLACEHOLDER_MS


@cache
def kinds(*, doubtful: bool = True) -> Mapping[str, str]:
    """Return the kind of each section of the table; on demand without those still to be checked."""
    return {
        section.code: section.kind for section in load_sections() if section.verified or doubtful
    }


def compare(file: str, table: Mapping[str, str] | None = None) -> list[Compared]:
    """Return every row of the file that has a published class; kinds come from the table alone."""
    known = kinds() if table is None else table
    return list(_compared(file, known))


def explained(rows: Iterable[Compared]) -> list[Compared]:
    """Return the rows that disagree, each with its cause: the first of CAUSES that fits."""
    all_rows = list(rows)
    around = _neighbours(row for row in all_rows if row.timed)
    return [
        replace(row, cause=_cause(row, around.get(_place(row), set())))
        for row in all_rows
        if not row.agrees
    ]


def _compared(file: str, table: Mapping[str, str]) -> Iterator[Compared]:
    with _open(file) as form:
        for row in form:
            reading = row.statement
            if reading is not None and reading.published_class is not None:
                kind = table.get(reading.section_code, "river")
                computed = _judge(reading.items, kind, reading)
                yield Compared(file, row.number, reading, kind, reading.published_class, computed)


def _open(file: str) -> Form[Reading]:
    path = SHARED / file
    source: Path | BinaryIO = _with_times(path) if file in HOURLY else path
    return read(source, path.name, collected_on=_COLLECTED if file in HOURLY else None)


def _with_times(path: Path) -> BinaryIO:
    """Give rows without a real time some time: they are refused as readings, but have a class."""
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    place = heading.index("监测时间")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    for row in rows:
        timed = [*row]
        timed[place] = _PLACEHOLDER if row[place] in _NO_TIME else row[place]
        writer.writerow(timed)
    return io.BytesIO(text.getvalue().encode())


def _judge(items: Iterable[Item], kind: str, reading: Reading) -> str | None:
    return classify(tuple(items), kind, day_of(reading.sampled_at_ms)).water_class


def _cause(row: Compared, around: set[str | None]) -> Cause:
    if "raw_json" not in row.file and _is_rounded(row):
        return ROUNDED
    worse = row.computed is None or RANKS[row.published] > RANKS[row.computed]
    if worse and any(value is None for value in values(row).values()):
        return MISSING
    if row.published in around:
        return NEIGHBOUR
    other = "river" if row.kind == "lake" else "lake"
    fits = _judge(row.reading.items, other, row.reading) == row.published
    return KIND if fits else OTHER


def _is_rounded(row: Compared) -> bool:
    """Return whether values that would be shown alike have the published class."""
    best, worst = (
        _judge(_moved(row.reading.items, sign), row.kind, row.reading) for sign in (-1, 1)
    )
    if best is None or worst is None:
        return False
    return RANKS[best] <= RANKS[row.published] <= RANKS[worst]


def _moved(items: Iterable[Item], sign: int) -> Iterator[Item]:
    """Move each judged value by half its last decimal, for the better (-1) or the worse (1)."""
    for item in items:
        spec = shipped_items().by_code.get(item.code)
        if spec is None or spec.key not in SHOWN_DECIMALS or item.value is None:
            yield item
            continue
        half = 0.5 * 10.0 ** -SHOWN_DECIMALS[spec.key]
        downward = spec.key == "do" or (spec.key == "ph" and item.value < 7)
        yield item._replace(value=item.value + half * (-sign if downward else sign))


def values(row: Compared) -> dict[str, float | None]:
    """Return the judged items' values by key."""
    there = {item.code: item.value for item in row.reading.items}
    return {key: there.get(shipped_items().code(key)) for key in JUDGED}


def _place(row: Compared) -> tuple[str, int]:
    return row.reading.section_code, row.reading.sampled_at_ms


def _neighbours(rows: Iterable[Compared]) -> dict[tuple[str, int], set[str | None]]:
    """Return for each section and time the classes computed just before and just after."""
    by_section: dict[str, dict[int, set[str | None]]] = {}
    for row in rows:
        times = by_section.setdefault(row.reading.section_code, {})
        times.setdefault(row.reading.sampled_at_ms, set()).add(row.computed)
    around: dict[tuple[str, int], set[str | None]] = {}
    for section, times in by_section.items():
        for before, after in pairwise(sorted(times)):
            around.setdefault((section, after), set()).update(times[before])
            around.setdefault((section, before), set()).update(times[after])
    return around
