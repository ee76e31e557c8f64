from __future__ import annotations

import pytest

from lingqu.errors import InputError
from lingqu_gateway.bodies import BrokenJsonError, read_events

ONE = [{"a": 1}]
TWO = [{"a": 1}, {"a": 2}]
NDJSON = "application/x-ndjson; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "kind", "rows"),
    [
        (b'[{"a":1},{"a":2}]', "application/json", TWO),
        (b'{"events":[{"a":1}]}', "application/json", ONE),
        (b'{"a":1}', "application/json", ONE),
        (b'{"a":1}\n\n{"a":2}\n', NDJSON, TWO),
        (b'{"a":1}\r\n{"a":2}', NDJSON, TWO),
        (b'{"a":1}\n{"a":2}\n', "application/x-www-form-urlencoded", TWO),
        (b'{"events":1,"a":2}', "", [{"events": 1, "a": 2}]),
    ],
)
def test_every_form_of_body_gives_its_events(body: bytes, kind: str, rows: object) -> None:
    assert read_events(body, kind).rows == rows


def test_broken_json_is_refused_with_its_place() -> None:
    with pytest.raises(BrokenJsonError, match="line 2, column 3") as caught:
        read_events(b'[{"a":1},\n  x]', "application/json")
    assert caught.value.status == 400


def test_a_broken_line_is_refused_by_itself() -> None:
    offered = read_events(b'{"a":1}\n{"a":\n{"a":2}\n', NDJSON)
    assert len(offered.rows) == 3
    assert "line 2" in offered.broken[1].detail
    assert list(offered.broken) == [1]


@pytest.mark.parametrize("body", [b"[]", b'{"events":[]}', b"3", b'"x"', b'{"events":3}'])
def test_a_body_without_events_is_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        read_events(body, "application/json")


def test_empty_lines_alone_are_no_events() -> None:
    with pytest.raises(InputError, match="no event"):
        read_events(b"\n\n", NDJSON)
