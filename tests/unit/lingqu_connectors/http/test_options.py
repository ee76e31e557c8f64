"""What an agreement may say about an HTTP endpoint, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from lingqu.connect.plugins import parse_options
from lingqu.errors import ContractError
from lingqu_connectors.http.options import HttpSinkOptions
from lingqu_connectors.http.sink import HttpSinkTask

OPTIONS = {"url": "https://partner.example/events", "secret": "partner-52"}


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"url": "ftp://partner.example/"}, "url", "http"),
        ({"url": "https:///events"}, "url", "host"),
        ({"url": "https://hub:pw@partner.example/"}, "url", "login"),
        ({"url": "https://partner.example/a b"}, "url", "plain"),
        ({"url": "https://partner.example/a\r\nx-y: 1"}, "url", "plain"),
        ({"url": "https://partner.example/#a"}, "url", "plain"),
        ({"url": "https://partner.example:port/"}, "url", "[Pp]ort"),
        ({"secret": "../keys/hub.key"}, "secret", "pattern"),
        ({"secret": None}, "secret", "string"),
        ({"batch_size": 0}, "batch_size", "1"),
        ({"timeout_s": 0}, "timeout_s", "0.1"),
        ({"headers": {"authorization": "Bearer x"}}, "headers", "not allowed"),
        ({"headers": {"x-note": "a\r\nhost: b"}}, "headers", "one line"),
    ],
)
def test_a_wrong_option_is_named_with_what_is_wrong(
    change: dict[str, Any], place: str, said: str
) -> None:
    with pytest.raises(ContractError, match=f"option '{place}'.*{said}"):
        parse_options("http-sink", {**OPTIONS, **change})


def test_a_request_has_at_most_as_many_events_as_the_agreement_says() -> None:
    batching = HttpSinkTask.batching(HttpSinkOptions.model_validate({**OPTIONS, "batch_size": 50}))
    assert batching.max_put == 50
    assert batching.max_events > 50, "several requests are one progress record"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": "a..b"}, "option 'rows'.*pattern"),
        ({"cursor_parameter": "a&b"}, "option 'cursor_parameter'.*pattern"),
        ({"next_member": "next", "cursor_member": "cursor"}, "at most one of next_member"),
        ({"authorization_secret": "Bearer x"}, "option 'authorization_secret'.*pattern"),
        ({"every_s": 0}, "option 'every_s'"),
    ],
)
def test_a_wrong_option_of_the_source_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        parse_options("http-source", {"url": "https://partner.example/rows", **change})
