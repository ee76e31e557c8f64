"""Names and manifests follow from the events alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from lingqu.connect.periods import Period
from lingqu.connect.samples import SCHEMA, Lane, sample_batch
from lingqu.errors import PermanentError
from lingqu_connectors.file.manifest import file_name, lane_name, manifest_for

BATCH = sample_batch(Lane("partner-a", "trial.reading.v1", partition=1), 41, 10)
NAME = "trial.reading.v1-partner-a-p1-000000000041-000000000050.csv"


def test_the_name_says_lane_and_range() -> None:
    assert file_name(BATCH, "csv") == NAME


def test_the_manifest_says_what_is_in_the_file() -> None:
    assert json.loads(manifest_for(BATCH, NAME, b"content").encode()) == {
        "file": NAME,
        "feed": "partner-a",
        "topic": "trial.reading.v1",
        "partition": 1,
        "first_sequence": 41,
        "last_sequence": 50,
        "events": 10,
        "sha256": hashlib.sha256(b"content").hexdigest(),
        "bytes": 7,
        "schema_sha256": hashlib.sha256(SCHEMA.encode()).hexdigest(),
    }


def test_the_same_events_in_other_bytes_keep_their_manifest() -> None:
    found = manifest_for(BATCH, NAME, b"by an older writer").encode()
    assert manifest_for(BATCH, NAME, b"by a newer one").matches(found)


def test_another_promise_under_the_same_name_stops_the_lane() -> None:
    found = manifest_for(replace(BATCH, payloads=BATCH.payloads[:9]), NAME, b"").encode()
    with pytest.raises(PermanentError, match=r"other events \(events differ\); move it away"):
        manifest_for(BATCH, NAME, b"").matches(found)


def test_no_lane_begins_as_another_does() -> None:
    names = [lane_name("trial.reading.v1", "a", partition) for partition in range(25)]
    assert not [(a, b) for a in names for b in names if a != b and b.startswith(a)]


# 2026-11-22 18:00 in China's time, and a day later.
EVENING = Period(1_795_341_600_000, 1_795_428_000_000, part=1, closes=True, first_sequence=51)


@pytest.mark.parametrize(("part", "name"), [(1, "20261122T1800.csv"), (2, "20261122T1800-2.csv")])
def test_the_name_of_a_periods_file_says_when_it_began(part: int, name: str) -> None:
    batch = replace(BATCH, period=replace(EVENING, part=part))
    assert file_name(batch, "csv") == f"trial.reading.v1-partner-a-p1-{name}"


def test_the_manifest_of_an_empty_file_says_which_period_and_that_no_number_is_missing() -> None:
    nothing = sample_batch(Lane("partner-a", "trial.reading.v1", partition=1), 51, 0)
    said = json.loads(manifest_for(replace(nothing, period=EVENING), NAME, b"").encode())
    assert (said["events"], said["first_sequence"], said["last_sequence"]) == (0, 51, 50)
    assert said["period"] == {
        "from": "2026-11-22T18:00:00+08:00",
        "until": "2026-11-23T18:00:00+08:00",
        "part": 1,
        "closes": True,
    }
