from __future__ import annotations

import json
import logging
from typing import Any

from lingqu.service.logging import JsonLines, PlainLines, Repeats


def record(
    event: str, fields: dict[str, Any] | None = None, *, error: Exception | None = None
) -> logging.LogRecord:
    made = logging.LogRecord("lingqu.trial", logging.WARNING, "x.py", 1, event, None, None)
    made.created = 1_767_600_000.25
    if error is not None:
        made.exc_info = (type(error), error, error.__traceback__)
    vars(made).update(fields or {})
    return made


def test_a_json_line_is_an_event_with_its_fields() -> None:
    line = json.loads(JsonLines().format(record("relay stopped", {"service": "trial", "rows": 3})))

    assert line == {
        "time": "2026-01-05T08:00:00.250Z",
        "level": "warning",
        "logger": "lingqu.trial",
        "event": "relay stopped",
        "service": "trial",
        "rows": 3,
    }


def test_a_plain_line_says_the_same_to_a_person() -> None:
    line = PlainLines().format(record("relay stopped", {"service": "trial"}))
    assert line == "2026-01-05T08:00:00.250Z WARNING lingqu.trial relay stopped service=trial"


def test_fields_with_a_secret_s_name_are_masked() -> None:
    fields = {"sasl_password": "pw1", "Authorization": "pw2", "api_token": "pw3"}
    for formatter in (JsonLines(), PlainLines()):
        line = formatter.format(record("login", fields))
        assert "***" in line
        assert "pw" not in line.replace("sasl_password", "")


def test_an_exception_stays_in_its_line() -> None:
    line = JsonLines().format(record("failed", error=ValueError("broken")))

    assert "\n" not in line
    assert "ValueError: broken" in json.loads(line)["exception"]


def client_says(words: str, client: int, at: float) -> logging.LogRecord:
    made = record(f"FAIL [rdkafka#producer-{client}] {words} (after {client}ms in state CONNECT)")
    made.name, made.created = "librdkafka", at
    return made


def test_a_client_library_repeats_itself_twice_a_minute_and_says_how_often() -> None:
    repeats = Repeats()
    away = [client_says("broker away", client, at=client / 10) for client in range(400)]

    told = [one for one in away if repeats.filter(one)]

    assert [one.created for one in told] == [0.0, 30.0]
    assert "held_back=299" in PlainLines().format(told[1])


def test_what_is_new_or_our_own_is_said_at_once() -> None:
    repeats = Repeats()

    assert repeats.filter(client_says("broker away", 1, at=0))
    assert repeats.filter(client_says("another broker away", 1, at=0))
    assert all(repeats.filter(record("lane backs off")) for _ in range(3))
