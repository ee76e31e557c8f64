"""A real Prometheus beside the demo's hub reads back what the demo counted."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.demo import PLAYED, TOPIC, Told, events, records
from tests.support.hub import ROOT, TestHub
from tests.support.prometheus import Prometheus, programs, prometheus
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

DEPLOY = ROOT / "deploy" / "prometheus"
WORKER = "lingqu_worker"


@pytest.fixture(scope="module")
def seen(hub: TestHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Run Prometheus as committed, but for the home of the hub and a shorter interval."""
    folder = tmp_path_factory.mktemp("prometheus")
    shutil.copy(DEPLOY / "alerts.yml", folder)
    text = (DEPLOY / "prometheus.yml").read_text("utf-8")
    for given, here in {"../../.lingqu": str(hub.home), "interval: 15s": "interval: 1s"}.items():
        assert given in text
        text = text.replace(given, here)
    config = folder / "prometheus.yml"
    config.write_text(text, "utf-8")
    with prometheus(config, folder) as running:
        services = set(hub.status()["urls"])
        wait_until(lambda: running.targets() == dict.fromkeys(services, "up"))
        yield running


def by_feed(seen: Prometheus, query: str) -> dict[str, float]:
    return {feed: value for (feed,), value in seen.ask(query, "feed").items()}


def test_every_service_of_the_hub_is_found_and_scraped(seen: Prometheus, hub: TestHub) -> None:
    found = seen.ask("up", "job", "hub")
    assert found == {(job, "43"): 1.0 for job in hub.status()["urls"]}


def test_what_was_delivered_is_what_the_demo_counted(
    seen: Prometheus, hub: TestHub, told: dict[str, Told]
) -> None:
    """Some services publish more than the demo plays; then the topic itself is counted."""
    there = {topic: len(records(hub, topic)) for topic in {row.topic for row in told.values()}}
    delivered = by_feed(seen, f"sum by (feed) ({WORKER}_delivered_events_total)")
    filtered = by_feed(seen, f"sum by (feed) ({WORKER}_filtered_events_total)")
    dead = by_feed(seen, f"sum by (feed) ({WORKER}_dead_letters_total)")
    played = {feed: row for feed, row in told.items() if row.produced == there[row.topic]}
    assert {row.topic for row in played.values()} >= {TOPIC, *PLAYED}
    for feed, row in told.items():
        assert delivered[feed] + filtered[feed] + dead.get(feed, 0) == there[row.topic], feed
        assert dead.get(feed, 0) == row.dead + row.rejected, feed
    assert {feed: delivered[feed] for feed in played} == {
        feed: row.delivered for feed, row in played.items()
    }
    codes = {code for (code,) in seen.ask(f"{WORKER}_dead_letters_total", "code")}
    assert codes == {"undecodable", "rejected"}


def test_no_less_was_sent_than_acknowledged(seen: Prometheus, told: dict[str, Told]) -> None:
    sent = by_feed(seen, f"sum by (feed) ({WORKER}_sent_events_total)")
    assert all(sent[feed] >= row.delivered + row.rejected for feed, row in told.items())
    assert min(by_feed(seen, f"sum by (feed) ({WORKER}_retries_total)").values()) >= 0


def test_latency_is_that_of_every_live_event(
    seen: Prometheus, hub: TestHub, told: dict[str, Told]
) -> None:
    live = sum(event["mode"] == "live" for event in events(hub))
    name = f"{WORKER}_delivery_latency_seconds"
    counted = by_feed(seen, f"sum by (feed) ({name}_count)")
    assert counted["water-to-guangdong"] == live > 0
    delivered = by_feed(seen, f"sum by (feed) ({WORKER}_delivered_events_total)")
    assert all(count <= delivered[feed] for feed, count in counted.items())
    assert set(counted) == set(told)
    buckets = by_feed(seen, f'sum by (feed) ({name}_bucket{{le="+Inf"}})')
    assert buckets == counted
    middle = by_feed(seen, f"histogram_quantile(0.5, sum by (feed, le) ({name}_bucket))")
    assert middle["water-to-guangdong"] > 0


