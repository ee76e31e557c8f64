"""Each format read back by a library that did not write it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lingqu.connect.batch import Batch
from lingqu.connect.samples import Lane, batch_of, sample_batch
from lingqu_connectors.file import avro_container, json_lines, parquet, spreadsheet

LANE = Lane("partner-a", "trial.reading.v1")
FIRST = datetime(2026, 1, 5, 8, 0, 1, tzinfo=UTC)

TEXTS = json.dumps(
    {
        "type": "record",
        "name": "Note",
        "fields": [
            {"name": "text", "type": ["null", "string"], "default": None},
            {"name": "level", "type": "double"},
        ],
    }
)


def notes(*texts: str | None) -> Batch:
    rows = [{"text": text, "level": -1.5} for text in texts]
    return batch_of(LANE, TEXTS, rows, range(1, len(rows) + 1), [None] * len(rows))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_avro_container_is_read_by_fastavro_with_the_number_last() -> None:
    content = avro_container.encode(sample_batch(LANE, 5, 2_500), "a.avro")
    reader = fastavro.reader(io.BytesIO(content))
    events: list[Any] = list(reader)
    assert [event["lq_seq"] for event in events] == list(range(5, 2_505))
    assert events[1] == {
        "event_id": "00000000-0000-7000-8000-000000000006",
        "occurred_at": datetime(2026, 1, 5, 8, 0, 6, tzinfo=UTC),
        "meter": "M6",
        "level": 1.5,
        "parts": [],
        "lq_seq": 6,
    }
    assert reader.writer_schema["fields"][-1]["name"] == "lq_seq"


@pytest.mark.parametrize("sequence", [1, 63, 64, 127, 128, 8_191, 8_192, 2**31, 2**62])
def test_avro_container_writes_numbers_of_any_size(sequence: int) -> None:
    content = avro_container.encode(sample_batch(LANE, sequence, 1), "a.avro")
    assert [event["lq_seq"] for event in fastavro.reader(io.BytesIO(content))] == [sequence]


def test_json_lines_are_one_object_an_event_with_instants_in_utc() -> None:
    lines = json_lines.encode(sample_batch(LANE, 1, 5), "").splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["lq_seq"] for event in events] == [1, 2, 3, 4, 5]
    assert events[0] == {
        "event_id": "00000000-0000-7000-8000-000000000001",
        "occurred_at": "2026-01-05T08:00:01.000Z",
        "meter": "M1",
        "level": 0.25,
        "parts": [{"label": "0"}],
        "lq_seq": 1,
    }
    assert events[4]["level"] is None


def test_parquet_keeps_types_and_instants() -> None:
    table = pq.read_table(pa.BufferReader(parquet.encode(sample_batch(LANE, 1, 4), "")))
    assert table.column_names[-1] == "lq_seq"
    assert table.schema.field("occurred_at").type == pa.timestamp("ms", tz="UTC")
    assert table.column("occurred_at")[0].as_py() == FIRST
    assert table.column("parts").to_pylist()[1] == [{"label": "0"}, {"label": "1"}]
    assert table.column("lq_seq").to_pylist() == [1, 2, 3, 4]


def test_csv_has_a_byte_order_mark_a_header_and_lists_as_json() -> None:
    content = spreadsheet.encode(sample_batch(LANE, 1, 5), "")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = rows_of(content)
    assert rows[1] == {
        "event_id": "00000000-0000-7000-8000-000000000002",
        "occurred_at": "2026-01-05T08:00:02.000Z",
        "meter": "M2",
        "level": "0.5",
        "parts": '[{"label":"0"},{"label":"1"}]',
        "lq_seq": "2",
    }
    assert rows[4]["level"] == ""


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 10", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x"]
)
def test_csv_disarms_what_a_spreadsheet_would_calculate(text: str) -> None:
    row = rows_of(spreadsheet.encode(notes(text), ""))[0]
    assert row["text"] == f"'{text}"
    assert row["level"] == "-1.5", "a negative number is no formula"


@pytest.mark.parametrize(
    "text", ["", "a,b", 'say "x"', "a\nb", "湘江", "𠮷", "'quoted", "1=1", " =1"]
)
def test_csv_leaves_other_text_alone(text: str) -> None:
    assert rows_of(spreadsheet.encode(notes(text), ""))[0]["text"] == text


def test_csv_tells_a_null_from_an_empty_text() -> None:
    lines = spreadsheet.encode(notes(None, ""), "").splitlines()
    assert lines[1:] == [b",-1.5,1", b'"",-1.5,2']


@pytest.mark.parametrize("encode", [json_lines.encode, parquet.encode, spreadsheet.encode])
def test_an_instant_beyond_the_year_9999_does_not_fail_its_batch(
    encode: Callable[[Batch, str], bytes],
) -> None:
    batch = sample_batch(LANE, 1, 1)
    row = batch.columns().to_pylist()[0] | {"occurred_at": 253_402_300_800_000}
    later = batch_of(LANE, batch.schema, [row], [1], [None])
    assert encode(later, "")


@pytest.mark.parametrize(
    "encode", [avro_container.encode, json_lines.encode, parquet.encode, spreadsheet.encode]
)
def test_the_same_events_give_the_same_bytes(encode: Callable[[Batch, str], bytes]) -> None:
    once, again = (encode(sample_batch(LANE, 7, 1_200), "name") for _ in range(2))
    assert once == again
    assert once != encode(sample_batch(LANE, 8, 1_200), "name")


def test_an_empty_file_has_the_columns_of_one_that_is_not() -> None:
    nothing, one = sample_batch(LANE, 5, 0), sample_batch(LANE, 5, 1)
    assert list(fastavro.reader(io.BytesIO(avro_container.encode(nothing, "a")))) == []
    assert json_lines.encode(nothing, "a") == b""
    assert spreadsheet.encode(nothing, "a") == spreadsheet.encode(one, "a").splitlines(True)[0]
    empty, filled = (pq.read_table(io.BytesIO(parquet.encode(b, "a"))) for b in (nothing, one))
    assert (len(empty), empty.schema.names) == (0, filled.schema.names)
