"""What the demo's table says, counted again with plain clients."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.support.demo import (
    PLAYED,
    SIMULATED,
    TOPIC,
    Told,
    dropped,
    events,
    letters,
    records,
    tabled,
)
from tests.support.hub import TestHub

pytestmark = pytest.mark.e2e

FEEDS, EVENTS = 26, 240
PATIENT = {"psn_no", "psn_name", "certno", "brdy", "diag_code", "diag_name"}


@pytest.fixture(scope="module")
def feeds(told: dict[str, Told]) -> dict[str, Told]:
    """Return what is said of the feeds of readings, by their sinks."""
    return {feed.by: feed for feed in told.values() if feed.topic == TOPIC}


def test_each_kind_of_partner_has_its_feed(feeds: dict[str, Told]) -> None:
    assert {sink: feed.feed for sink, feed in feeds.items()} == {
        "kafka": "water-to-guangdong",
        "http": "water-to-guizhou",
        "database": "water-to-jiangxi",
        "file": "water-to-guangxi",
    }


def test_every_sum_adds_up(told: dict[str, Told]) -> None:
    assert len(told) == FEEDS
    for feed in told.values():
        lost = feed.filtered + feed.rejected + feed.dead
        assert feed.delivered == feed.expected == feed.produced - lost
        assert feed.order == "kept"


def test_each_topic_has_what_was_published_and_one_record_that_is_none(
    told: dict[str, Told],
) -> None:
    produced = {feed.topic: feed.produced for feed in told.values()}
    assert set(produced) == {TOPIC, *PLAYED, *SIMULATED}
    assert all(produced[topic] == EVENTS + 1 for topic in (TOPIC, *PLAYED))
    assert all(EVENTS * 2 / 3 < produced[topic] <= EVENTS + 1 for topic in SIMULATED)


def test_the_sums_are_what_plain_clients_count(
    hub: TestHub, partner: TestHub, feeds: dict[str, Told]
) -> None:
    published = {event["event_id"]: event for event in events(hub)}
    valid = {name for name, event in published.items() if event["validity"] == "valid"}
    rows = dropped(hub)

    assert len(records(hub, TOPIC)) == EVENTS + 1
    assert len(published) == EVENTS
    assert len(records(partner, f"{TOPIC}.from.43")) == feeds["kafka"].delivered == EVENTS
    assert {event["event_id"] for event in events(partner)} == set(published)
    assert len(rows) == feeds["file"].delivered
    assert {row["event_id"] for row in rows} == valid
    assert feeds["file"].filtered == len(published) - len(valid) > 0


def test_the_table_holds_what_its_filter_lets_through(hub: TestHub, feeds: dict[str, Told]) -> None:
    wanted = {
        event["event_id"]
        for event in events(hub)
        if event["river"] in ("渌水", "湘江") and event["method"] == "auto"
    }
    rows = tabled(hub)

    assert len(rows) == feeds["database"].delivered > 0
    assert {row["event_id"] for row in rows} == wanted


def test_the_endpoint_rejects_one_event_and_gets_the_others(
    hub: TestHub, feeds: dict[str, Told]
) -> None:
    wanted = [event for event in events(hub) if event["river"] in ("沅江", "舞水", "洞庭湖")]
    feed = feeds["http"]

    assert feed.rejected == 1
    assert feed.delivered == len(wanted) - 1 > 0
    rejected = [one for one in letters(hub) if one["reason"]["code"] == "rejected"]
    assert [one["reason"]["rule"] for one in rejected if one["feed"] == feed.feed] == [
        "not_in_our_books"
    ]


def test_dead_letters_are_on_their_topic(hub: TestHub, told: dict[str, Told]) -> None:
    counted = Counter(letter["feed"] for letter in letters(hub))
    assert counted == {feed.feed: feed.dead + feed.rejected for feed in told.values()}


def test_each_domain_reaches_two_kinds_of_partner(
    hub: TestHub, partner: TestHub, told: dict[str, Told]
) -> None:
    reached = {
        (feed.topic.partition(".")[0], feed.by) for feed in told.values() if feed.topic != TOPIC
    }
    domains = {topic.partition(".")[0] for topic in (*PLAYED, *SIMULATED)}
    assert Counter(domain for domain, _ in reached) == dict.fromkeys(domains, 2)
    sold = [
        one for one in events(hub, "trading.transfer.v1") if one["right"] in ("emission", "carbon")
    ]
    rows = tabled(hub, "rights_transfers")
    assert len(rows) == told["trading-to-jiangxi"].delivered == len(sold) > 0
    assert not any(
        {"floor_price_fen", "settlement_account", "contact_phone"} & set(row) for row in rows
    )
    shipped = dropped(hub, "logistics-to-guangxi")
    assert len(shipped) == told["logistics-to-guangxi"].delivered > 0
    assert all(row["shipper_name"] for row in shipped if row["waybill_no"].startswith("LQMT4306"))
    assert "freight_fen" in told["logistics-to-guangxi"].withheld
    air = list(events(partner, "air.sample.v1"))
    assert len(air) == told["air-to-guangdong"].delivered > 0


def test_settlements_reach_the_fund_that_pays_without_the_patient(
    hub: TestHub, partner: TestHub, told: dict[str, Told]
) -> None:
    settled = list(events(hub, "medical.settlement.v1"))
    there = list(events(partner, "medical.settlement.v1"))
    rows = tabled(hub, "medical_settlements")

    assert all(event["psn_no"] for event in settled)
    assert len(there) == told["medical-to-guangdong"].delivered > 0
    assert {event["insured_region"] for event in there} == {"44"}
    assert not any(event[name] for event in there for name in PATIENT)
    assert {row["insured_region"] for row in rows} == {"36"}
    assert not any(PATIENT & set(row) for row in rows)


def test_a_correction_that_is_played_stands_on_what_it_corrects(hub: TestHub) -> None:
    for topic in PLAYED:
        played = {event["event_id"]: event for event in events(hub, topic)}
        revised = [event for event in played.values() if event["change"] != "first"]
        before = [played[event["supersedes"]] for event in revised if event["supersedes"] in played]
        assert len(before) == len(revised) > 0, topic


def test_generated_readings_look_real(hub: TestHub) -> None:
    played = list(events(hub))

    assert len({event["section_code"] for event in played}) == 20
    assert {event["change"] for event in played} >= {"first", "revision"}
    assert {event["station_status"] for event in played} >= {"正常", "维护"}
    assert any(event["published_class"] in ("Ⅳ", "Ⅴ", "劣Ⅴ") for event in played)


def test_withheld_fields_reach_nobody(
    hub: TestHub, partner: TestHub, feeds: dict[str, Told]
) -> None:
    withheld = set(feeds["file"].withheld)

    assert withheld == {"operator_name", "operator_phone"}
    assert any(event["operator_phone"] for event in events(hub))
    assert not any(event["operator_phone"] for event in events(partner))
    assert not any(withheld & set(row) for row in dropped(hub))
    assert set(feeds["http"].withheld) == withheld
    hidden = set(feeds["database"].withheld)
    assert hidden == withheld | {"station_status"}
    assert not any(hidden & set(row) for row in tabled(hub))