def test_what_rests_is_shown_as_nothing(seen: Prometheus, told: dict[str, Told]) -> None:
    for name in ("lag_events", "lag_seconds", "retention_used_ratio"):
        behind = by_feed(seen, f"sum by (feed) ({WORKER}_{name})")
        assert {feed: behind[feed] for feed in told} == dict.fromkeys(told, 0.0), name
    http = {feed for feed, row in told.items() if row.by == "http"}
    for name in ("parked_keys", "parked_events", "oldest_parked_seconds"):
        assert by_feed(seen, f"sum by (feed) ({WORKER}_{name})") == dict.fromkeys(http, 0.0), name
    partners = seen.ask(f"{WORKER}_breaker_open", "connector", "partner")
    sinks = {"http-sink", "database-sink", "file-sink", "kafka-sink"}
    assert {connector for connector, _ in partners} == sinks
    orders = seen.ask("lingqu_control_orders_open", "kind")
    kinds = ("redrive", "replay", "backfill", "offsets")
    assert orders == {(kind,): 0.0 for kind in kinds}
    assert max(seen.ask(f"{WORKER}_agreements_fresh").values()) == 1


def test_each_outbox_is_published_by_one_relay_and_nothing_waits(
    seen: Prometheus, told: dict[str, Told]
) -> None:
    active = seen.ask("sum by (service) (lingqu_outbox_active)", "service")
    assert set(active.values()) == {1.0}
    assert {"control", "gateway", "water"} <= {service for (service,) in active}
    oldest = seen.ask("max by (service) (lingqu_outbox_oldest_seconds)", "service")
    assert oldest == dict.fromkeys(active, 0.0)
    published = seen.ask("sum by (topic) (lingqu_outbox_published_total)", "topic")
    assert published[TOPIC,] > 0
    assert {topic for (topic,) in published} & {row.topic for row in told.values()}


def test_a_refusal_is_counted_by_topic_and_reason(seen: Prometheus, hub: TestHub) -> None:
    name = "sum by (topic, reason) (lingqu_admission_refused_events_total)"
    before = seen.ask(name, "topic", "reason")
    reason = refused_at_the_gateway(hub)
    place = (TOPIC, reason)
    wait_until(lambda: seen.ask(name, "topic", "reason").get(place, 0) == before.get(place, 0) + 1)


def refused_at_the_gateway(hub: TestHub) -> str:
    """Offer an event that is none; return the code of why it is refused."""
    url = f"{hub.status()['urls']['gateway']}/v1/topics/{TOPIC}/events"
    body, head = b'[{"station": 1}]', {"Content-Type": "application/json"}
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(urllib.request.Request(url, body, head))
    assert refusal.value.code == 422
    with refusal.value as answer:
        (one,) = json.load(answer)["refused"]
    return str(one["rule"] or one["code"])


def test_only_the_dead_letters_of_the_demo_call_for_somebody(seen: Prometheus) -> None:
    wait_until(lambda: "DeadLettersGrowing" in seen.alerting())
    assert seen.alerting() <= {"DeadLettersGrowing", "PartnerLeftAlone"}


@pytest.mark.parametrize(
    "check",
    [
        ("check", "config", str(DEPLOY / "prometheus.yml")),
        ("check", "rules", str(DEPLOY / "alerts.yml")),
        ("test", "rules", str(Path(__file__).with_name("alerts.test.yml"))),
    ],
    ids=" ".join,
)
def test_promtool_finds_nothing_wrong(check: tuple[str, ...]) -> None:
    done = subprocess.run(
        [programs() / "promtool", *check], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_says_where_why_and_what_to_do(seen: Prometheus) -> None:
    rules = seen.rules()
    assert len(rules) >= 7
    assert all({"summary", "cause", "cure"} <= set(rule["annotations"]) for rule in rules)
    assert all(rule["health"] == "ok" for rule in rules)
