"""What goes on after a demo: readings that are simulated live, demos anew, one that fails."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys

import pytest
from tests.support.demo import TOPIC, behind, lanes, records
from tests.support.hub import ROOT, TestHub
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

FILE_FEEDS = 6
PAUSED = "water-to-guangxi"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder where nobody may write")
@pytest.mark.usefixtures("partner")
def test_a_partner_that_takes_nothing_fails_the_demo_in_words(hub: TestHub) -> None:
    wait_until(lambda: not behind(hub, TOPIC, PAUSED), 60)
    folder = hub.home / "demo" / "45"
    away = folder.rename(folder.with_name("away"))
    folder.symlink_to("/proc/self")
    try:
        done = hub.lingqu("demo", "--json", "--events", "30", "--patience", "6")
    finally:
        folder.unlink()
        away.rename(folder)

    assert done.stdout, done.stderr
    files = [one for one in json.loads(done.stdout)["feeds"] if one["sink"] == "file-sink"]
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False
    assert [feed["delivered"] for feed in files] == [0] * FILE_FEEDS
    assert all(feed["expected"] for feed in files)
    told = [line for line in done.stderr.splitlines() if "'water-to-guangxi'" in line]
    assert told, done.stderr
    for line in told:  # each of its lanes, left alone by now or about to ask again, says why
        assert "file drop" in line
        assert "the worker may not write there; grant its user write access" in line
    assert "IT DOES NOT ADD UP" in done.stderr


def test_running_hubs_stay_up_and_the_feeds_to_an_endpoint_that_is_gone_rest(
    hub: TestHub, partner: TestHub
) -> None:
    assert hub.lingqu("status").returncode == partner.lingqu("status").returncode == 0
    feeds = json.loads(hub.lingqu("feed", "list", "--json").stdout)
    flowing = {one["connector"] for one in feeds if one["flows"]}
    resting = {one["connector"] for one in feeds if not one["flows"]}
    assert {"kafka-sink", "database-sink"} <= flowing - resting
    assert "http-sink" in resting - flowing


def test_simulated_events_go_on_live_until_they_are_enough(hub: TestHub) -> None:
    before = len(records(hub, TOPIC))

    done = hub.lingqu("simulate", "water.sample", "--rate", "50", "--max", "30", "--seed", "7")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "water.sample.v1: 30 published, seed 7\n"
    wait_until(lambda: len(records(hub, TOPIC)) == before + 30, 60)


@pytest.mark.parametrize(
    ("contract", "feed"),
    [
        ("credit.dishonesty", "credit-to-guangdong"),
        ("customs.declaration", "customs-to-guangxi"),
        ("customs.inspection", "customs-inspection-to-guangxi"),
        ("medical.settlement", "medical-to-jiangxi"),
        ("medical.reversal", "medical-reversal-to-guangdong"),
        ("medical.remittance", "medical-remittance-to-jiangxi"),
    ],
)
@pytest.mark.usefixtures("partner")
def test_what_is_simulated_of_any_domain_reaches_its_partner(
    hub: TestHub, contract: str, feed: str
) -> None:
    topic = f"{contract}.v1"
    before = len(records(hub, topic))

    done = hub.lingqu("simulate", contract, "--rate", "50", "--max", "12", "--seed", "7")

    assert done.returncode == 0, done.stderr
    published = re.fullmatch(rf"{topic}: (\d+) published, seed 7\n", done.stdout)
    assert published, done.stdout
    told = int(published[1])  # one that is told twice is published once
    assert 6 <= told <= 12
    wait_until(lambda: len(records(hub, topic)) >= before + told, 60)  # a service may answer
    wait_until(lambda: not behind(hub, topic, feed), 120)  # its partner may have been away


def test_ctrl_c_ends_a_simulation_between_two_batches(hub: TestHub) -> None:
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


def test_a_paused_feed_ends_the_demo_with_the_cure(hub: TestHub) -> None:
    hub.lingqu("feed", "pause", PAUSED)
    try:
        done = hub.lingqu("demo", "--json")
    finally:
        hub.lingqu("feed", "resume", PAUSED)
        wait_until(lambda: all(one["state"] == "running" for one in lanes(hub, PAUSED)), 60)

    assert (done.returncode, done.stdout) == (1, "")
    assert "lingqu: feed 'water-to-guangxi' is paused" in done.stderr
    assert "lingqu feed resume water-to-guangxi" in done.stderr
