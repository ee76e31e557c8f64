"""The file source on a folder: which files it takes, how far it is, and what a crash leaves."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lingqu.connect.record_source import Polled, SourceContext
from lingqu.errors import PermanentError, Reason, RetriableError
from lingqu_connectors.file.incoming import Incoming
from lingqu_connectors.file.local_folder import LocalFolder
from lingqu_connectors.file.options import FileSourceOptions
from lingqu_connectors.file.source import FileSource

BAD = Reason("rule_broken", "is not right")
SINKS_NAME = "demo.reading.v1-feed-p0-000000000001-000000000002.jsonl"
PERIODS_NAMES = ("demo.reading.v1-feed-p0-20261122T1800.csv", "a.v1-f-p1-20261122T1800-2.avro")


@dataclass
class Hub:
    """What a worker keeps for its source: position and notes, as committed."""

    folder: Path
    position: bytes | None = None
    notes: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def source(self, **options: Any) -> FileSource:
        """Return a source as started after whatever happened to the one before."""
        wanted = {"folder": self.folder, "settle_s": 0, **options}
        made = FileSource()
        made.start(self._context(FileSourceOptions.model_validate(wanted)))
        if self.position is not None:
            made.settled(self.position)
        return made

    def take(self, source: FileSource, *, refuse: Callable[[int], bool] = lambda _n: False) -> bool:
        """Do what the hub does with one poll, but for `settled`; False when nothing is new."""
        polled = source.poll(self.position)
        if polled is None:
            return False
        self.commit(source, polled, refuse)
        return True

    def commit(self, source: FileSource, polled: Polled, refuse: Callable[[int], bool]) -> None:
        refused = {
            place: row.reason or BAD
            for place, row in enumerate(polled.rows)
            if row.row is None or refuse(row.row["n"])
        }
        advance = source.advance(polled, refused)
        self.position = advance.position
        for name, note in advance.notes.items():
            self.notes.pop(name, None)
            if note is not None:
                self.notes[name] = note
        rows = [row.row for place, row in enumerate(polled.rows) if place not in refused]
        self.rows += [row for row in rows if row is not None]

    def take_all(self, **options: Any) -> None:
        self.empty(self.source(**options))

    def empty(self, source: FileSource) -> None:
        while self.take(source):
            assert self.position is not None
            source.settled(self.position)

    def _context(self, options: FileSourceOptions) -> SourceContext:
        return SourceContext(
            region="43",
            connector="files",
            topic="demo.reading.v1",
            schema="",
            options=options,
            mappings=self.folder / "mappings",
            notes=dict(self.notes),
            secret=str,
            tell=self.said.append,
        )


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


def put(hub: Hub, name: str, numbers: range) -> Path:
    path = hub.folder / name
    path.write_text("".join(f'{{"n": {n}}}\n' for n in numbers), "utf-8")
    return path


def numbers(hub: Hub) -> list[int]:
    return [row["n"] for row in hub.rows]


def files(hub: Hub) -> set[str]:
    return {str(p.relative_to(hub.folder)) for p in hub.folder.rglob("*") if p.is_file()}


def test_a_crash_between_commit_and_moving_only_delays_the_move(hub: Hub) -> None:
    put(hub, "a.jsonl", range(5))
    hub.take(hub.source())
    assert files(hub) == {"a.jsonl"}
    hub.take_all()
    assert (numbers(hub), files(hub)) == ([0, 1, 2, 3, 4], {"done/a.jsonl"})


def test_a_crash_in_the_middle_of_a_file_goes_on_after_the_last_committed_row(hub: Hub) -> None:
    put(hub, "a.jsonl", range(12_000))
    assert hub.take(hub.source(), refuse=lambda n: n == 7)
    assert len(hub.rows) == 4_999
    lost = hub.source().poll(hub.position)
    assert lost is not None
    hub.take_all()
    assert numbers(hub) == [n for n in range(12_000) if n != 7]
    said = (hub.folder / "failed" / "a.jsonl.errors.txt").read_text("utf-8-sig")
    assert said.splitlines() == [
        "a.jsonl: 11,999 rows taken, 1 refused",
        "line 8: is not right (rule_broken)",
    ]


def test_files_are_taken_by_name(hub: Hub) -> None:
    for name in ("c", "a", "b"):
        put(hub, f"{name}.jsonl", range(ord(name), ord(name) + 1))
    hub.take_all()
    assert numbers(hub) == [97, 98, 99]


def test_an_empty_file_says_that_there_was_nothing(hub: Hub) -> None:
    put(hub, "a.jsonl", range(0))
    hub.take_all()
    assert (hub.rows, files(hub)) == ([], {"done/a.jsonl"})


def test_a_file_of_a_known_name_with_another_content_is_said_and_taken(hub: Hub) -> None:
    put(hub, "a.jsonl", range(2))
    hub.take_all()
    put(hub, "a.jsonl", range(2, 4))
    hub.take_all()
    assert numbers(hub) == [0, 1, 2, 3]
    assert hub.said == ["a.jsonl came again with another content; it is taken anew"]
    assert len(files(hub)) == 2


def test_a_file_that_came_again_unchanged_is_said_and_put_away(hub: Hub) -> None:
    source = hub.source()
    for _ in range(2):
        put(hub, "a.jsonl", range(2))
        hub.empty(source)
    assert (numbers(hub), len(files(hub))) == ([0, 1], 2)
    assert hub.said == ["a.jsonl came again unchanged; it is put away, nothing more"]


def test_only_so_many_files_are_remembered_and_the_oldest_is_forgotten(hub: Hub) -> None:
    for number in range(4):
        put(hub, f"{number}.jsonl", range(number, number + 1))
        hub.take_all(remember_files=2)
    assert sorted(hub.notes) == ["2.jsonl", "3.jsonl"]


def test_a_file_that_changes_while_it_is_read_fails_and_what_lies_there_then_is_taken(
    hub: Hub,
) -> None:
    path = put(hub, "a.jsonl", range(12_000))
    source = hub.source()
    hub.take(source)
    put(hub, "a.jsonl", range(20_000, 20_003))
    os.utime(path, ns=(1, 1))
    hub.take_all()
    assert numbers(hub) == [*range(5_000), 20_000, 20_001, 20_002]
    said = (hub.folder / "failed" / "a.jsonl.errors.txt").read_text("utf-8-sig")
    assert "changed or taken away after 5,000 rows" in said
    assert "done/a.jsonl" in files(hub)


def test_a_file_taken_away_in_the_middle_is_said_and_stops_nothing(hub: Hub) -> None:
    path = put(hub, "a.jsonl", range(6_000))
    source = hub.source()
    hub.take(source)
    path.unlink()
    put(hub, "b.jsonl", range(1))
    hub.take_all()
    assert len(hub.rows) == 5_001
    assert files(hub) == {"done/b.jsonl", "failed/a.jsonl.errors.txt"}


@pytest.mark.parametrize(
    "name",
    [".a.jsonl", "a.jsonl.part", "a.tmp", "a.filepart", "x.errors.txt", SINKS_NAME, *PERIODS_NAMES],
)
def test_what_is_not_complete_is_left_alone(hub: Hub, name: str) -> None:
    put(hub, name, range(1))
    hub.take_all()
    assert (hub.rows, files(hub)) == ([], {name})


def test_a_manifest_makes_a_file_complete_and_goes_with_it(hub: Hub) -> None:
    path = put(hub, SINKS_NAME, range(2))
    manifest(path, path.read_bytes())
    hub.take_all(settle_s=60)
    assert files(hub) == {f"done/{SINKS_NAME}", f"done/{SINKS_NAME}.manifest.json"}


def test_where_manifests_are_agreed_a_file_without_one_waits(hub: Hub) -> None:
    put(hub, "a.jsonl", range(2))
    hub.take_all(manifest="always")
    assert hub.rows == []


@pytest.mark.parametrize("promised", [b"other bytes", None])
def test_a_file_that_is_not_what_its_manifest_names_fails(hub: Hub, promised: bytes | None) -> None:
    manifest(put(hub, "a.jsonl", range(2)), promised)
    hub.take_all()
    assert hub.rows == []
    said = (hub.folder / "failed" / "a.jsonl.errors.txt").read_text("utf-8-sig")
    assert "manifest" in said


def manifest(path: Path, content: bytes | None) -> None:
    beside = path.with_name(f"{path.name}.manifest.json")
    digest = hashlib.sha256(content or b"").hexdigest()
    beside.write_text("{" if content is None else json.dumps({"sha256": digest}))


def test_a_file_without_manifest_must_be_at_rest_by_our_own_clock(hub: Hub) -> None:
    now = [100.0]
    options = FileSourceOptions(folder=hub.folder, settle_s=5)
    incoming = Incoming(LocalFolder(hub.folder), options, now=lambda: now[0])
    path = put(hub, "a.jsonl", range(1))
    os.utime(path, ns=(1, 1))
    assert list(incoming.complete()) == []
    now[0] += 4
    put(hub, "a.jsonl", range(2))
    assert list(incoming.complete()) == []
    now[0] += 4
    assert list(incoming.complete()) == []
    now[0] += 1
    assert [file.name for file in incoming.complete()] == ["a.jsonl"]


def test_a_folder_that_cannot_be_written_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(RetriableError, match="there is no such folder; create or mount it"):
        Hub(tmp_path / "absent").source()
    assert not (tmp_path / "absent").exists()


def test_a_mapping_of_another_topic_is_refused_at_the_start(hub: Hub) -> None:
    (hub.folder / "mappings").mkdir()
    text = "topic: demo.other.v1\nsource: s\nfields: {a: {column: a}}\n"
    (hub.folder / "mappings" / "m.yaml").write_text(text)
    with pytest.raises(PermanentError, match=r"'m' is for demo.other.v1, not for demo.reading.v1"):
        hub.source(mapping="m")
