from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.incidents import DeclaringHub, contents, declaring

from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu_water.incidents.contents import Changes
from lingqu_water.metrics import INCIDENTS, OVERDUE_REGIONS, UNANSWERED_INCIDENTS


@pytest.fixture
def hunan() -> Iterator[DeclaringHub]:
    with declaring() as hub:
        yield hub


@pytest.fixture
def guangdong() -> Iterator[DeclaringHub]:
    with declaring("44") as hub:
        yield hub


def follow_up(hub: DeclaringHub, number: str, report_type: str = "续报", **changes: str) -> None:
    said = Changes.model_validate({"signed_off_by": "示例乙", **changes})
    hub.do(lambda session: hub.desk.report(session, number, report_type, said))  # type: ignore[arg-type]


def correct(hub: DeclaringHub, number: str, sequence: int, place: str) -> None:
    said = Changes(signed_off_by="示例乙", place=place)
    hub.do(lambda session: hub.desk.correct(session, number, sequence, said))


def test_a_declared_incident_is_told_at_once_to_every_region_downstream(
    hunan: DeclaringHub,
) -> None:
    number = hunan.declare(affected_regions=["45"])
    (event,) = hunan.told()
    assert number.startswith("43-20260105-")
    assert (event["report_type"], event["sequence"], event["change"]) == ("初报", 1, "first")
    assert (event["emergency_level"], event["colour"]) == ("Ⅱ", "橙")
    assert event["affected_regions"] == ["45", "44"]
    assert event["acknowledge_by"] - event["occurred_at"] == 30 * 60_000


def test_a_follow_up_repeats_what_it_does_not_change(hunan: DeclaringHub) -> None:
    number = hunan.declare(river="武江")
    follow_up(hunan, number, situation="浓度下降", emergency_level="Ⅲ")
    event = hunan.told()[-1]
    assert (event["sequence"], event["report_type"], event["river"]) == (2, "续报", "武江")
    assert (event["emergency_level"], event["colour"], event["situation"]) == (
        "Ⅲ",
        "黄",
        "浓度下降",
    )


def test_after_the_final_report_only_corrections_are_possible(hunan: DeclaringHub) -> None:
    number = hunan.declare()
    follow_up(hunan, number, "处理结果报告")
    assert hunan.incident(number).state == "concluded"
    with pytest.raises(ConflictError, match=r"is concluded, so 续报 is not possible.*: 更正$"):
        follow_up(hunan, number)
    correct(hunan, number, 1, "示例乡")
    assert hunan.told()[-1]["supersedes"] == hunan.told()[0]["event_id"]
    assert hunan.incident(number).state == "concluded"


def test_a_correction_supersedes_the_last_telling_of_its_report(hunan: DeclaringHub) -> None:
    number = hunan.declare()
    correct(hunan, number, 1, "示例乡")
    correct(hunan, number, 1, "示例村")
    first, second, third = hunan.told()
    assert (second["supersedes"], third["supersedes"]) == (first["event_id"], second["event_id"])
    assert (third["change"], third["sequence"], third["place"]) == ("revision", 1, "示例村")
    with pytest.raises(NotFoundError, match="no report 7; there are: 1"):
        correct(hunan, number, 7, "示例村")


def test_an_incident_declared_in_error_is_withdrawn_with_a_reason(hunan: DeclaringHub) -> None:
    number = hunan.declare()
    hunan.do(lambda session: hunan.desk.withdraw(session, number, "误报", "示例乙"))
    event = hunan.told()[-1]
    assert (event["change"], event["withdrawal_reason"]) == ("withdrawal", "误报")
    with pytest.raises(ConflictError, match="is withdrawn"):
        follow_up(hunan, number)


def test_a_number_is_declared_once(hunan: DeclaringHub) -> None:
    number = hunan.declare()
    with pytest.raises(ConflictError, match="was declared before"):
        hunan.do(lambda session: hunan.desk.declare(session, contents(), number))


def test_what_the_contract_does_not_allow_is_for_the_person_to_mend(hunan: DeclaringHub) -> None:
    with pytest.raises(InputError, match="发生不晚于"):
        hunan.declare(happened_at="2030-01-01T00:00:00+08:00")
    assert hunan.told() == []


def test_an_unknown_incident_is_refused(hunan: DeclaringHub) -> None:
    with pytest.raises(NotFoundError, match="there is no incident 'x'"):
        follow_up(hunan, "x")


def test_an_acknowledgement_comes_back_and_shows_who_has_not(
    hunan: DeclaringHub, guangdong: DeclaringHub
) -> None:
    number = hunan.declare(affected_regions=["45"])
    guangdong.receive(*hunan.told())
    guangdong.do(lambda session: guangdong.desk.acknowledge(session, number, "示例丙", "已通知"))
    (answer,) = guangdong.told()
    assert (answer["origin"], answer["kind"]) == ("44", "acknowledgement")
    assert answer["refers_to"] == hunan.told()[0]["event_id"]
    hunan.receive(answer)
    stand = hunan.standing(number)
    assert (stand["44"].sequence, stand["44"].who, stand["44"].waiting) == (1, "示例丙", None)
    assert (stand["45"].sequence, stand["45"].waiting) == (0, 1)


