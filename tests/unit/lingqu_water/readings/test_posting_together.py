from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pytest
from sqlalchemy import event
from tests.support.readings import COLLECTED_MS, Taking, items, reading, taking

from lingqu.errors import InputError, Reason
from lingqu.service.database import session_factory
from lingqu.service.idempotency import IDEMPOTENCY, Answer
from lingqu_water.readings.model import Reading
from lingqu_water.readings.posting import Posted, Posting
from lingqu_water.readings.posting_together import PostingTogether

REFUSED = {0: Reason("undecodable", "no reading at all")}


@pytest.fixture
def water() -> Iterator[Taking]:
    with taking() as found:
        with found.engine.begin() as connection:
            IDEMPOTENCY.create_all(connection)
        yield found


def posting(water: Taking) -> Posting:
    return Posting(session_factory(water.engine), water.readings, water.clock)


def posted(*readings: Reading, key: str | None = None, mode: str = "live") -> Posted:
    return Posted(b"the body", dict(enumerate(readings)), {}, key, mode)


def results(answer: Answer | Exception) -> list[dict[str, Any]]:
    assert isinstance(answer, Answer)
    found: list[dict[str, Any]] = orjson.loads(answer.body)["results"]
    return found


def counted(water: Taking, asked: Sequence[Posted]) -> tuple[list[Answer | Exception], int]:
    """Return the answers, and how many transactions they took."""
    made: list[Any] = []
    event.listen(water.engine, "commit", made.append)
    return PostingTogether(posting(water)).post(asked), len(made)


def test_requests_about_other_readings_share_a_transaction_and_answer_as_alone(
    water: Taking,
) -> None:
    asked = [
        posted(reading(1), reading(2)),
        Posted(b"", {1: reading(3)}, REFUSED, None, "live"),
        posted(reading(4)),
    ]
    answers, transactions = counted(water, asked)
    with taking() as other:
        alone = [posting(other).post(each) for each in asked]

    assert transactions == 1
    assert answers == alone
    assert [each["outcome"] for each in results(answers[1])] == ["refused", "first"]


def test_what_is_said_of_one_reading_by_two_requests_is_taken_in_turn(water: Taking) -> None:
    changed = reading(as_of_ms=COLLECTED_MS + 1, items=items(w01019=13.6))
    answers, transactions = counted(water, [posted(reading()), posted(changed)])

    assert [results(each)[0]["outcome"] for each in answers] == ["first", "revision"]
    assert transactions == 2
    assert results(answers[0])[0]["event_id"] != results(answers[1])[0]["event_id"]


def test_an_idempotency_key_gets_the_first_answer_again(water: Taking) -> None:
    asked = [posted(reading(), key="a"), posted(reading(), key="a"), posted(reading(), key="b")]
    answers, transactions = counted(water, asked)

    assert [results(each)[0]["outcome"] for each in answers] == ["first", "first", "repeat"]
    assert transactions == 3


def test_one_that_is_wrong_fails_alone(water: Taking) -> None:
    first, empty, last = PostingTogether(posting(water)).post(
        [posted(reading(1)), posted(), posted(reading(2))]
    )
    assert isinstance(empty, InputError)
    assert [results(each)[0]["outcome"] for each in (first, last)] == ["first", "first"]
