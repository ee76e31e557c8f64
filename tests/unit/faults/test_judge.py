"""The fault runs' checker must be able to fail: each broken promise is found, and only that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.faults.checking.judge import PROMISES, Seen, Verdict, judge, lanes_of
from tests.faults.checking.ledger import Event
from tests.faults.checking.promises import MIRROR

STATIONS = ("43-S1", "43-S2", "43-S3")
PRODUCED = [
    Event(f"e{number}-{station}", station, number, 10 * number, "calm")
    for number in range(1, 9)
    for station in STATIONS
]
BY_ID = {event.event_id: event for event in PRODUCED}
PASSING = {name: event for name, event in BY_ID.items() if MIRROR.passes(event)}


def place_of(event: Event) -> int:
    return STATIONS.index(event.station) % 2


SOURCE = [Seen(event.event_id, place_of(event)) for event in PRODUCED]


def delivered() -> list[Seen]:
    lanes = lanes_of(SOURCE, PASSING)
    return [
        Seen(event.event_id, place_of(event), lanes[event.event_id].rank)
        for event in PASSING.values()
    ]


def verdict_on(seen: list[Seen]) -> Verdict:
    return judge(BY_ID, PASSING, seen, lanes_of(SOURCE, PASSING))


def broken(verdict: Verdict) -> set[str]:
    return {promise for promise in PROMISES if getattr(verdict, promise)}


def lose(seen: list[Seen]) -> None:
    del seen[4]


def double(seen: list[Seen]) -> None:
    seen.append(seen[4])


def reorder(seen: list[Seen]) -> None:
    seen[4], seen[7] = seen[7], seen[4]


def leak(seen: list[Seen]) -> None:
    seen[4] = seen[4]._replace(leaks=True)


def let_through(seen: list[Seen]) -> None:
    seen.insert(0, Seen("e1-43-S1", 0, 1))


def invent(seen: list[Seen]) -> None:
    seen.append(Seen("e99-43-S1", 0, 99))


def misnumber(seen: list[Seen]) -> None:
    seen[4] = seen[4]._replace(sequence=77)


def change(seen: list[Seen]) -> None:
    seen[4] = seen[4]._replace(wrong="differs in ['level']")


def test_what_keeps_every_promise_is_clean() -> None:
    verdict = verdict_on(delivered())

    assert (verdict.found, verdict.expected, verdict.broken) == (21, 21, 0)


@pytest.mark.parametrize(
    ("harm", "promises"),
    [
        (lose, {"lost"}),
        (double, {"doubled"}),
        (reorder, {"reordered", "misnumbered"}),
        (leak, {"leaked"}),
        (let_through, {"leaked"}),
        (invent, {"alien"}),
        (misnumber, {"misnumbered"}),
        (change, {"wrong"}),
    ],
)
def test_each_broken_promise_is_found(
    harm: Callable[[list[Seen]], None], promises: set[str]
) -> None:
    seen = delivered()

    harm(seen)

    assert promises <= broken(verdict_on(seen)) <= promises | {"misnumbered"}


def test_a_key_spread_over_two_places_has_lost_its_order() -> None:
    seen = delivered()
    seen[-1] = seen[-1]._replace(place=9)

    assert "reordered" in broken(verdict_on(seen))


def test_hidden_bytes_are_found_in_value_key_and_header() -> None:
    assert MIRROR.leaks(b"..secret..", b"k")
    assert MIRROR.leaks(b"v", b"43-S1")
    assert MIRROR.leaks(b"v", b"k", b"secret-1-77")
    assert not MIRROR.leaks(b"v", b"k", None)


def test_an_event_that_shows_other_fields_or_values_is_wrong() -> None:
    event = Event("e", "43-S1", 1, 50, "calm")
    shown = {"station": "0" * 32, "number": 1, "level": 50, "weather": "calm", "keeper": "Q***"}

    assert MIRROR.wrong(event, shown) is None
    assert "differs in ['level']" in str(MIRROR.wrong(event, {**shown, "level": 51}))
    assert "has ['phone'] as well" in str(MIRROR.wrong(event, {**shown, "phone": ""}))
    assert "pseudonyms False" in str(MIRROR.wrong(event, {**shown, "station": "43-S1"}))
