"""What each answer of a partner means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu.connect.api import Delivered, Refused, Verdict, Verdicts
from lingqu.errors import Reason, UnavailableError
from lingqu_connectors.http.answer import Answer
from lingqu_connectors.http.verdicts import outcome_of

IDS = ["a", "b", "c"]
URL = "https://partner.example/events"
FINE = [{"id": name, "status": "accepted"} for name in IDS]


def multi(results: object, **headers: Any) -> Answer:
    return Answer(207, json.dumps({"results": results}).encode(), **headers)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_other_2xx_takes_all(status: int) -> None:
    assert outcome_of(Answer(status, b"whatever"), IDS, URL) == Delivered()


def test_a_207_says_it_of_each_event_in_any_order() -> None:
    results = [
        {"id": "c", "status": "rejected", "reason": "no_such_station"},
        {"id": "a", "status": "retry", "reason": "the database of Li Bing is locked"},
        {"id": "b", "status": "accepted"},
    ]
    outcome = outcome_of(multi(results, retry_after_s=9.0), IDS, URL)
    refused = "the partner refused the event"
    assert outcome == Verdicts(
        [
            Verdict(0, "retry", Reason("rejected", refused), "the database of Li Bing is locked"),
            Verdict(2, "rejected", Reason("rejected", refused, rule="no_such_station")),
        ],
        9.0,
    )


def test_two_events_of_one_id_have_its_one_verdict() -> None:
    outcome = outcome_of(multi([{"id": "a", "status": "retry"}]), ["a", "a"], URL)
    assert isinstance(outcome, Verdicts)
    assert [verdict.index for verdict in outcome.verdicts] == [0, 1]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(207, b""),
        Answer(207, b"accepted!"),
        Answer(207, b"[]"),
        Answer(207, b'{"results": null}'),
        multi([]),
        multi(FINE[1:]),
        multi([*FINE, {"id": "d", "status": "accepted"}]),
        multi([*FINE, FINE[0]]),
        multi([*FINE[1:], {"id": "a", "status": "perhaps"}]),
        multi([*FINE[1:], {"id": "a"}]),
        multi([*FINE[1:], {"id": ["a"], "status": "accepted"}]),
        multi([*FINE[1:], "a"]),
    ],
)
def test_a_207_that_is_no_verdict_on_these_events_is_unknown(answer: Answer) -> None:
    with pytest.raises(UnavailableError, match="the same batch is sent again"):
        outcome_of(answer, IDS, URL)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "rejected"), (413, "too_large"), (422, "rejected")]
)
def test_a_blanket_refusal_keeps_the_partners_words_apart(status: int, code: str) -> None:
    outcome = outcome_of(Answer(status, b"Li Bing is unknown"), IDS, URL)
    assert isinstance(outcome, Refused)
    assert outcome.reason == Reason(code, f"the partner answered {status}")  # type: ignore[arg-type]
    assert outcome.said == "Li Bing is unknown"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (302, "redirects are not followed"),
        (401, "the same secret"),
        (403, "allow its address"),
        (404, "the agreement name another"),
        (410, "given that address up"),
        (415, "cloudevents-batch"),
        (429, "asks for time"),
        (500, "in trouble"),
        (503, "asks for time"),
        (999, "in trouble"),
    ],
)
def test_what_is_not_the_events_fault_says_whose_move_it_is(status: int, said: str) -> None:
    with pytest.raises(UnavailableError, match=f"answered {status}: .*{said}") as caught:
        outcome_of(Answer(status, b"", 5.0), IDS, URL)
    assert caught.value.retry_after_s == 5.0
