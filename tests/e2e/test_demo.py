"""The demo as people and programs run it, its sums counted again with plain clients."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.demo import (
    PLAYED,
    SIMULATED,
    TOPIC,
    behind,
    dropped,
    events,
    lanes,
    letters,
    records,
    tabled,
    up_for_a_while,
)
from tests.support.hub import ROOT, TestHub
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

FEEDS, FILE_FEEDS = 18, 4
PAUSED = "water-to-guangxi"
PATIENT = {"psn_no", "psn_name", "certno", "brdy", "diag_code", "diag_name"}
MEMBERS = {
    "feed", "partner", "sink", "topic", "expected", "delivered", "filtered", "withheld_fields",
    "rejected", "dead_letters", "in_order",
}  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHub]:
    with up_for_a_while(tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest.fixture(scope="module")
def partner(hub: TestHub) -> Iterator[TestHub]:
    """Start the partner's hub where the demo looks for it: each demo then takes seconds."""
    only = ("--region", "44", "--only", "api,worker")
    with up_for_a_while(hub.home / "demo" / "44", *only) as made:
        yield made


@pytest.fixture(scope="module")
def told(hub: TestHub, partner: TestHub) -> dict[str, Any]:
    """Return what the first demo on the hub says as JSON."""
    assert partner.home.is_relative_to(hub.home)
    done = hub.lingqu("demo", "--json", "--events", "90")
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="module")
def feeds(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is said of the feeds of readings, by their sinks."""
    return {feed["sink"]: feed for feed in told["feeds"] if feed["topic"] == TOPIC}


def test_the_json_has_the_members_that_programs_rely_on(told: dict[str, Any]) -> None:
    assert set(told) == {"ok", "seconds", "topics", "feeds"}
    assert told["ok"] is True
    produced = {topic: said["produced"] for topic, said in told["topics"].items()}
    assert set(produced) == {TOPIC, *PLAYED, *SIMULATED}
    assert all(produced[topic] == 91 for topic in (TOPIC, *PLAYED))
    assert all(60 < produced[topic] <= 91 for topic in SIMULATED)
    assert [set(feed) for feed in told["feeds"]] == [MEMBERS] * FEEDS


def test_each_kind_of_partner_has_its_feed(feeds: dict[str, dict[str, Any]]) -> None:
    assert {sink: feed["feed"] for sink, feed in feeds.items()} == {
        "kafka-sink": "water-to-guangdong",
        "http-sink": "water-to-guizhou",
        "database-sink": "water-to-jiangxi",
        "file-sink": "water-to-guangxi",
    }


def test_every_sum_adds_up(told: dict[str, Any]) -> None:
    for feed in told["feeds"]:
        lost = feed["filtered"] + feed["rejected"] + feed["dead_letters"]
        produced = told["topics"][feed["topic"]]["produced"]
        assert feed["delivered"] == feed["expected"] == produced - lost
        assert feed["in_order"] is True


def test_the_sums_are_what_plain_clients_count(
    hub: TestHub, partner: TestHub, feeds: dict[str, dict[str, Any]]
) -> None:
    published = {event["event_id"]: event for event in events(hub)}
    valid = {name for name, event in published.items() if event["validity"] == "valid"}
    rows = dropped(hub)

    assert len(records(hub, TOPIC)) == 91
    assert len(published) == 90
    assert len(records(partner, f"{TOPIC}.from.43")) == feeds["kafka-sink"]["delivered"] == 90
    assert {event["event_id"] for event in events(partner)} == set(published)
    assert len(rows) == feeds["file-sink"]["delivered"]
    assert {row["event_id"] for row in rows} == valid
    assert feeds["file-sink"]["filtered"] == len(published) - len(valid) > 0


def test_the_table_holds_what_its_filter_lets_through(
    hub: TestHub, feeds: dict[str, dict[str, Any]]
) -> None:
    wanted = {
        event["event_id"]
        for event in events(hub)
        if event["river"] in ("渌水", "湘江") and event["method"] == "auto"
    }
    rows = tabled(hub)

    assert len(rows) == feeds["database-sink"]["delivered"] > 0
    assert {row["event_id"] for row in rows} == wanted


def test_the_endpoint_rejects_one_event_and_gets_the_others(
    hub: TestHub, feeds: dict[str, dict[str, Any]]
) -> None:
    wanted = [event for event in events(hub) if event["river"] in ("沅江", "舞水", "洞庭湖")]
    feed = feeds["http-sink"]

    assert feed["rejected"] == 1
    assert feed["delivered"] == len(wanted) - 1 > 0
    rejected = [one for one in letters(hub) if one["reason"]["code"] == "rejected"]
    assert [one["reason"]["rule"] for one in rejected if one["feed"] == feed["feed"]] == [
        "not_in_our_books"
    ]


def test_dead_letters_are_on_their_topic(hub: TestHub, told: dict[str, Any]) -> None:
    counted = Counter(letter["feed"] for letter in letters(hub))
    assert counted == {
        feed["feed"]: feed["dead_letters"] + feed["rejected"] for feed in told["feeds"]
    }


def test_each_domain_reaches_two_kinds_of_partner(
    hub: TestHub, partner: TestHub, told: dict[str, Any]
) -> None:
    said = {feed["feed"]: feed for feed in told["feeds"] if feed["topic"] != TOPIC}

    reached = {(feed["topic"].partition(".")[0], feed["sink"]) for feed in said.values()}
    domains = {topic.partition(".")[0] for topic in (*PLAYED, *SIMULATED)}
    assert Counter(domain for domain, _ in reached) == dict.fromkeys(domains, 2)
    sold = [
        one for one in events(hub, "trading.transfer.v1") if one["right"] in ("emission", "carbon")
    ]
    rows = tabled(hub, "rights_transfers")
    assert len(rows) == said["trading-to-jiangxi"]["delivered"] == len(sold) > 0
    assert not any(
        {"floor_price_fen", "settlement_account", "contact_phone"} & set(row) for row in rows
    )
    shipped = dropped(hub, "logistics-to-guangxi")
    assert len(shipped) == said["logistics-to-guangxi"]["delivered"] > 0
    assert all(row["shipper_name"] for row in shipped if row["waybill_no"].startswith("LQMT4306"))
    assert "freight_fen" in said["logistics-to-guangxi"]["withheld_fields"]
    air = list(events(partner, "air.sample.v1"))
    assert len(air) == said["air-to-guangdong"]["delivered"] > 0


def test_settlements_reach_the_fund_that_pays_without_the_patient(
    hub: TestHub, partner: TestHub, told: dict[str, Any]
) -> None:
    said = {feed["feed"]: feed for feed in told["feeds"]}
    settled = list(events(hub, "medical.settlement.v1"))
    there = list(events(partner, "medical.settlement.v1"))
    rows = tabled(hub, "medical_settlements")

    assert all(event["psn_no"] for event in settled)
    assert len(there) == said["medical-to-guangdong"]["delivered"] > 0
    assert {event["insured_region"] for event in there} == {"44"}
    assert not any(event[name] for event in there for name in PATIENT)
    assert {row["insured_region"] for row in rows} == {"36"}
    assert not any(PATIENT & set(row) for row in rows)


def test_a_correction_that_is_played_stands_on_what_it_corrects(
    hub: TestHub, told: dict[str, Any]
) -> None:
    assert told["ok"]
    for topic in PLAYED:
        played = {event["event_id"]: event for event in events(hub, topic)}
        revised = [event for event in played.values() if event["change"] != "first"]
        before = [played[event["supersedes"]] for event in revised if event["supersedes"] in played]
        assert len(before) == len(revised) > 0, topic


def test_generated_readings_look_real(hub: TestHub, told: dict[str, Any]) -> None:
    assert told["ok"]
    played = list(events(hub))

    assert len({event["section_code"] for event in played}) == 20
    assert {event["change"] for event in played} >= {"first", "revision"}
    assert {event["station_status"] for event in played} >= {"正常", "维护"}
    assert any(event["published_class"] in ("Ⅳ", "Ⅴ", "劣Ⅴ") for event in played)


def test_simulated_events_go_on_live_until_they_are_enough(
    hub: TestHub, told: dict[str, Any]
) -> None:
    assert told["ok"]
    before = len(records(hub, TOPIC))

    done = hub.lingqu("simulate", "water.sample", "--rate", "50", "--max", "30", "--seed", "7")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "water.sample.v1: 30 published, seed 7\n"
    wait_until(lambda: len(records(hub, TOPIC)) == before + 30, 60)


def test_ctrl_c_ends_a_simulation_between_two_batches(hub: TestHub, told: dict[str, Any]) -> None:
    assert told["ok"]
    before = len(records(hub, TOPIC))
    with subprocess.Popen(
        hub.command("simulate", "water.sample", "--rate", "50"),
        env=hub.environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as playing:
        assert hub.lingqu("consume", TOPIC, "--max", "1", "--timeout", "60").stdout
        playing.send_signal(signal.SIGINT)
        said, wrong = playing.communicate(timeout=60)

    published = int(said.partition(": ")[2].split()[0].replace(",", ""))
    assert (playing.returncode, wrong) == (130, "")
    wait_until(lambda: len(records(hub, TOPIC)) == before + published, 60)


def test_withheld_fields_reach_nobody(
    hub: TestHub, partner: TestHub, feeds: dict[str, dict[str, Any]]
) -> None:
    withheld = set(feeds["file-sink"]["withheld_fields"])

    assert withheld == {"operator_name", "operator_phone"}
    assert any(event["operator_phone"] for event in events(hub))
    assert not any(event["operator_phone"] for event in events(partner))
    assert not any(withheld & set(row) for row in dropped(hub))
    assert set(feeds["http-sink"]["withheld_fields"]) == withheld
    hidden = set(feeds["database-sink"]["withheld_fields"])
    assert hidden == withheld | {"station_status"}
    assert not any(hidden & set(row) for row in tabled(hub))


def test_running_hubs_stay_up_and_the_feeds_to_an_endpoint_that_is_gone_rest(
    hub: TestHub, partner: TestHub, told: dict[str, Any]
) -> None:
    assert told["ok"]
    assert hub.lingqu("status").returncode == partner.lingqu("status").returncode == 0
    feeds = json.loads(hub.lingqu("feed", "list", "--json").stdout)
    assert {one["connector"] for one in feeds if not one["flows"]} == {"http-sink"}
    assert all(one["flows"] for one in feeds if one["connector"] != "http-sink")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder where nobody may write")
def test_a_partner_that_takes_nothing_fails_the_demo_in_words(
    hub: TestHub, told: dict[str, Any]
) -> None:
    assert told["ok"]
    wait_until(lambda: not behind(hub, TOPIC, PAUSED), 60)
    folder = hub.home / "demo" / "45"
    away = folder.rename(folder.with_name("away"))
    folder.symlink_to("/proc/self")
    try:
        done = hub.lingqu("demo", "--json", "--events", "30", "--patience", "10")
    finally:
        folder.unlink()
        away.rename(folder)

    assert done.stdout, done.stderr
    files = [one for one in json.loads(done.stdout)["feeds"] if one["sink"] == "file-sink"]
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False
    assert [feed["delivered"] for feed in files] == [0] * FILE_FEEDS
    assert all(feed["expected"] for feed in files)
    assert "feed 'water-to-guangxi': file drop" in done.stderr
    assert "IT DOES NOT ADD UP" in done.stderr


def test_a_paused_feed_ends_the_demo_with_the_cure(hub: TestHub, told: dict[str, Any]) -> None:
    assert told["ok"]
    hub.lingqu("feed", "pause", PAUSED)
    try:
        done = hub.lingqu("demo", "--json")
    finally:
        hub.lingqu("feed", "resume", PAUSED)
        wait_until(lambda: all(one["state"] == "running" for one in lanes(hub, PAUSED)), 60)

    assert (done.returncode, done.stdout) == (1, "")
    assert "lingqu: feed 'water-to-guangxi' is paused" in done.stderr
    assert "lingqu feed resume water-to-guangxi" in done.stderr
