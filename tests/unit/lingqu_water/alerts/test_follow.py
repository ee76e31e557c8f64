from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.alerts import CODE, HIGH, Alerting, alerting, at, codmn, substance
from tests.support.readings import final, taking

from lingqu.inbox.handler import Received
from lingqu.service.database import session_factory
from lingqu_water.readings.arrivals import Arrivals
from lingqu_water.readings.model import SAMPLE_TOPIC
from lingqu_water.readings.review import Stretch, Verdict, review

CALM = [2.42, 2.42, 2.5, 2.4]
GAPS = st.sampled_from([1, 1, 1, 2, 20, 43, 60])  # 18 readings apart is the longest silence
VALUES = st.lists(st.sampled_from([None, 1.0, 2.4, 5.0, 6.5, 9.5, HIGH]), min_size=1, max_size=14)


@pytest.fixture
def hub() -> Iterator[Alerting]:
    with alerting() as made:
        yield made


def test_a_jump_is_told_once_with_whom_it_is_for_and_what_it_stands_on(hub: Alerting) -> None:
    hub.series(*CALM, HIGH)
    (event,) = hub.told()
    assert event["change"] == "first"
    assert (event["level"], event["state"], event["data_level"]) == ("超标", "open", "raw")
    assert event["downstream_regions"] == ["44", "45"]
    assert event["sample_events"] == [hub.taking.heads()[-1].event_id]
    assert (event["limit_high"], event["value"], event["baseline"]) == (6.0, HIGH, 2.42)


def test_what_goes_on_as_before_is_told_no_more(hub: Alerting) -> None:
    hub.series(*CALM, HIGH, 13.7, 13.5, 14.0)
    assert len(hub.told()) == 1
    assert hub.only().value == 14.0


def test_a_higher_level_supersedes_the_event_before(hub: Alerting) -> None:
    hub.series(*CALM, 6.5, 6.6, 9.5, HIGH)
    assert hub.says("change", "level") == [
        ("first", "关注"),
        ("revision", "预警"),
        ("revision", "超标"),
    ]
    first, second, third = hub.told()
    assert [second["supersedes"], third["supersedes"]] == [first["event_id"], second["event_id"]]


def test_held_values_mark_the_alert_and_calm_water_clears_it(hub: Alerting) -> None:
    hub.series(*CALM, None, HIGH, HIGH, HIGH, None, HIGH, 1.68, 2.08)
    assert hub.says("state", "suspect") == [("open", False), ("open", True), ("cleared", True)]
    assert hub.only().ended_at_ms == at(11)


def test_a_second_import_tells_nothing(hub: Alerting) -> None:
    statements = [codmn(place, value) for place, value in enumerate([*CALM, HIGH, 9.5])]
    hub.take(*statements)
    hub.take(*statements)
    for statement in statements:
        hub.take(statement)
    assert len(hub.told()) == 1


@pytest.mark.parametrize("mode", ["backfill", "snapshot"])
def test_what_is_filled_in_afterwards_raises_nothing(hub: Alerting, mode: str) -> None:
    hub.take(*(codmn(place, HIGH) for place in range(4)), mode=mode)
    assert hub.told() == []


def test_what_is_filled_in_afterwards_leaves_a_live_alert_as_it_is(hub: Alerting) -> None:
    hub.series(*CALM, HIGH)
    restated = [codmn(place, 2.4)._replace(**final(codmn(place, HIGH))) for place in range(3, 9)]
    hub.take(*restated, mode="backfill")
    assert hub.says("change", "state") == [("first", "open")]
    assert hub.taking.heads()[4].data_level == "final"
    hub.take(codmn(5, 14.0))
    assert hub.only().value == 14.0


@pytest.mark.parametrize(("mode", "levels"), [("live", ["超标"]), ("backfill", [])])
def test_what_a_neighbour_fills_in_raises_nothing_here(
    hub: Alerting, mode: str, levels: list[str]
) -> None:
    with taking() as neighbour:
        neighbour.take(*(codmn(place, value) for place, value in enumerate([*CALM, HIGH])))
        told = neighbour.published()
    arrivals = Arrivals(hub.taking.readings)
    with session_factory(hub.taking.engine).begin() as session:
        arrived = [Received(each | {"mode": mode}, 0, at) for at, each in enumerate(told)]
        arrivals.handle(session, SAMPLE_TOPIC, arrived)
    assert len(hub.taking.heads()) == len(told)
    assert [event["level"] for event in hub.told()] == levels


def test_a_review_of_what_was_filled_in_raises_nothing(hub: Alerting) -> None:
    filled = [codmn(place, HIGH) for place in range(4)]
    hub.take(*filled, mode="backfill")
    reviewed = final(filled[-1])
    stretch = Stretch(CODE, at(0), at(9))
    verdict = Verdict("final", reviewed["reviewed_by_org"], "valid", None, at(9))
    with session_factory(hub.taking.engine).begin() as session:
        review(session, hub.taking.readings, stretch, verdict)
    assert {head.data_level for head in hub.taking.heads()} == {"final"}
    assert hub.told() == []


def test_a_live_statement_of_what_was_filled_in_raises_its_alert(hub: Alerting) -> None:
    statements = [codmn(place, value) for place, value in enumerate([*CALM, HIGH])]
    hub.take(*statements, mode="backfill")
    assert set(hub.take(*statements).outcomes) == {"repeat"}
    assert hub.says("change", "level") == [("first", "超标")]


