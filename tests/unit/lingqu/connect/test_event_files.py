from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import pytest
from openpyxl import Workbook

from lingqu.connect.cells import Refusal
from lingqu.connect.event_files import Record, as_json, read_records
from lingqu.connect.mapping import Mapping
from lingqu.errors import ContractError, InputError

MAPPING = Mapping.model_validate(
    {
        "topic": "post.parcel.v1",
        "source": "counter",
        "missing": {"*": "none"},
        "fields": {
            "town": {"column": "镇", "required": True},
            "at": {"column": "时间", "time": "%m-%d", "required": True},
        },
    }
)
DAY = date(2021, 4, 6)
TABLE = '镇,时间\n益阳,04-01\n*,04-01\n\n长沙\n"湘\n潭",04-02\n株洲,soon\n'


def read(path: Path, mapping: Mapping | None = None, day: date | None = None) -> list[Any]:
    return list(read_records(path, mapping, day))


def table(tmp_path: Path, encoding: str, text: str = TABLE) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_each_usual_encoding(tmp_path: Path, encoding: str) -> None:
    found = read(table(tmp_path, encoding), MAPPING, DAY)
    towns = [(one.line, one.event["town"]) for one in found if isinstance(one, Record)]
    assert towns == [(2, "益阳"), (6, "湘\n潭")]


def test_rows_that_cannot_be_mapped_are_reported_by_line_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    found = read(table(tmp_path, "utf-8"), MAPPING, DAY)
    refused = [(one.line, one.code, one.field) for one in found if isinstance(one, Refusal)]
    assert refused == [
        (3, "missing_field", "town"),
        (5, "undecodable", None),
        (8, "no_time", "at"),
    ]


def test_a_file_in_no_known_encoding_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("镇,时间\n".encode() + b"\xff\xff\n")
    with pytest.raises(InputError, match="neither UTF-8 nor GB18030"):
        read(path, MAPPING, DAY)


def test_times_without_year_need_the_day_of_collection(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--collected-on"):
        read(table(tmp_path, "utf-8"), MAPPING)


def test_a_table_without_a_named_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="has no column '时间'"):
        read(table(tmp_path, "utf-8", "镇,日期\n"), MAPPING, DAY)


def test_a_table_without_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--mapping"):
        read(table(tmp_path, "utf-8"))


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "none.jsonl")


def test_json_lines_are_read_and_broken_ones_reported(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a":1}\n\n{"a":\n[1]\n{"a":2}')
    first, broken, array, last = read(path)
    assert (first, last) == (Record(1, {"a": 1}), Record(5, {"a": 2}))
    assert (broken.line, array.line) == (3, 4)
    assert array.reason == "not a JSON object"


AVRO = fastavro.parse_schema(
    {
        "type": "record",
        "name": "Parcel",
        "fields": [{"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}],
    }
)


def container(tmp_path: Path, count: int) -> Path:
    path = tmp_path / "events.avro"
    with path.open("wb") as file:
        rows = [{"at": datetime(2021, 4, 1, tzinfo=UTC)}] * count
        fastavro.writer(file, AVRO, rows, sync_interval=20)
    return path


def test_an_avro_container_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = container(tmp_path, 3).rename(tmp_path / "events.bin")
    assert [one.line for one in read(path)] == [1, 2, 3]
    assert read(path)[0].event == {"at": datetime(2021, 4, 1, tzinfo=UTC)}


def test_a_damaged_container_gives_what_stands_before_the_damage(tmp_path: Path) -> None:
    path = container(tmp_path, 20)
    path.write_bytes(path.read_bytes()[:-20])
    *good, refusal = read(path)
    assert 0 < len(good) < 20
    assert isinstance(refusal, Refusal)
    assert refusal.line == len(good) + 1


def test_a_workbook_is_read_as_the_table_it_holds(tmp_path: Path) -> None:
    book = Workbook()
    for row in ("某市公报", "镇,时间", "益阳,04-01", "=A3,04-01", "株洲,04-02"):
        book["Sheet"].append(row.split(","))
    book.save(tmp_path / "table.xlsx")
    found = read(tmp_path / "table.xlsx", MAPPING, DAY)
    towns = [(one.line, one.event["town"]) for one in found if isinstance(one, Record)]
    refused = [(one.line, one.code, one.field) for one in found if isinstance(one, Refusal)]
    assert towns == [(3, "益阳"), (5, "株洲")]
    assert refused == [(4, "formula", "镇")]


def test_what_avro_has_and_json_has_not_becomes_text() -> None:
    assert (as_json(b"\xff"), as_json(Decimal("1.50"))) == ("\xff", "1.50")
    with pytest.raises(TypeError):
        as_json(object())
