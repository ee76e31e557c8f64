"""A batch as CloudEvents, as a program that is not ours reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.connect.samples import REGION, SCHEMA, Lane, batch_of, sample_batch
from lingqu.errors import PermanentError
from lingqu_connectors.http.cloud_events import encode

LANE = Lane("feed", "trial.reading.v1")
ROW: dict[str, Any] = {
    "event_id": "e1",
    "occurred_at": 1_767_600_000_123,
    "meter": 'M"1\\\n\u2028水',
    "level": 7.5,
    "parts": [{"label": "a"}],
}


def encoded(rows: list[dict[str, Any]], keys: list[bytes | None]) -> list[dict[str, Any]]:
    batch = batch_of(LANE, SCHEMA, rows, range(1, len(rows) + 1), keys)
    found: list[dict[str, Any]] = json.loads(encode(batch, REGION))
    return found


def test_attributes_are_those_of_the_envelope_and_data_is_the_whole_view() -> None:
    (event,) = encoded([ROW], ["M|水".encode()])
    assert event == {
        "specversion": "1.0",
        "id": "e1",
        "source": f"urn:lingqu:{REGION}",
        "type": "trial.reading.v1",
        "time": "2026-01-05T08:00:00.123Z",
        "subject": "M|水",
        "lqseq": 1,
        "datacontenttype": "application/json",
        "data": {**ROW, "occurred_at": "2026-01-05T08:00:00.123Z"},
    }


def test_the_source_is_the_origin_that_the_event_names() -> None:
    schema = json.loads(SCHEMA)
    schema["fields"].append({"name": "origin", "type": "string"})
    rows = [{**ROW, "origin": origin} for origin in ("4306", "43")]
    batch = batch_of(LANE, json.dumps(schema), rows, [4, 6], [b"a", b"b"])
    events = json.loads(encode(batch, REGION))
    assert [event["source"] for event in events] == ["urn:lingqu:4306", "urn:lingqu:43"]
    assert [event["lqseq"] for event in events] == [4, 6]


def test_an_event_without_a_key_has_no_subject() -> None:
    first, second = encoded([ROW, ROW], [None, b"k"])
    assert "subject" not in first
    assert second["subject"] == "k"


@pytest.mark.parametrize("level", [None, float("nan"), float("inf"), float("-inf")])
def test_what_json_has_no_number_for_is_null(level: float | None) -> None:
    (event,) = encoded([{**ROW, "level": level}], [b"k"])
    assert event["data"]["level"] is None


@pytest.mark.parametrize("moment", [0, -1, 253_402_300_800_000, -62_135_596_800_001])
def test_instants_beyond_the_calendar_of_python_do_not_fail_the_batch(moment: int) -> None:
    (event,) = encoded([{**ROW, "occurred_at": moment}], [b"k"])
    assert event["time"] == event["data"]["occurred_at"]
    assert event["time"].endswith("Z")


def test_the_same_events_give_the_same_bytes_also_as_part_of_a_larger_batch() -> None:
    whole = sample_batch(LANE, 1, 30)
    assert encode(whole.part(10, 20), REGION) == encode(sample_batch(LANE, 11, 10), REGION)
    assert encode(whole.at(list(range(10, 20))), REGION) == encode(whole.part(10, 20), REGION)


def test_a_view_without_event_id_cannot_be_delivered() -> None:
    schema = json.loads(SCHEMA)
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "event_id"]
    row = {name: value for name, value in ROW.items() if name != "event_id"}
    batch = batch_of(LANE, json.dumps(schema), [row], [1], [b"k"])
    with pytest.raises(PermanentError, match="has no event_id"):
        encode(batch, REGION)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
ROWS = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from(["a", "%s", '"', "\\", "水", "\n"]) | TEXTS,
        "occurred_at": st.integers(0, 4_000_000_000_000),
        "meter": st.sampled_from(["same", "%d", "a,b"]) | TEXTS,
        "level": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "parts": st.lists(st.fixed_dictionaries({"label": TEXTS}), max_size=3),
    }
)


@given(st.lists(st.tuples(ROWS, st.none() | TEXTS), min_size=1, max_size=6))
def test_any_event_comes_out_as_it_went_in(drawn: list[tuple[dict[str, Any], str | None]]) -> None:
    keys = [None if key is None else key.encode() for _, key in drawn]
    for event, (row, key) in zip(encoded([row for row, _ in drawn], keys), drawn, strict=True):
        assert event.get("subject") == key
        assert event["id"] == row["event_id"]
        moment = datetime.fromisoformat(event["time"])
        assert moment == datetime.fromtimestamp(row["occurred_at"] / 1000, UTC)
        assert event["data"] == {**row, "occurred_at": event["time"]}
