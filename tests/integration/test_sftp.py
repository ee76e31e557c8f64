"""SFTP sink and source on real servers: refused, lost in mid-file, full, and taken up again."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import fastavro
import pytest
from tests.support.ports import free_port
from tests.support.sftp import SftpServer, cut_after, openssh_program, sftp_server

from lingqu.connect.plugins import parse_options
from lingqu.connect.samples import Lane, sample_batch, sample_rows
from lingqu.connect.source_conformance import _Hub as Hub
from lingqu.connect.subject import Subject
from lingqu.errors import (
    ConfigurationError,
    FencedError,
    LingquError,
    PermanentError,
    RetriableError,
)
from lingqu_connectors.file.sftp import SftpSinkTask

pytestmark = pytest.mark.integration

EVENTS = 400
OTHER_KEY = asyncssh.generate_private_key("ssh-ed25519")
FILE = f"trial.reading.v1-partner-a-p0-000000000001-{EVENTS:012d}.avro"


@pytest.fixture(scope="module", params=["asyncssh", "openssh"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SftpServer]:
    kind = asyncssh.SFTPServer if request.param == "asyncssh" else openssh_program()
    with sftp_server(tmp_path_factory.mktemp("server"), kind) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "share"
    made.mkdir()
    return made


def deliver(server: SftpServer, folder: Path, /, **more: Any) -> None:
    other = {"other-key": OTHER_KEY.export_private_key().decode(), "other-word": "guessed"}
    secrets = {**server.secrets, **other}
    lane = Lane("partner-a", "trial.reading.v1", secrets=secrets)
    task, batch = SftpSinkTask(), sample_batch(lane, 1, EVENTS)
    try:
        task.start(lane.context(parse_options("sftp-sink", server.options(folder, **more))))
        task.put(batch, lane.progress(batch))
    finally:
        task.stop()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def delivered(folder: Path) -> list[int]:
    """Return the numbers of all events in files that a manifest names."""
    found: list[int] = []
    for manifest in folder.glob("*.manifest.json"):
        with (folder / json.loads(manifest.read_text())["file"]).open("rb") as file:
            found += [event["lq_seq"] for event in fastavro.reader(file)]
    return found


def test_a_connection_lost_anywhere_loses_nothing_and_doubles_nothing(
    server: SftpServer, folder: Path
) -> None:
    sent, cuts = 0, 0
    while True:
        sent += 2_777
        with cut_after(server, sent) as (line, cut):
            with contextlib.suppress(RetriableError):
                deliver(line, folder)
            if not cut.is_set():
                break
        cuts += 1
        assert delivered(folder) in ([], [*range(1, EVENTS + 1)])
    assert cuts >= 8
    assert delivered(folder) == [*range(1, EVENTS + 1)]
    assert names(folder) == [FILE, f"{FILE}.manifest.json"]


def test_files_come_in_once_however_often_the_connection_is_lost(
    server: SftpServer, folder: Path
) -> None:
    for number in range(3):
        lines = [json.dumps(row) for row in sample_rows(number * 200, 200)]
        (folder / f"{number}.jsonl").write_text("\n".join(lines), "utf-8")
    options = server.options(folder, settle_s=0)
    hub, sent, cut_short = Hub(Subject("sftp-source", options, {}, secrets=server.secrets)), 0, True
    while cut_short:
        sent += 1_999
        with cut_after(server, sent) as (line, cut):
            hub.subject = replace(hub.subject, options={**options, "port": line.port})
            with contextlib.suppress(RetriableError), hub.started() as source:
                hub.take_all(source)
            cut_short = cut.is_set()
    hub.expect(600)
    assert names(folder) == ["done", "failed"]
    assert names(folder / "done") == ["0.jsonl", "1.jsonl", "2.jsonl"]


def test_a_refused_row_is_named_in_a_report_beside_the_file(
    server: SftpServer, folder: Path
) -> None:
    (folder / "a.jsonl").write_text('{"n": 1}\n{half\n', "utf-8")
    hub = Hub(
        Subject("sftp-source", server.options(folder, settle_s=0), {}, secrets=server.secrets)
    )
    with hub.started() as source:
        hub.take_all(source)
    report = (folder / "failed" / "a.jsonl.errors.txt").read_text("utf-8-sig").splitlines()
    assert report[0] == "a.jsonl: 1 rows taken, 1 refused"
    assert report[1].startswith("line 2: ")
    assert names(folder / "failed") == ["a.jsonl", "a.jsonl.errors.txt"]


def test_a_zombie_whose_half_file_was_cleared_away_gives_up(
    server: SftpServer, folder: Path
) -> None:
    lane = Lane("partner-a", "trial.reading.v1", secrets=server.secrets)
    options = parse_options("sftp-sink", server.options(folder))
    zombie, task = SftpSinkTask(), SftpSinkTask()
    other = Lane("partner-a", lane.topic, secrets=server.secrets).context(options)

    def take_over() -> None:
        task.start(other)

    lane.check = take_over
    batch = sample_batch(lane, 1, 20)
    try:
        zombie.start(lane.context(options))
        with pytest.raises(FencedError, match="a newer owner has taken over"):
            zombie.put(batch, lane.progress(batch))
    finally:
        zombie.stop()
        task.stop()
    assert names(folder) == []


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        (
            {"host_key": OTHER_KEY.export_public_key().decode()},
            PermanentError,
            "does not prove the host key of the agreement .*; ask its operator for the key",
        ),
        (
            {"key_secret": "other-key"},
            PermanentError,
            "refuses the login; ask .*key_secret 'other-key'",
        ),
        (
            {"key_secret": "our-word"},
            ConfigurationError,
            "the secret 'our-word' is no private key without a passphrase",
        ),
        ({"folder": "/no/such/folder"}, RetriableError, "/no/such/folder: there is no such folder"),
        ({"folder": "/dev/null"}, RetriableError, "there is no such folder; create or mount it"),
        ({"port": free_port()}, RetriableError, "is not reached .*; the same is done again when"),
        (
            {"host": "no-such-host.invalid"},
            RetriableError,
            "no-such-host.invalid:.* is not reached",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_is_wrong_is_said_with_place_and_cure(
    server: SftpServer, folder: Path, changed: dict[str, Any], kind: type[LingquError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        deliver(server, folder, **changed)
    assert names(folder) == []


class FullDisk(asyncssh.SFTPServer):
    """Takes no more than a part of any file, as a disk of OpenSSH's does when it is full."""

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        del file_obj, offset, data
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def statvfs(self, path: bytes) -> asyncssh.SFTPVFSAttrs:
        del path
        return asyncssh.SFTPVFSAttrs(bsize=4096, frsize=4096, blocks=10, bfree=0, bavail=0)


def test_a_password_and_a_full_disk(tmp_path: Path, folder: Path) -> None:
    with sftp_server(tmp_path, FullDisk) as server:
        known = {"key_secret": None, "password_secret": "our-word"}
        with pytest.raises(RetriableError, match=r"folder .*/share: the disk is full; free space"):
            deliver(server, folder, **known)
        assert names(folder) == []
        wrong = {"key_secret": None, "password_secret": "other-word"}
        with pytest.raises(
            PermanentError, match=r"refuses the login; .*password_secret 'other-word'"
        ):
            deliver(server, folder, **wrong)


def test_a_server_that_does_not_answer_is_given_up_after_timeout_s(
    tmp_path: Path, folder: Path
) -> None:
    class Silent(asyncssh.SFTPServer):
        async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
            del path
            await asyncio.Event().wait()
            raise AssertionError

    said = pytest.raises(RetriableError, match="gave no whole answer in time")
    with sftp_server(tmp_path, Silent) as server, said:
        deliver(server, folder, timeout_s=1)
