"""Names and manifests follow from the events alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

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
