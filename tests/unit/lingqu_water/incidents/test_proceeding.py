from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from tests.support.alerts import published
from tests.support.clock import FakeClock
from tests.support.incidents import declaring
from tests.support.readings import events_of

from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu.inbox.handler import Received
from lingqu.service.database import session_factory
from lingqu_water.incidents.arrivals import ProceedingArrivals
from lingqu_water.incidents.procedure import CONSULTATION, DISPUTE, Procedure
from lingqu_water.incidents.proceeding import Proceeding, find_proceeding, steps_of
from lingqu_water.incidents.proceeding_desk import ProceedingDesk
from lingqu_water.incidents.steps import Call, Claim, ConsultationStep, DisputeStep, StepEntry

T = TypeVar("T")
CLAIM = Claim(title="总磷超标责任", respondent_region="44", statement="连续三日超标")


@dataclass(frozen=True)
class Party:
    """One region's people in proceedings of one kind."""

    engine: Engine
    desk: ProceedingDesk

    @property
    def procedure(self) -> Procedure:
        return self.desk.procedure

    def do(self, work: Callable[[Session], T]) -> T:
        with session_factory(self.engine).begin() as session:
            return work(session)

    def open(self, said: StepEntry) -> str:
        return self.do(lambda session: self.desk.open(session, said.told(), None))

    def take(self, number: str, step: str, said: StepEntry) -> None:
        self.do(lambda session: self.desk.take(session, number, step, said.told()))

    def told(self) -> list[dict[str, Any]]:
        return published(self.engine, self.procedure.topic)

    def receive(self, *events: dict[str, Any]) -> None:
        arrivals = ProceedingArrivals(self.procedure)

        def work(session: Session) -> None:
            known = arrivals.known(session, [event["event_id"] for event in events])
            fresh = [Received(e, 0, 0) for e in events if e["event_id"] not in known]
            arrivals.handle(session, self.procedure.topic, fresh)

        self.do(work)

    def found(self, number: str) -> Proceeding:
        return self.do(lambda session: find_proceeding(session, self.procedure, number))

    def anomalies(self, number: str) -> list[str]:
        steps = self.do(lambda session: steps_of(session, self.procedure, number))
        return [step.taken.step for step in steps if step.anomaly]


@contextmanager
def party(region: str, procedure: Procedure) -> Iterator[Party]:
    with declaring(region) as hub:
        yield Party(hub.engine, ProceedingDesk(procedure, events_of(region), region, FakeClock()))


@pytest.fixture
def hunan() -> Iterator[Party]:
    with party("43", DISPUTE) as found:
        yield found


@pytest.fixture
def guangdong() -> Iterator[Party]:
    with party("44", DISPUTE) as found:
        yield found


def says(statement: str = "已查明", **more: str) -> DisputeStep:
    return DisputeStep(statement=statement, **more)  # type: ignore[arg-type]


def test_a_dispute_goes_from_claim_to_settlement_between_two_hubs(
    hunan: Party, guangdong: Party
) -> None:
    number = hunan.open(CLAIM)
    guangdong.receive(*hunan.told())
    guangdong.take(number, "answered", says())
    hunan.receive(*guangdong.told())
    hunan.take(number, "settled", says("加密监测一个月"))
    guangdong.receive(*hunan.told())
    assert hunan.found(number) == guangdong.found(number)
    assert hunan.found(number).state == "settled"
    claim, settlement = hunan.told()
    (answer,) = guangdong.told()
    assert (answer["refers_to"], answer["title"]) == (claim["event_id"], "总磷超标责任")
    assert (settlement["refers_to"], settlement["sequence"]) == (answer["event_id"], 3)


def test_a_step_of_the_other_side_is_refused_with_what_is_possible(
    hunan: Party, guangdong: Party
) -> None:
    number = hunan.open(CLAIM)
    with pytest.raises(ConflictError, match=r"'answered'.*: settled, escalated, withdrawn$"):
        hunan.take(number, "answered", says())
    guangdong.receive(*hunan.told())
    with pytest.raises(ConflictError, match=r"'withdrawn'.*: answered, settled, escalated$"):
        guangdong.take(number, "withdrawn", says())


def test_a_third_region_may_look_but_take_no_step(hunan: Party) -> None:
    number = hunan.open(CLAIM)
    with party("45", DISPUTE) as guangxi:
        guangxi.receive(*hunan.told())
        with pytest.raises(ConflictError, match="possible is: nothing"):
            guangxi.take(number, "settled", says())


def test_two_hubs_that_speak_at_once_come_to_the_same_state(hunan: Party, guangdong: Party) -> None:
    number = hunan.open(CLAIM)
    guangdong.receive(*hunan.told())
    hunan.take(number, "withdrawn", says("不再主张"))
    guangdong.take(number, "answered", says())
    ours, theirs = hunan.told()[1], guangdong.told()[0]
    hunan.receive(theirs)
    guangdong.receive(ours)
    assert hunan.found(number) == guangdong.found(number)
    assert hunan.anomalies(number) == guangdong.anomalies(number)


def test_steps_that_come_before_the_claim_wait_for_it(hunan: Party, guangdong: Party) -> None:
    number = hunan.open(CLAIM)
    guangdong.receive(*hunan.told())
    guangdong.take(number, "answered", says())
    with party("45", DISPUTE) as guangxi:
        guangxi.receive(*guangdong.told())
        guangxi.receive(*hunan.told())
        assert guangxi.found(number).state == "answered"
        assert guangxi.anomalies(number) == []


def test_what_the_contract_does_not_allow_is_refused(hunan: Party) -> None:
    number = hunan.open(CLAIM)
    with pytest.raises(InputError, match="上级机关"):
        hunan.take(number, "escalated", says())
    hunan.take(number, "escalated", says(escalated_to="流域监督管理局"))
    assert hunan.found(number).state == "escalated"


def test_a_dispute_with_oneself_is_refused(hunan: Party) -> None:
    with pytest.raises(InputError, match="双方须为不同区域"):
        hunan.open(CLAIM.model_copy(update={"respondent_region": "43"}))


def test_an_unknown_dispute_is_refused(hunan: Party) -> None:
    with pytest.raises(NotFoundError, match="GET /v1/disputes lists"):
        hunan.take("x", "settled", says())


def test_a_consultation_is_called_moved_agreed_to_and_held() -> None:
    when = "2026-01-18T09:30:00+08:00"
    call = Call.model_validate(
        {"title": "武江会商", "invited_regions": ["44", "45"], "scheduled_at": when}
    )
    later = ConsultationStep.model_validate({"scheduled_at": "2026-01-21T09:30:00+08:00"})
    minutes = ConsultationStep.model_validate(
        {"minutes": "议定加密监测", "decisions": [{"text": "每周交换", "due_on": "2026-03-31"}]}
    )
    with party("43", CONSULTATION) as hunan, party("44", CONSULTATION) as guangdong:
        number = hunan.open(call)
        guangdong.receive(*hunan.told())
        declined = ConsultationStep(statement="当日另有安排")
        guangdong.take(number, "declined", declined)
        hunan.receive(*guangdong.told())
        hunan.take(number, "rescheduled", later)
        guangdong.receive(*hunan.told())
        guangdong.take(number, "agreed", ConsultationStep())
        hunan.receive(*guangdong.told())
        hunan.take(number, "held", minutes)
        guangdong.receive(*hunan.told())
        assert guangdong.found(number).state == "held"
        assert [event["step"] for event in hunan.told()] == ["called", "rescheduled", "held"]
        assert hunan.told()[-1]["invited_regions"] == ["44", "45"]
