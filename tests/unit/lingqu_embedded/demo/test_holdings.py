from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import fastavro
import pytest

from lingqu_embedded.demo.holdings import held_in_database, held_in_folder

ROWS = [
    {"event_id": "e1", "value": 1.0, "lq_seq": 7},
    {"event_id": "e2", "value": 2.0, "lq_seq": 8},
]


def drop(folder: Path, name: str, feed: str = "f") -> Path:
    manifest = {"feed": feed, "partition": 3, "file": name}
    (folder / f"{name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder / name


def write(file: Path) -> None:
    if file.suffix == ".jsonl":
        file.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS), "utf-8")
        return
    types = {"event_id": "string", "value": "double", "lq_seq": "long"}
    fields = [{"name": name, "type": avro} for name, avro in types.items()]
    with file.open("wb") as handle:
        fastavro.writer(handle, {"type": "record", "name": "R", "fields": fields}, ROWS)


@pytest.mark.parametrize("name", ["x.jsonl", "x.avro"])
def test_a_folder_holds_what_its_manifests_name(tmp_path: Path, name: str) -> None:
    write(drop(tmp_path, name))

    [first, second] = held_in_folder(tmp_path, "f")

    assert (first.event_id, first.lane, first.number) == ("e1", 3, 7)
    assert first.fields == {"event_id", "value"}
    assert second.event_id == "e2"


def test_files_of_other_feeds_and_files_without_a_manifest_are_not_counted(tmp_path: Path) -> None:
    write(drop(tmp_path, "y.jsonl", feed="another"))
    write(tmp_path / "unfinished.jsonl")

    assert held_in_folder(tmp_path, "f") == []


def test_a_database_holds_the_rows_of_a_feed_lane_by_lane(tmp_path: Path) -> None:
    file = tmp_path / "partner.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute('CREATE TABLE "re""adings" (event_id, value, lq_feed, lq_part, lq_seq)')
        rows = [
            ("e3", 1, "f", 1, 4),
            ("e2", 1, "f", 0, 9),
            ("e1", 1, "f", 0, 2),
            ("x", 1, "g", 0, 1),
        ]
        database.executemany('INSERT INTO "re""adings" VALUES (?, ?, ?, ?, ?)', rows)
        database.commit()

    held = held_in_database(file, 're"adings', "f")

    assert [(one.event_id, one.lane, one.number) for one in held] == [
        ("e1", 0, 2), ("e2", 0, 9), ("e3", 1, 4),
    ]  # fmt: skip
    assert held[0].fields == {"event_id", "value"}


def test_a_database_holds_nothing_before_its_table_is_made(tmp_path: Path) -> None:
    assert held_in_database(tmp_path / "none.sqlite", "readings", "f") == []
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    assert held_in_database(tmp_path / "empty.sqlite", "readings", "f") == []
