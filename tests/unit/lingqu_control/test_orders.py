"""Orders as control keeps and publishes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.lingqu_control.desks import CLEARED, agreement, apply, desk, document, published

from lingqu.agreements.orders import OrderKind, Selection
from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu.kafka.order_reports import OrderReport
from lingqu_control.desk import Desk
from lingqu_control.order_answers import OrderAnswer, order_answer
from lingqu_control.orders import Wanted, cancel_order, find_order, place_order, settle_order

FEED = "reading-south"
KAFKA = {
    "connector": "kafka-sink",
    "options": {"bootstrap_servers": "b:9092", "registry_url": "http://r"},
}


@pytest.fixture
def one(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    apply(made, document(agreement()))
    return made


def place(one: Desk, kind: OrderKind = "replay", *, dry_run: bool = False) -> int:
    with one.writing() as records:
        wanted = Wanted(kind, Selection(first_sequence=3), dry_run=dry_run, rate=None)
        return place_order(records, one.hub, FEED, wanted, "operator").number


def settle(one: Desk, number: int, *reports: OrderReport) -> OrderAnswer:
    with one.writing() as records:
        row = find_order(records, FEED, number)
        settle_order(records, one.hub, row, reports)
        return order_answer(row)


def test_open_orders_are_published_within_their_agreement_until_they_are_done(one: Desk) -> None:
    place(one)
    state = published(one)[-1]
    (order,) = state.orders
    assert (order.number, order.attempt, order.selection.first_sequence) == (1, 2, 3)
    assert (state.feed, state.runs_as) == (FEED, f"{FEED}.r1")

    half = settle(one, 1, OrderReport(1, 0, "done", sent=4), OrderReport(1, 1, "running", sent=1))
    assert (half.state, half.sent) == ("running", 5)
    done = OrderReport(1, 1, "done", sent=2, withheld=1)
    whole = settle(one, 1, OrderReport(1, 0, "done", sent=4), done)
    assert (whole.state, whole.sent, whole.withheld) == ("done", 6, 1)
    assert published(one)[-1].orders == ()


def test_two_orders_that_send_never_run_on_one_feed_at_once(one: Desk) -> None:
    place(one)
    place(one, dry_run=True)
    with pytest.raises(ConflictError, match="order 1 of feed 'reading-south', a replay, is not"):
        place(one, "redrive")
    with one.writing() as records:
        assert cancel_order(records, one.hub, FEED, 1).state == "cancelled"
    assert place(one, "redrive") == 3
    assert [order.number for order in published(one)[-1].orders] == [2, 3]


def test_what_rests_or_is_suspended_takes_no_orders(one: Desk) -> None:
    one.pause(FEED, paused=True)
    with pytest.raises(ConflictError, match="rests, and its orders with it"):
        place(one)
    one.pause(FEED, paused=False)
    one.move("reading-to-south", "suspended", None)
    with pytest.raises(ConflictError, match="nothing may be sent to 'south-office'"):
        place(one)


def test_orders_end_with_their_agreement(one: Desk) -> None:
    place(one)
    one.move("reading-to-south", "revoked", "over")
    assert published(one)[-1].orders == ()
    with one.reading() as records:
        assert find_order(records, FEED, 1).state == "cancelled"


def test_a_partition_that_is_not_there_is_refused(one: Desk) -> None:
    wanted = Wanted("replay", Selection(partition=2), dry_run=True, rate=None)
    with one.writing() as records, pytest.raises(InputError, match="partitions 0 to 1, and 2 is"):
        place_order(records, one.hub, FEED, wanted, "operator")


def test_a_feed_that_brings_events_in_cannot_send_again(tmp_path: Path) -> None:
    south = brought_in(tmp_path, region="44", delivery=KAFKA)
    with pytest.raises(InputError, match="ask 'north-office' to publish those events once more"):
        place(south)


def test_dead_letters_of_a_partners_topic_may_be_let_in_again(tmp_path: Path) -> None:
    south = brought_in(tmp_path, region="44", delivery=KAFKA)
    place(south, "redrive")
    assert [each.kind for each in published(south)[-1].orders] == ["redrive"]


def test_rows_that_were_polled_are_handed_in_again_by_their_owner(tmp_path: Path) -> None:
    office = {"partner": "north-office", "region": "43"}
    south = {"partner": "south-office", "region": "44"}
    files = {"connector": "file-source", "options": {"folder": "/srv/in"}}
    terms = {"provider": south, "recipient": office, "delivery": files, "view": CLEARED}
    north = brought_in(tmp_path, region="43", **terms)
    with pytest.raises(InputError, match="ask 'south-office' to publish those events once more"):
        place(north, "redrive")


def brought_in(tmp_path: Path, region: str, **terms: Any) -> Desk:
    one = desk(tmp_path, region=region)
    apply(one, document(agreement(**terms), region=region))
    return one


def test_offsets_being_altered_hold_a_resume_up(one: Desk) -> None:
    one.stop(FEED)
    place(one, "offsets")
    with pytest.raises(ConflictError, match="being altered by order 1"):
        one.pause(FEED, paused=False)
    assert published(one)[-1].paused


def test_a_restart_is_published_and_a_stop_is_a_pause_that_lasts(one: Desk) -> None:
    assert one.restart(FEED).restarts == 1
    assert published(one)[-1].restarts == 1
    stopped = one.stop(FEED)
    assert (stopped.stopped, stopped.paused, stopped.flows) == (True, True, False)
    assert not one.pause(FEED, paused=False).stopped


def test_an_order_that_is_not_there_is_named(one: Desk) -> None:
    with one.reading() as records, pytest.raises(NotFoundError, match="no order 2; it has none"):
        find_order(records, FEED, 2)
