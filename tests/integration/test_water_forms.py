"""The published files, read and judged as statements, against the counts written beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from tests.support.water import shared_file

from lingqu.domain_service.imports.form import Row
from lingqu_water.forms import read
from lingqu_water.readings.change import History, Statement, decide
from lingqu_water.readings.model import Key, Reading, content_digest
from lingqu_water.readings.rank import rank_of


def rows_of(path: str, collected_on: date | None = None) -> tuple[list[Row[Reading]], list[str]]:
    file = shared_file(path)
    with read(file, file.name, collected_on=collected_on) as form:
        return list(form), form.notes


def outcomes(rows: list[Row[Reading]]) -> Counter[str]:
    """Return what the rows come to, one key after the other, with nothing known before."""
    by_key: dict[Key, list[Reading]] = defaultdict(list)
    for row in rows:
        if row.statement:
            by_key[row.statement.key].append(row.statement)
    found: Counter[str] = Counter(refused=sum(row.statement is None for row in rows))
    for readings in by_key.values():
        statements = [
            Statement(place, content_digest(each), rank_of(each))
            for place, each in enumerate(readings)
        ]
        told = decide(History(), statements).outcomes
        for place, outcome in sorted(told.items()):
            withdrawn = outcome == "revision" and _is_withdrawn(readings, place)
            found["withdrawal" if withdrawn else outcome] += 1
    return found


def _is_withdrawn(readings: list[Reading], place: int) -> bool:
    before = [each.published_class for each in readings[:place]]
    return bool(before and before[-1]) and readings[place].published_class is None


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("hunan", (2072, 1872, 146, 25, 0, 29)),
        ("jiangxi", (1976, 1765, 69, 32, 21, 89)),
        ("guangdong", (2776, 2118, 385, 19, 0, 254)),
    ],
)
def test_the_4_hourly_files_give_the_counts_written_beside_them(
    name: str, counts: tuple[int, ...]
) -> None:
    rows, _ = rows_of(f"hourly4_2021/{name}.csv", date(2021, 4, 6))
    found = outcomes(rows)
    kinds = ("first", "repeat", "revision", "withdrawal", "refused")
    assert (len(rows), *(found[kind] for kind in kinds)) == counts
    codes = {each.problem.code for row in rows for each in row.refusals}
    assert codes == {"no_time"}


@pytest.mark.parametrize(
    ("name", "read_", "refused", "filtered", "notes"),
    [
        ("2020-05-08", 1901, 0, 0, 1),
        ("2020-06-15", 98, 28, 16, 0),
        ("2020-11-01", 98, 20, 7, 0),
        ("2021-03-31", 98, 19, 5, 2),
        ("2021-04-05", 98, 19, 4, 2),
    ],
)
def test_the_raw_replies_give_the_counts_written_beside_them(
    name: str, read_: int, refused: int, filtered: int, notes: int
) -> None:
    rows, told = rows_of(f"raw_json/{name}.json")
    items = [item for row in rows if row.statement for item in row.statement.items]
    assert (len(rows), sum(row.statement is None for row in rows)) == (read_, refused)
    assert sum(item.flag == "filtered" for item in items) == filtered
    assert len(told) == notes
    assert {each.statement.unordered for each in rows if each.statement} == {True}


def test_two_rows_of_one_reply_that_contradict_each_other_are_a_conflict() -> None:
    rows, _ = rows_of("raw_json/2020-05-08.json")
    assert outcomes(rows) == {"refused": 0, "first": 1900, "conflict": 1}
    twice = [
        row.statement for row in rows if row.statement and row.statement.section_name == "临淮乡"
    ]
    assert len({reading.key for reading in twice}) < len(twice)


def test_the_snapshot_gives_a_reading_a_row() -> None:
    rows, notes = rows_of("snapshot_2026/snapshot_20260204.csv")
    assert outcomes(rows) == {"refused": 0, "first": 1156}
    assert notes == []


def test_old_rows_stay_in_their_year() -> None:
    rows, _ = rows_of("hourly4_2021/guangdong.csv", date(2021, 4, 6))
    start = 1_609_430_400_000  # 2021 in China
    times = [row.statement.sampled_at_ms for row in rows if row.statement]
    assert min(times) >= start
    assert sum(each < 1_617_206_400_000 for each in times) == 32  # before April


def test_a_long_table_is_read_row_by_row() -> None:
    content = many(shared_file("hourly4_2021/hunan.csv"), 40)
    with read(BytesIO(content), "x.csv", collected_on=date(2021, 4, 6)) as form:
        assert [row.number for row in form] == list(range(2, 2 + 40 * 2072))


def many(path: Path, times: int) -> bytes:
    heading, _, body = path.read_bytes().partition(b"\n")
    return b"\n".join([heading, *[body.strip()] * times])