def test_a_region_that_is_late_is_overdue_until_it_acknowledges(
    hunan: DeclaringHub, guangdong: DeclaringHub
) -> None:
    number = hunan.declare()
    hunan.counting.round()
    assert hunan.metrics.value(OVERDUE_REGIONS) == 0
    hunan.clock.advance(30 * 60 + 1)
    hunan.counting.round()
    assert hunan.standing(number)["44"].overdue
    assert hunan.metrics.value(OVERDUE_REGIONS) == 1
    guangdong.receive(*hunan.told())
    guangdong.counting.round()
    assert guangdong.metrics.value(UNANSWERED_INCIDENTS) == 1
    guangdong.do(lambda session: guangdong.desk.acknowledge(session, number, "示例丙", None))
    guangdong.counting.round()
    assert guangdong.metrics.value(UNANSWERED_INCIDENTS) == 0
    assert guangdong.metrics.value(INCIDENTS, direction="received", state="reported") == 1
    hunan.receive(*guangdong.told())
    hunan.counting.round()
    assert hunan.metrics.value(OVERDUE_REGIONS) == 0


def test_each_report_waits_for_an_acknowledgement_of_its_own(
    hunan: DeclaringHub, guangdong: DeclaringHub
) -> None:
    number = hunan.declare()
    guangdong.receive(*hunan.told())
    guangdong.do(lambda session: guangdong.desk.acknowledge(session, number, "示例丙", None))
    with pytest.raises(ConflictError, match="is acknowledged"):
        guangdong.do(lambda session: guangdong.desk.acknowledge(session, number, "丙", None))
    follow_up(hunan, number)
    hunan.receive(*guangdong.told())
    assert hunan.standing(number)["44"].waiting == 2
    guangdong.receive(hunan.told()[-1])
    guangdong.do(lambda session: guangdong.desk.acknowledge(session, number, "示例丙", None))
    hunan.receive(guangdong.told()[-1])
    assert hunan.standing(number)["44"].waiting is None


def test_a_correction_of_an_earlier_report_leaves_the_last_one_to_acknowledge(
    hunan: DeclaringHub, guangdong: DeclaringHub
) -> None:
    number = hunan.declare()
    follow_up(hunan, number)
    hunan.clock.advance(60)
    correct(hunan, number, 1, "示例乡")
    guangdong.receive(*hunan.told())
    guangdong.do(lambda session: guangdong.desk.acknowledge(session, number, "示例丙", None))
    (answer,) = guangdong.told()
    assert (answer["sequence"], answer["refers_to"]) == (2, hunan.told()[1]["event_id"])


def test_another_regions_incident_can_only_be_acknowledged_and_ours_not(
    hunan: DeclaringHub, guangdong: DeclaringHub
) -> None:
    number = hunan.declare()
    guangdong.receive(*hunan.told())
    with pytest.raises(ConflictError, match=r"43's own.*possible is: 签收$"):
        follow_up(guangdong, number)
    with pytest.raises(ConflictError, match="签收 is not possible"):
        hunan.do(lambda session: hunan.desk.acknowledge(session, number, "示例丙", None))


def test_who_acknowledged_by_telephone_is_not_overdue_with_the_first_report(
    hunan: DeclaringHub,
) -> None:
    spoken = "2026-01-05T15:50:00+08:00"
    number = hunan.declare(notified=[{"region": "44", "by": "电话", "acknowledged_at": spoken}])
    hunan.clock.advance(86_400)
    assert not hunan.standing(number)["44"].overdue
    follow_up(hunan, number)
    hunan.clock.advance(86_400)
    assert hunan.standing(number)["44"].overdue


def test_reports_that_come_out_of_order_leave_the_last_one_standing(
    hunan: DeclaringHub, guangdong: DeclaringHub
) -> None:
    number = hunan.declare()
    follow_up(hunan, number)
    follow_up(hunan, number, "处理结果报告")
    guangdong.receive(*reversed(hunan.told()))
    guangdong.receive(*hunan.told())
    incident = guangdong.incident(number)
    assert (incident.state, incident.sequence, incident.direction) == ("concluded", 3, "received")


def test_a_stranger_cannot_speak_on_anothers_incident(
    hunan: DeclaringHub, guangdong: DeclaringHub
) -> None:
    number = hunan.declare()
    forged = {**hunan.told()[0], "event_id": "x", "origin": "45", "sequence": 9}
    guangdong.receive(*hunan.told(), forged)
    hunan.receive(forged)
    assert guangdong.incident(number).sequence == 1
    assert hunan.incident(number).sequence == 1
    follow_up(hunan, number)
    assert hunan.told()[-1]["sequence"] == 2
