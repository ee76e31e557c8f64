from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from lingqu.client import RefusedError, ServiceClient
from lingqu.domain_service.commands.uploading import Outcome, Watch, fetch_copy, upload
from lingqu.errors import InputError, NotFoundError, UnavailableError

SUMMARY = {
    "file": "h.csv", "read": 3, "accepted": 1, "repeats": 1, "revisions": 0, "withdrawals": 0,
    "refused": [{"row": 4, "reason": "监测时间: no time"}],
}  # fmt: skip
Handle = Callable[[httpx2.Request], httpx2.Response]


def service(handle: Handle) -> ServiceClient:
    return ServiceClient("trial", "http://trial", transport=httpx2.MockTransport(handle))


def answering(*lines: dict[str, Any], status: int = 200) -> Handle:
    return lambda _request: httpx2.Response(status, content=b"\n".join(map(orjson.dumps, lines)))


class Heard:
    """Notes what a watch was told."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.taken: list[int] = []
        self.watch = Watch(self.sent.append, self.taken.append)


def send(handle: Handle, path: Path, heard: Heard | None = None) -> Outcome:
    return upload(service(handle), path, {"form": "auto"}, (heard or Heard()).watch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "h.csv"
    path.write_bytes(b"x" * 600_000)
    return path


def test_the_summary_and_its_notes_are_what_the_json_shows(file: Path) -> None:
    last = {"summary": {**SUMMARY, "notes": ["n"]}, "returned_copy": None, "id": "1"}
    outcome = send(answering({"progress": 2}, last), file)
    assert outcome.as_dict() == {**SUMMARY, "notes": ["n"], "file": str(file)}
    assert outcome.notes == ("n",)
    assert not outcome.nothing_read


def test_the_file_is_sent_as_it_is_and_its_progress_told(file: Path) -> None:
    asked: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        request.read()
        asked.append(request)
        return answering({"progress": 2}, {"summary": SUMMARY})(request)

    heard = Heard()
    send(handle, file, heard)
    (request,) = asked
    assert request.content == file.read_bytes()
    assert request.headers["content-length"] == "600000"
    assert dict(request.url.params) == {"name": "h.csv", "form": "auto"}
    assert heard.sent[-1] == 600_000
    assert heard.taken == [2]


@pytest.mark.parametrize(
    ("line", "kind", "sentence"),
    [
        ({"error": "no database", "retriable": True}, UnavailableError, "import the file again"),
        ({"error": "it is damaged", "retriable": False}, InputError, "after 7 rows: it is damaged"),
    ],
)
def test_an_import_that_breaks_off_says_what_to_do(
    file: Path, line: dict[str, Any], kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        send(answering({**line, "progress": 7}), file)


def test_an_answer_without_summary_is_not_taken_for_success(file: Path) -> None:
    with pytest.raises(UnavailableError, match="stopped before its summary"):
        send(answering({"progress": 2}), file)


def test_a_refused_file_is_told_in_the_services_words(file: Path) -> None:
    with pytest.raises(RefusedError, match="of no known form"):
        send(answering({"detail": "h.csv is of no known form"}, status=422), file)


def test_files_that_cannot_be_sent_are_told_without_asking_anybody(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(NotFoundError, match="No such file"):
        send(answering(), tmp_path / "none.csv")
    with pytest.raises(NotFoundError, match="Is a directory"):
        send(answering(), tmp_path)
    with pytest.raises(InputError, match=r"empty\.csv is empty"):
        send(answering(), tmp_path / "empty.csv")


def test_the_returned_copy_is_fetched_where_there_is_one(tmp_path: Path) -> None:
    outcome = Outcome("h.csv", {"read": 1}, (), (), "/v1/imports/1/returned-copy")
    target = tmp_path / "copy.csv"
    client = service(lambda request: httpx2.Response(200, content=request.url.path.encode()))
    assert fetch_copy(client, outcome, target)
    assert target.read_text() == outcome.returned_copy
    assert not fetch_copy(client, Outcome("h.csv", {}, (), (), None), target)
