from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.alerts import HIGH, Alerting, alerting, at, codmn
from tests.support.readings import final

from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu_water.metrics import ALERTS, REMINDERS, UNACKNOWLEDGED_SECONDS

CALM = [2.42, 2.42, 2.5, 2.4]


@pytest.fixture
def hub() -> Iterator[Alerting]:
    with alerting() as made:
        made.series(*CALM, HIGH)
        yield made


def do(hub: Alerting, *names: str) -> None:
    for name in names:
        hub.desk.act(hub.only().alert_id, name, "示例甲", "说明")  # type: ignore[arg-type]


def test_each_act_is_told_with_who_did_it_and_supersedes_the_event_before(hub: Alerting) -> None:
    do(hub, "acknowledge", "verify", "clear")
    assert hub.says("state", "judgement", "handled_by")[1:] == [
        ("acknowledged", "undecided", "示例甲"),
        ("verified", "verified", "示例甲"),
        ("cleared", "verified", "示例甲"),
    ]
    events = hub.told()
    assert [event["supersedes"] for event in events[1:]] == [e["event_id"] for e in events[:-1]]


def test_an_act_out_of_order_is_refused_with_what_is_possible(hub: Alerting) -> None:
    with pytest.raises(ConflictError, match=r"possible is: acknowledge$"):
        do(hub, "verify")
    assert len(hub.told()) == 1


def test_a_false_alarm_needs_a_note(hub: Alerting) -> None:
    do(hub, "acknowledge")
    with pytest.raises(InputError, match="explained"):
        hub.desk.act(hub.only().alert_id, "false_alarm", "示例甲", None)


def test_an_unknown_alert_is_refused(hub: Alerting) -> None:
    with pytest.raises(NotFoundError, match="there is no alert 'x'"):
        hub.desk.act("x", "acknowledge", "示例甲", None)


def test_acts_survive_what_later_readings_make_of_the_alert(hub: Alerting) -> None:
    do(hub, "acknowledge", "verify")
    hub.take(codmn(5, 2.0), codmn(6, 2.0))
    alert = hub.only()
    assert (alert.state, alert.judgement, alert.handled_by) == ("cleared", "verified", "示例甲")


def test_acts_stay_with_an_alert_whose_start_moves(hub: Alerting) -> None:
    do(hub, "acknowledge")
    hub.take(codmn(3, 9.5)._replace(**final(codmn(3, 9.5))))
    alert = hub.only()
    assert (alert.started_at_ms, alert.state) == (at(3), "acknowledged")


def test_a_higher_level_opens_an_acknowledged_alert_anew() -> None:
    with alerting() as hub:
        hub.series(*CALM, 9.5)
        do(hub, "acknowledge")
        hub.take(codmn(5, HIGH))
        assert (hub.only().level, hub.only().state) == ("超标", "open")


def test_a_withdrawn_alert_takes_no_acts(hub: Alerting) -> None:
    alert = hub.only()
    hub.take(codmn(4, 2.4)._replace(**final(codmn(4, HIGH))))
    with pytest.raises(ConflictError, match="is withdrawn"):
        hub.desk.act(alert.alert_id, "acknowledge", "示例甲", None)


def test_an_alert_is_sent_again_by_its_timetable_until_somebody_acknowledges_it(
    hub: Alerting,
) -> None:
    for minutes in (29, 1, 59, 1, 120, 240):
        hub.clock.advance(minutes * 60)
        hub.reminding.round()
    do(hub, "acknowledge")
    hub.clock.advance(100_000)
    hub.reminding.round()
    assert hub.says("reminder", "escalation", "escalated_to", "state") == [
        (0, 0, None, "open"),
        (1, 0, None, "open"),
        (2, 1, "值班负责人", "open"),
        (3, 2, "分管负责人", "open"),
        (4, 2, "分管负责人", "open"),
        (4, 2, "分管负责人", "acknowledged"),
    ]


def test_after_a_long_sleep_an_alert_is_sent_again_once(hub: Alerting) -> None:
    hub.clock.advance(10 * 86_400)
    hub.reminding.round()
    hub.reminding.round()
    assert hub.says("reminder") == [(0,), (1,)]


def test_a_rising_level_begins_its_own_timetable() -> None:
    with alerting() as hub:
        hub.series(*CALM, 9.5)
        hub.clock.advance(120 * 60)
        hub.reminding.round()
        hub.take(codmn(5, HIGH))
        hub.clock.advance(30 * 60)
        hub.reminding.round()
        assert hub.says("level", "reminder") == [
            ("预警", 0),
            ("预警", 1),
            ("超标", 0),
            ("超标", 1),
        ]


def test_an_alert_that_is_over_is_not_sent_again(hub: Alerting) -> None:
    hub.take(codmn(5, 2.0), codmn(6, 2.0))
    hub.clock.advance(86_400)
    hub.reminding.round()
    assert hub.says("state") == [("open",), ("cleared",)]


def test_what_is_open_is_counted_with_its_age(hub: Alerting) -> None:
    hub.clock.advance(60)
    hub.reminding.round()
    assert hub.metrics.value(ALERTS, level="超标", state="open") == 1
    assert hub.metrics.value(UNACKNOWLEDGED_SECONDS, level="超标") == 60
    hub.clock.advance(3_600)
    hub.reminding.round()
    assert hub.metrics.value(REMINDERS, level="超标") == 1
    do(hub, "acknowledge")
    hub.reminding.round()
    assert hub.metrics.value(UNACKNOWLEDGED_SECONDS, level="超标") == 0
    assert hub.metrics.value(ALERTS, level="超标", state="acknowledged") == 1
