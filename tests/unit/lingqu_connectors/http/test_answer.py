"""Answers as they come over a connection, in whatever pieces."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from httptools import HttpParserError
from hypothesis import given
from hypothesis import strategies as st

from lingqu_connectors.http.answer import Answer, AnswerReader, BrokenAnswerError

BODY = b'{"results": []}'
WHOLE = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Answer(200, b"")),
    (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, b"")),
    (b"HTTP/1.1 207 M\r\nContent-Length: 15\r\n\r\n" + BODY, Answer(207, BODY)),
    (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 207 M\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n" + BODY + b"\r\n0\r\n\r\n",
        Answer(207, BODY),
    ),
    (
        b"HTTP/1.1 503 No\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
        Answer(503, b"no", 7.0, keeps_open=False),
    ),
]


@pytest.mark.parametrize(("raw", "answer"), WHOLE)
@given(data=st.data())
def test_an_answer_is_the_same_however_it_is_cut(
    raw: bytes, answer: Answer, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(raw) - 1), max_size=6)))
    reader, found = AnswerReader(), None
    for start, stop in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        assert found is None
        found = reader.feed(raw[start:stop])
    assert found == answer


@pytest.mark.parametrize("raw", [raw for raw, _ in WHOLE])
def test_half_an_answer_is_none(raw: bytes) -> None:
    for cut in range(len(raw)):
        reader = AnswerReader()
        assert cut == 0 or reader.feed(raw[:cut]) is None
        with pytest.raises(BrokenAnswerError):
            reader.feed(b"")


def test_a_header_that_comes_twice_is_one_list() -> None:
    raw = b'HTTP/1.1 304 Not Modified\r\nLink: </a>\r\nETag: W/"1"\r\nlink: </b>\r\n\r\n'
    answer = AnswerReader().feed(raw)
    assert answer is not None
    assert answer.headers == {"link": "</a>, </b>", "etag": 'W/"1"'}


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    reader = AnswerReader()
    assert reader.feed(b"HTTP/1.0 200 OK\r\n\r\nthank ") is None
    assert reader.feed(b"you") is None
    assert reader.feed(b"") == Answer(200, b"thank you", keeps_open=False)


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_not_http_is_told_so(raw: bytes) -> None:
    with pytest.raises(HttpParserError):
        AnswerReader().feed(raw)


def test_an_answer_without_end_is_given_up() -> None:
    reader = AnswerReader()
    reader.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    megabytes = (b"100000\r\n" + bytes(0x100000) + b"\r\n") * 9
    with pytest.raises((BrokenAnswerError, HttpParserError)):
        reader.feed(megabytes)


def test_retry_after_may_be_a_date_and_nonsense_is_none() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (_retry_after(then) or 0) <= 60
    assert _retry_after("Sun, 06 Nov 1994 08:49:37 GMT") == 0
    assert _retry_after("soon") is None
    assert _retry_after("-5") is None
    assert _retry_after("99999999999") == 86_400


def _retry_after(value: str) -> float | None:
    raw = f"HTTP/1.1 503 No\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n"
    answer = AnswerReader().feed(raw.encode())
    assert answer is not None
    return answer.retry_after_s
