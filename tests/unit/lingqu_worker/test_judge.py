"""What a partner's answers make of events: delivered, parked with their key, or dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from tests.support.clock import FakeClock

from lingqu.connect.api import Delivered, Refused, Verdict, Verdicts
from lingqu.connect.samples import SCHEMA, Lane, batch_of
from lingqu.errors import Reason, RetriableError
from lingqu_worker.judge import Judge
from lingqu_worker.parking import ParkedEvent, Parking
from lingqu_worker.retry import Schedule
from lingqu_worker.walk import Put

LANE = Lane("feed", "trial.reading.v1")
BAD = Reason("rejected", "the partner answered 400")


def judge_of(clock: FakeClock, *, parks: bool = False, delays_s: Sequence[float] = (5.0,)) -> Judge:
    parking = Parking(1_000, 1, Schedule(tuple(delays_s)))
    return Judge("partner-52", parking, clock, most=8, parks_rejected=parks)


def put_of(keys: str, first: int = 1, *, released: bool = False) -> Put:
    """Return a put of as many events as there are letters, each its key; '-' has none."""
    names = [None if key == "-" else key.encode() for key in keys]
    events = [
        ParkedEvent(first + place, first + place, key, b"v", 0) for place, key in enumerate(names)
    ]
    row: dict[str, Any] = {"occurred_at": 0, "meter": "", "level": None, "parts": []}
    rows = [{**row, "event_id": f"e{event.sequence}"} for event in events]
    batch = batch_of(LANE, SCHEMA, rows, [event.sequence for event in events], names)
    return Put(batch, events.__getitem__, stop=None if released else len(keys))


def retry(*places: int) -> Verdicts:
    return Verdicts([Verdict(place, "retry") for place in places])


def waiting(judge: Judge) -> list[int]:
    return [change.event.sequence for change in judge.parking.changes() if change.stays]


def test_events_that_are_not_named_are_delivered(clock: FakeClock) -> None:
    judge = judge_of(clock)
    assert judge.hear(put_of("aab"), Delivered())
    assert judge.hear(put_of("aab", 4), Verdicts([Verdict(0, "accepted")]))
    assert (judge.delivered, judge.letters, waiting(judge)) == (6, [], [])


def test_only_the_key_that_failed_is_parked_and_what_comes_behind_it(clock: FakeClock) -> None:
    judge = judge_of(clock)
    judge.hear(put_of("abab-"), retry(1))
    assert waiting(judge) == [2, 4]
    assert judge.delivered == 3


def test_what_was_said_of_an_event_behind_a_parked_one_does_not_count(clock: FakeClock) -> None:
    judge = judge_of(clock)
    verdicts = [Verdict(0, "retry"), Verdict(1, "rejected"), Verdict(2, "accepted")]
    judge.hear(put_of("aaa"), Verdicts(verdicts))
    assert waiting(judge) == [1, 2, 3]
    assert (judge.delivered, judge.letters) == (0, [])


def test_events_without_a_key_do_not_hold_each_other_up(clock: FakeClock) -> None:
    judge = judge_of(clock)
    judge.hear(put_of("---"), retry(0, 2))
    assert waiting(judge) == [1, 3]
    assert judge.delivered == 1


def test_a_rejected_event_is_a_dead_letter_with_the_partners_words_apart(clock: FakeClock) -> None:
    judge = judge_of(clock)
    reason = Reason("rejected", "the partner refused the event", rule="no_such_station")
    judge.hear(put_of("ab"), Verdicts([Verdict(1, "rejected", reason, "Li Bing")]))
    (letter,) = judge.letters
    assert (letter.sequence, letter.key, letter.reason, letter.said) == (2, b"b", reason, "Li Bing")
    assert (judge.delivered, waiting(judge)) == (1, [])


def test_a_contract_may_have_rejected_events_park_their_key(clock: FakeClock) -> None:
    judge = judge_of(clock, parks=True)
    judge.hear(put_of("aab"), Verdicts([Verdict(0, "rejected", BAD)]))
    assert waiting(judge) == [1, 2]
    assert judge.letters == []


def test_a_blanket_refusal_is_halved_until_one_event_is_alone_with_it(clock: FakeClock) -> None:
    judge = judge_of(clock)
    limits = []
    for size in (8, 4, 2):
        assert not judge.hear(put_of("a" * size), Refused(BAD))
        limits.append(judge.limit)
    assert limits == [4, 2, 1]
    assert judge.hear(put_of("a"), Refused(BAD, "words"))
    assert [(letter.sequence, letter.said) for letter in judge.letters] == [(1, "words")]
    for first in (2, 3, 5):
        judge.hear(put_of("a" * judge.limit, first), Delivered())
    assert judge.limit == 8


def test_a_partner_that_refuses_everything_gets_no_more_dead_letters(clock: FakeClock) -> None:
    judge = judge_of(clock)
    for number in range(100):
        judge.hear(put_of("a", number), Refused(BAD))
    with pytest.raises(RetriableError, match=r"refused 100 events in a row.*partner's move"):
        judge.hear(put_of("a", 101), Refused(BAD))
    assert len(judge.letters) == 100
    judge.hear(put_of("a", 101), Delivered())
    assert judge.hear(put_of("a", 102), Refused(BAD))


def test_a_released_key_goes_on_waiting_or_lets_the_next_one_go(clock: FakeClock) -> None:
    judge = judge_of(clock, delays_s=(5.0, 5.0))
    judge.hear(put_of("aaa"), retry(0))
    judge.hear(put_of("a", released=True), retry(0))
    assert waiting(judge) == [1, 2, 3]
    judge.hear(put_of("a", released=True), Delivered())
    judge.hear(put_of("aa", 2, released=True), Verdicts([Verdict(1, "rejected", BAD)]))
    assert waiting(judge) == []
    assert (judge.delivered, [letter.sequence for letter in judge.letters]) == (2, [3])


def test_what_is_asked_for_again_to_the_end_of_the_schedule_is_a_dead_letter(
    clock: FakeClock,
) -> None:
    judge = judge_of(clock)
    judge.hear(put_of("ab"), retry(0))
    judge.hear(put_of("a", released=True), retry(0))
    assert [letter.reason.code for letter in judge.letters] == ["retries_ended"]
    assert waiting(judge) == []