def test_a_corrected_reading_takes_its_alert_back(hub: Alerting) -> None:
    hub.series(*CALM, HIGH)
    wrong = codmn(4, HIGH)
    hub.take(codmn(4, 2.4)._replace(**final(wrong)))
    assert hub.says("change") == [("first",), ("withdrawal",)]
    assert hub.alerts() == []


def test_a_withdrawn_reading_takes_its_alert_back(hub: Alerting) -> None:
    hub.series(*CALM, HIGH)
    gone = {"withdrawn": True, "validity": "invalid", "validity_reason": "仪器故障"}
    hub.take(codmn(4, HIGH, **gone, as_of_ms=codmn(4, HIGH).as_of_ms + 1))
    assert hub.says("change", "withdrawal_reason") == [
        ("first", None),
        ("withdrawal", "所依据的读数已更正或撤回"),
    ]


def test_an_alert_that_comes_back_supersedes_its_withdrawal(hub: Alerting) -> None:
    hub.series(*CALM, HIGH)
    first = hub.only().alert_id
    wrong = codmn(4, HIGH)
    hub.take(codmn(4, 2.4)._replace(**final(wrong, data_level="reviewed")))
    hub.take(codmn(4, 13.5)._replace(**final(wrong)))
    assert hub.says("change") == [("first",), ("withdrawal",), ("revision",)]
    assert hub.only().alert_id == first
    assert hub.told()[2]["supersedes"] == hub.told()[1]["event_id"]


def test_a_late_reading_that_moves_the_start_makes_one_alert_of_it(hub: Alerting) -> None:
    for place, value in [(0, 2.4), (1, 2.4), (3, 9.5), (4, 9.5)]:
        hub.take(codmn(place, value))
    hub.take(codmn(2, 9.5))
    assert sorted(hub.says("change")) == [("first",), ("first",), ("withdrawal",)]
    assert hub.only().started_at_ms == at(2)


def test_a_late_reading_long_ago_leaves_later_alerts_alone(hub: Alerting) -> None:
    late = 400
    for place, value in [(0, 2.4), (1, 2.4), (late, 9.5), (late + 1, 2.4), (late + 2, 2.4)]:
        hub.take(codmn(place, value))
    hub.take(codmn(2, 9.5))
    assert [alert.started_at_ms for alert in hub.alerts()] == [at(2), at(late)]
    assert hub.says("change") == [("first",), ("revision",), ("first",)]


def test_calm_newest_readings_need_no_look_back(hub: Alerting) -> None:
    hub.series(*CALM)
    assert hub.told() == []
    hub.take(codmn(4, 6.5), codmn(5, 6.5))
    assert hub.only().started_at_ms == at(4)


@settings(max_examples=25)
@given(VALUES, st.data())
def test_the_order_of_arrival_makes_no_difference_to_the_alerts(
    values: list[float | None], data: st.DataObject
) -> None:
    places = accumulate(data.draw(GAPS) for _ in values)
    statements = [codmn(place, value) for place, value in zip(places, values, strict=True)]
    mixed = data.draw(st.permutations(statements))
    size = data.draw(st.integers(1, 5))
    with alerting() as straight, alerting() as other:
        straight.take(*statements)
        for start in range(0, len(mixed), size):
            other.take(*mixed[start : start + size])
        assert substance(other.alerts()) == substance(straight.alerts())


@settings(max_examples=15)
@given(VALUES, VALUES, st.data())
def test_revisions_in_any_order_leave_the_alerts_of_what_stands(
    raw: list[float | None], reviewed: list[float | None], data: st.DataObject
) -> None:
    first = [codmn(place, value) for place, value in enumerate(raw)]
    second = [
        statement._replace(**final(statement))
        for statement in (codmn(place, value) for place, value in enumerate(reviewed))
    ]
    with alerting() as straight, alerting() as other:
        straight.take(*first)
        straight.take(*second)
        for statement in data.draw(st.permutations([*first, *second])):
            other.take(statement)
        assert substance(other.alerts()) == substance(straight.alerts())
        told = len(other.told())
        other.take(*first, *second)
        assert len(other.told()) == told


# A place, a value, whether it is final, how much later it was stated, and in which mode.
STATED = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from([None, 2.4, 6.5, HIGH]),
        st.booleans(),
        st.integers(0, 2),
        st.sampled_from(["live", "live", "backfill", "snapshot"]),
    ),
    max_size=12,
)


@settings(max_examples=15)
@given(STATED, st.data())
def test_alerts_are_of_what_was_stated_live_whatever_is_filled_in_when(
    drawn: list[tuple[int, float | None, bool, int, str]], data: st.DataObject
) -> None:
    stated = []
    for place, value, is_final, later, mode in drawn:
        statement = codmn(place, value)
        settled = final(statement) if is_final else {}
        told = statement._replace(**settled, as_of_ms=statement.as_of_ms + later)
        stated.append((told, mode))
    with alerting() as straight, alerting() as other:
        straight.take(*(told for told, mode in stated if mode == "live"))
        for told, mode in data.draw(st.permutations(stated)):
            other.take(told, mode=mode)
        assert substance(other.alerts()) == substance(straight.alerts())


def test_each_event_of_an_alert_follows_the_one_before(hub: Alerting) -> None:
    hub.series(*CALM, 6.5, 6.6, HIGH, None, HIGH, 2.0, 2.0)
    events = hub.told()
    assert [event["supersedes"] for event in events[1:]] == [e["event_id"] for e in events[:-1]]
    assert {event["section_code"] for event in events} == {CODE}
