"""The file sink on real folders: full, missing, read-only, and killed half-way."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fastavro
import pytest

from lingqu.connect.samples import Lane, sample_batch
from lingqu.errors import FencedError, PermanentError, RetriableError
from lingqu_connectors.file.options import FileSinkOptions, Format
from lingqu_connectors.file.sink import FileSinkTask

pytestmark = pytest.mark.integration

FILE = "trial.reading.v1-partner-a-p0-000000000001-000000000020"
FORMATS: list[Format] = ["avro", "jsonl", "parquet", "csv"]

# Delivers one batch as another process and is killed at the check of that number.
DELIVER = """
import os, signal, sys
from pathlib import Path
from lingqu.connect.samples import Lane, sample_batch
from lingqu_connectors.file.options import FileSinkOptions
from lingqu_connectors.file.sink import FileSinkTask

folder, fatal, checks = Path(sys.argv[1]), int(sys.argv[2]), []

def check():
    checks.append(1)
    if len(checks) == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

task, lane = FileSinkTask(), Lane("partner-a", "trial.reading.v1", check=check)
task.start(lane.context(FileSinkOptions(folder=folder)))
batch = sample_batch(lane, 1, 20)
task.put(batch, lane.progress(batch))
"""


@pytest.fixture
def lane() -> Lane:
    return Lane("partner-a", "trial.reading.v1")


def deliver(lane: Lane, folder: Path, kind: Format = "avro", events: int = 20) -> None:
    task, batch = FileSinkTask(), sample_batch(lane, 1, events)
    task.start(lane.context(FileSinkOptions(folder=folder, format=kind)))
    task.put(batch, lane.progress(batch))
    task.stop()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Mount a small file system of its own, or skip where this user may not."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_and_the_manifest_that_names_it_appear_and_nothing_else(
    lane: Lane, tmp_path: Path, kind: Format
) -> None:
    deliver(lane, tmp_path, kind)
    found = contents(tmp_path)
    assert set(found) == {f"{FILE}.{kind}", f"{FILE}.{kind}.manifest.json"}
    manifest = json.loads(found[f"{FILE}.{kind}.manifest.json"])
    content = found[manifest["file"]]
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert (manifest["bytes"], manifest["events"]) == (len(content), 20)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_lost_before_its_manifest_is_written_again_byte_for_byte(
    lane: Lane, tmp_path: Path, kind: Format
) -> None:
    deliver(lane, tmp_path, kind)
    before = contents(tmp_path)
    (tmp_path / f"{FILE}.{kind}.manifest.json").unlink()
    deliver(lane, tmp_path, kind)
    assert contents(tmp_path) == before


def test_a_file_that_the_partner_took_away_is_not_delivered_again(
    lane: Lane, tmp_path: Path
) -> None:
    deliver(lane, tmp_path)
    (tmp_path / f"{FILE}.avro").unlink()
    deliver(lane, tmp_path)
    assert set(contents(tmp_path)) == {f"{FILE}.avro.manifest.json"}


@pytest.mark.parametrize("fatal", [1, 2])
def test_a_kill_before_either_rename_leaves_nothing_that_counts(
    lane: Lane, tmp_path: Path, fatal: int
) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    killed.mkdir()
    whole.mkdir()
    command = [sys.executable, "-c", DELIVER, str(killed), str(fatal)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    left = contents(killed)
    assert any(name.endswith(".part") for name in left)
    assert not any(name.endswith(".json") for name in left)
    deliver(lane, killed)
    deliver(lane, whole)
    assert contents(killed) == contents(whole)


def test_start_clears_only_what_its_own_lane_left(lane: Lane, tmp_path: Path) -> None:
    other = tmp_path / ".trial.reading.v1-partner-a-p01-000000000001-000000000002.avro.ab.part"
    stranger = tmp_path / "readme.part"
    for file in (other, stranger, tmp_path / f".{FILE}.avro.0123.part"):
        file.write_bytes(b"half")
    deliver(lane, tmp_path, events=0)
    assert set(contents(tmp_path)) == {other.name, stranger.name}


def test_a_zombie_whose_half_file_was_cleared_away_gives_up(lane: Lane, tmp_path: Path) -> None:
    zombie, task = FileSinkTask(), FileSinkTask()
    options = FileSinkOptions(folder=tmp_path)

    def take_over() -> None:
        task.start(Lane(lane.feed, lane.topic).context(options))

    lane.check = take_over
    zombie.start(lane.context(options))
    batch = sample_batch(lane, 1, 20)
    with pytest.raises(FencedError, match="a newer owner has taken over"):
        zombie.put(batch, lane.progress(batch))
    assert contents(tmp_path) == {}


def test_a_manifest_of_another_run_stops_the_lane(lane: Lane, tmp_path: Path) -> None:
    deliver(lane, tmp_path)
    manifest = tmp_path / f"{FILE}.avro.manifest.json"
    manifest.write_text(manifest.read_text().replace('"events": 20', '"events": 19'))
    with pytest.raises(PermanentError, match="give the feed a folder of its own"):
        deliver(lane, tmp_path)


def test_a_full_disk_is_told_with_folder_and_cure_and_recovered_from(
    lane: Lane, tmp_path: Path
) -> None:
    folder = tmp_path / "small"
    with mounted(folder, "size=64k"):
        ballast = folder / "ballast"
        ballast.write_bytes(b"x" * 60_000)
        with pytest.raises(RetriableError, match=f"{folder}: the disk is full; free space"):
            deliver(lane, folder, events=2_000)
        assert set(contents(folder)) == {"ballast"}
        ballast.unlink()
        deliver(lane, folder, events=400)
        (file,) = folder.glob("*.avro")
        with file.open("rb") as opened:
            assert [event["lq_seq"] for event in fastavro.reader(opened)] == [*range(1, 401)]


def test_a_read_only_folder_is_told_with_its_cure(lane: Lane, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    with mounted(folder, "size=64k,ro"), pytest.raises(RetriableError, match="may not write"):
        deliver(lane, folder)


@pytest.mark.parametrize("name", ["missing", "file/inside"])
def test_a_missing_folder_is_told_and_not_created(lane: Lane, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RetriableError, match="there is no such folder; create or mount it"):
        deliver(lane, tmp_path / name)
    assert set(contents(tmp_path)) == {"file"}


def test_a_folder_that_goes_away_amid_delivery_is_told(lane: Lane, tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    task, batch = FileSinkTask(), sample_batch(lane, 1, 20)
    task.start(lane.context(FileSinkOptions(folder=folder)))
    folder.rmdir()
    with pytest.raises(RetriableError, match="create or mount it"):
        task.put(batch, lane.progress(batch))
    folder.mkdir()
    task.put(batch, lane.progress(batch))
    assert len(contents(folder)) == 2
