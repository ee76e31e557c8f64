from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.alerts import HIGH, Alerting, alerting, codmn

from lingqu.errors import ConflictError
from lingqu.service.database import session_factory
from lingqu_water.alerts.acknowledgements import Acknowledgement, acknowledgements_of

CALM = [2.42, 2.42, 2.5, 2.4]


@pytest.fixture
def hunan() -> Iterator[Alerting]:
    with alerting() as made:
        made.series(*CALM, HIGH)
        yield made


@pytest.fixture
def guangdong() -> Iterator[Alerting]:
    with alerting(region="44") as made:
        yield made


def acknowledged(hub: Alerting, alert_id: str) -> list[Acknowledgement]:
    with session_factory(hub.taking.engine)() as session:
        return acknowledgements_of(session, alert_id)


def test_anothers_alert_is_listed_as_received_and_raises_none_of_ours(
    hunan: Alerting, guangdong: Alerting
) -> None:
    guangdong.receive(*hunan.told())
    alert = guangdong.only()
    assert (alert.direction, alert.origin, alert.level) == ("received", "43", "超标")
    assert guangdong.told() == []


def test_it_follows_what_its_region_says_and_never_goes_back(
    hunan: Alerting, guangdong: Alerting
) -> None:
    hunan.clock.advance(60)
    hunan.take(codmn(5, 2.0), codmn(6, 2.0))
    first, cleared = hunan.told()
    guangdong.receive(first)
    guangdong.receive(cleared, first)
    assert guangdong.only().state == "cleared"
    guangdong.receive(first, cleared)
    assert guangdong.only().event_id == cleared["event_id"]


def test_an_older_event_that_comes_later_changes_nothing(
    hunan: Alerting, guangdong: Alerting
) -> None:
    hunan.clock.advance(60)
    hunan.take(codmn(5, 2.0), codmn(6, 2.0))
    first, cleared = hunan.told()
    guangdong.receive(cleared)
    guangdong.receive(first)
    assert guangdong.only().state == "cleared"


def test_an_acknowledgement_comes_back_to_whom_it_answers(
    hunan: Alerting, guangdong: Alerting
) -> None:
    guangdong.receive(*hunan.told())
    alert_id = hunan.only().alert_id
    guangdong.desk.act(alert_id, "acknowledge", "示例乙", "已通知水厂")
    (answer,) = guangdong.told()
    assert (answer["origin"], answer["kind"]) == ("44", "acknowledgement")
    assert answer["refers_to"] == hunan.told()[0]["event_id"]
    hunan.receive(answer)
    (found,) = acknowledged(hunan, alert_id)
    assert (found.region, found.who, found.note) == ("44", "示例乙", "已通知水厂")
    assert hunan.only().state == "open"


def test_a_region_acknowledges_what_an_alert_says_once(
    hunan: Alerting, guangdong: Alerting
) -> None:
    guangdong.receive(*hunan.told())
    alert_id = hunan.only().alert_id
    guangdong.desk.act(alert_id, "acknowledge", "示例乙", None)
    with pytest.raises(ConflictError, match="has been acknowledged as it stands"):
        guangdong.desk.act(alert_id, "acknowledge", "示例乙", None)
    hunan.take(codmn(5, 2.0), codmn(6, 2.0))
    guangdong.receive(hunan.told()[-1])
    guangdong.desk.act(alert_id, "acknowledge", "示例乙", None)
    assert len(guangdong.told()) == 2


def test_another_regions_alert_can_only_be_acknowledged(
    hunan: Alerting, guangdong: Alerting
) -> None:
    guangdong.receive(*hunan.told())
    with pytest.raises(ConflictError, match=r"received from 43.*possible is: acknowledge$"):
        guangdong.desk.act(hunan.only().alert_id, "verify", "示例乙", None)


def test_our_own_events_coming_back_change_nothing(hunan: Alerting, guangdong: Alerting) -> None:
    before: list[Any] = hunan.alerts()
    hunan.receive(*hunan.told())
    assert hunan.alerts() == before
    guangdong.receive(*hunan.told())
    guangdong.desk.act(hunan.only().alert_id, "acknowledge", "示例乙", None)
    guangdong.receive(*guangdong.told())
    assert len(acknowledged(guangdong, hunan.only().alert_id)) == 1


def test_an_acknowledgement_may_come_before_what_it_answers(
    hunan: Alerting, guangdong: Alerting
) -> None:
    guangdong.receive(*hunan.told())
    alert_id = hunan.only().alert_id
    guangdong.desk.act(alert_id, "acknowledge", "示例乙", None)
    with alerting(region="45") as guangxi:
        guangxi.receive(*guangdong.told())
        guangxi.receive(*hunan.told())
        assert [each.region for each in acknowledged(guangxi, alert_id)] == ["44"]


def test_a_withdrawn_alert_is_no_longer_listed_among_those_that_stand(
    hunan: Alerting, guangdong: Alerting
) -> None:
    guangdong.receive(*hunan.told())
    gone = {"withdrawn": True, "validity": "invalid", "validity_reason": "仪器故障"}
    hunan.take(codmn(4, HIGH, **gone, as_of_ms=codmn(4, HIGH).as_of_ms + 1))
    guangdong.receive(hunan.told()[-1])
    assert guangdong.alerts() == []
