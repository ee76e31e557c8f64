"""Fetching jars from a repository that misbehaves."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lingqu.errors import UnavailableError
from lingqu_embedded import jars
from lingqu_embedded.jars import Jar

BODIES = {"one": b"the first jar" * 1000, "two": b"the second jar" * 1000}


class Repository(ThreadingHTTPServer):
    """A Maven repository of two jars; `broken` says what to answer first in place of a body."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.broken: dict[str, list[bytes]] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/maven2"


class Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[1].removesuffix("-1.0.jar")
        if name not in BODIES:
            self.send_error(404)
            return
        self.server.asked.append(name)
        broken = self.server.broken.get(name)
        body = broken.pop(0) if broken else BODIES[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODIES[name])))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    locked = [
        Jar("cn.example", name, "1.0", len(body), hashlib.sha256(body).hexdigest())
        for name, body in BODIES.items()
    ]
    monkeypatch.setattr(jars, "locked", lambda: locked)
    monkeypatch.setattr(jars, "PAUSE_S", 0)
    server = Repository()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_jars_are_fetched_once(repository: Repository, tmp_path: Path) -> None:
    first = jars.classpath(tmp_path, repository=repository.url)
    second = jars.classpath(tmp_path, repository=repository.url)

    assert first == second
    assert [Path(path).read_bytes() for path in first.split(":")] == list(BODIES.values())
    assert repository.asked == ["one", "two"]
    assert sorted(path.name for path in (tmp_path / "jars").iterdir()) == [
        "one-1.0.jar",
        "two-1.0.jar",
    ]


@pytest.mark.parametrize("broken", [b"cut short", bytes(len(BODIES["one"])), b""])
def test_a_broken_body_is_fetched_again(
    broken: bytes, repository: Repository, tmp_path: Path
) -> None:
    repository.broken["one"] = [broken]

    found = jars.classpath(tmp_path, repository=repository.url).split(":")

    assert Path(found[0]).read_bytes() == BODIES["one"]


def test_what_arrived_before_a_failure_is_not_fetched_again(
    repository: Repository, tmp_path: Path
) -> None:
    repository.broken["two"] = [b"\0" * len(BODIES["two"])] * jars.ATTEMPTS
    with pytest.raises(UnavailableError, match=r"two-1\.0\.jar could not be fetched.*SHA-256"):
        jars.classpath(tmp_path, repository=repository.url)

    jars.classpath(tmp_path, repository=repository.url)

    assert repository.asked.count("one") == 1


def test_a_repository_without_the_jar_is_named(repository: Repository, tmp_path: Path) -> None:
    del BODIES["two"]
    try:
        with pytest.raises(UnavailableError, match=repository.url):
            jars.classpath(tmp_path, repository=repository.url)
    finally:
        BODIES["two"] = b"the second jar" * 1000
