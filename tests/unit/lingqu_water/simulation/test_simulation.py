from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.contract.examples import columns, encode

from lingqu.contracts.loader import load_contract
from lingqu.contracts.rules import compile_rule
from lingqu.simulation import Scene, simulations
from lingqu_water.simulation import SIMULATION

START = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
SAMPLE = load_contract(Path(__file__).parents[4] / "schemas" / "water" / "sample")
Event = dict[str, Any]


def played(
    count: int, seed: int = 43, region: str = "43", rate: float | None = None
) -> list[Event]:
    scene = Scene(region, START, seed, rate)
    return list(islice(SIMULATION.events("water.sample", scene), count))


def timeless(event: Event) -> Event:
    moments = ("event_id", "supersedes", "occurred_at", "sampled_at", "reviewed_at")
    return {name: value for name, value in event.items() if name not in moments}


def times_of(event: Event) -> dict[str, datetime]:
    return {name: moment(event, name) for name in event if name.endswith("_at")}


def moment(event: Event, field: str) -> datetime:
    return datetime.fromisoformat(event[field])


def test_the_simulation_is_found_by_the_contract_it_plays() -> None:
    assert simulations()["water.sample"] is SIMULATION


def test_the_same_seed_gives_the_same_content_and_another_seed_another() -> None:
    once, again, other = played(200), played(200), played(200, seed=44)

    assert list(map(timeless, once)) == list(map(timeless, again))
    assert list(map(timeless, once)) != list(map(timeless, other))
    assert len({event["event_id"] for event in once + again}) == 400


@pytest.mark.parametrize("region", ["43", "44", "52"])
def test_every_event_keeps_the_rules_of_its_contract(region: str) -> None:
    version = SAMPLE.latest()
    events = [event | times_of(event) for event in played(400, region=region)]

    batch = columns([encode(event, version) for event in events], version)
    rules = [compile_rule(spec.name, spec.expression) for spec in SAMPLE.rules]
    assert [rule.name for rule in rules if not all(rule.passes(batch).to_pylist())] == []


def test_a_region_without_sections_has_no_events() -> None:
    assert played(10, region="X-NOBODY") == []


def test_readings_are_of_four_hour_marks_and_told_in_the_order_in_which_they_happen() -> None:
    events = played(600)

    assert {moment(event, "sampled_at").hour % 4 for event in events} == {0}
    assert all(moment(event, "sampled_at").minute == 0 for event in events)
    told = [moment(event, "occurred_at") for event in events]
    assert all(before < after for before, after in pairwise(told))


@pytest.mark.parametrize("count", [1, 20, 21, 240, 1000])
def test_a_scene_of_nature_is_over_before_now(count: int) -> None:
    now = datetime(2026, 7, 9, 5, 43, tzinfo=UTC)
    start = now - SIMULATION.span("water.sample", "43", count)

    events = list(islice(SIMULATION.events("water.sample", Scene("43", start, 1)), count))

    assert start - timedelta(hours=4) <= moment(events[0], "occurred_at")
    assert moment(events[-1], "occurred_at") < now


def test_a_rate_spreads_events_evenly_from_now_on() -> None:
    events = played(500, rate=4)

    told = [moment(event, "occurred_at") for event in events]
    assert {after - before for before, after in pairwise(told)} == {timedelta(seconds=0.25)}
    firsts = [event for event in events if "change" not in event and event["method"] == "auto"]
    assert all(event["sampled_at"] == event["occurred_at"] for event in firsts)
    assert len({(event["section_code"], event["sampled_at"]) for event in firsts}) == len(firsts)


def test_corrections_name_an_earlier_event_about_the_same_water() -> None:
    events = played(2000)
    by_id = {event["event_id"]: event for event in events}
    corrections = [event for event in events if "change" in event]

    assert {event["change"] for event in corrections} == {"revision", "withdrawal"}
    for event in corrections:
        before = by_id[event["supersedes"]]
        for name in ("section_code", "sampled_at", "method"):
            assert event[name] == before[name]
        assert moment(before, "occurred_at") < moment(event, "occurred_at")
    assert len({event["supersedes"] for event in corrections}) == len(corrections)


def test_reviewed_readings_say_who_reviewed_them_and_change_no_value() -> None:
    events = played(2000)
    by_id = {event["event_id"]: event for event in events}
    reviewed = [event for event in events if event["data_level"] == "reviewed"]

    assert reviewed
    assert all(event["items"] == by_id[event["supersedes"]]["items"] for event in reviewed)
    assert all(event["reviewed_by_org"] and event["reviewed_at"] for event in reviewed)


def test_a_station_out_of_service_has_doubtful_readings_without_a_class() -> None:
    away = [
        event
        for event in played(2000)
        if event.get("station_status") != "正常" and event["method"] == "auto"
    ]

    told = [event for event in away if "change" not in event]
    assert {event["station_status"] for event in told} == {"维护", "停站"}
    assert {event["validity"] for event in told} == {"doubtful"}
    assert {event["published_class"] for event in told} == {None}
    assert any(item["value"] is not None for event in told for item in event["items"])


def test_every_way_of_having_no_value_occurs() -> None:
    flags = {item["flag"] for event in played(4000) for item in event["items"]}
    assert flags == {"measured", "not_measured", "no_value", "filtered", "below_detection"}


def test_only_people_who_do_not_exist_are_named() -> None:
    events = played(2000)
    people = {event.get("operator_name") for event in events} - {None}
    assert people == {"示例运维员甲", "示例运维员乙"}
    assert {event["method"] for event in events if "operator_name" in event} == {"auto", "manual"}


def test_the_wave_of_a_scene_moves_downstream_section_by_section() -> None:
    ammonia: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for event in played(400):
        for item in event["items"]:
            if item["code"] == "w21003" and item["value"] is not None:
                ammonia[event["section_name"]].append((item["value"], event["sampled_at"]))

    crest = {name: max(values) for name, values in ammonia.items()}
    way = ["绿埠头", "归阳镇", "昭山", "樟树港", "岳阳楼"]
    times = [crest[name][1] for name in way]
    assert times == sorted(set(times))
    assert min(crest[name][0] for name in way) > 3 * crest["蒋家嘴"][0]
