"""Repairs between regions, whatever order the topics come in: a tombstone is all that is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.support.clock import FakeClock
from tests.support.credit import code
from tests.support.credit_hubs import Hub, Letter, credit_hubs, granted
from tests.support.waiting import wait_until

from lingqu.errors import ConflictError
from lingqu.instants import days, milliseconds
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.measures.restrictions import restrictions
from lingqu_credit.metrics import OVERDUE_OBJECTIONS, OVERDUE_STOP_USES
from lingqu_credit.objections.rounds import ObjectionRounds
from lingqu_credit.records.records import UnknownRecordError
from lingqu_credit.regions import load_regions
from lingqu_credit.repairs.chasing import Chasing
from lingqu_credit.repairs.erasure import erase
from lingqu_credit.repairs.store import course_of, find_repair
from lingqu_credit.tables import DISHONESTY, MEASURE, OBJECTION, SANCTION

pytestmark = pytest.mark.integration

START = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
USCC = code(1)
TODAY = days(START.date())
DAY_S = 86_400


def listing(**told: Any) -> dict[str, Any]:
    """Return a listing with a measure, days as numbers."""
    (measure,) = example_of("dishonesty")["measures"]
    return {
        **example_of("dishonesty"),
        "uscc": USCC,
        "list_type": "失信被执行人",
        "decided_on": TODAY - 1,
        "measures": [{**measure, "from": TODAY - 1, "until": TODAY + 500}],
        **told,
    }


def stated(hub: Hub, kind: str, statement: dict[str, Any]) -> str:
    """State a record; return its id."""
    records = hub.parts.records[kind]
    declared = records.declare([statement])
    assert not declared.refused, declared.refused
    ((_, event_id),) = declared.outcomes
    with hub.reading() as session:
        (found,) = [each for each in records.shelf.all(session) if each["event_id"] == event_id]
    return str(found["record_id"])


def measures_seen(hub: Hub) -> list[str]:
    with hub.reading() as session:
        found = restrictions(session, USCC, TODAY)["restrictions"]
    return [each["measure_code"] for each in found]


def use(hub: Hub, record_id: str) -> None:
    told = {
        "record_id": record_id,
        "measure_code": "2-1",
        "used_by": "示例厅",
        "used_on": TODAY,
        "matter": "示例资金申报",
        "effect": "restricted",
    }
    hub.parts.uses.use(USCC, told, TODAY)


@pytest.mark.parametrize("order", ["as told", "backwards"])
def test_after_a_repair_every_store_holds_a_tombstone_only(
    tmp_path: Path, order: str, postgres_url: str
) -> None:
    clock = FakeClock(START)
    urls = [postgres_url, f"sqlite:///{tmp_path / '44.sqlite'}"]
    with credit_hubs(tmp_path, clock, "43", "44", urls=urls) as (hunan, guangdong):
        record_id = stated(hunan, "dishonesty", listing())
        guangdong.receive(hunan.posted())
        assert measures_seen(hunan) == measures_seen(guangdong) == ["2-1"]
        use(guangdong, record_id)
        hunan.receive(guangdong.posted())
        assert hunan.count(SANCTION) == guangdong.count(SANCTION) == 1

        repair_id = granted(hunan, record_id)
        letters = hunan.posted()
        guangdong.receive(letters if order == "as told" else letters[::-1])
        hunan.receive(guangdong.posted())

        for hub in (hunan, guangdong):
            assert measures_seen(hub) == []
            assert hub.rows_with(USCC) == hub.rows_with("湘示失信") == 0
            (tombstone,) = hub.tombstones()
            assert (tombstone["record_id"], tombstone["repair_id"]) == (record_id, repair_id)
            assert (tombstone["rows_removed"], tombstone["measures_lifted"]) == (2, 1)
        with hunan.reading() as session:
            at = course_of(session, repair_id, 0)
            assert find_repair(session, repair_id).state == at.state == "closed"
        assert [each.topic for each in hunan.posted()] == ["credit.repair.v1"]


def test_nothing_of_a_repaired_record_comes_back(tmp_path: Path) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43", "44") as (hunan, guangdong):
        record_id = stated(hunan, "dishonesty", listing())
        first = hunan.posted()
        granted(hunan, record_id)
        guangdong.receive([*hunan.posted(), *first])
        assert guangdong.rows_with(USCC) == 0
        (reason,) = hunan.parts.records["dishonesty"].declare([listing()]).refused.values()
        assert reason.rule == "repaired_is_gone"


def test_who_does_not_answer_is_escalated_by_name(tmp_path: Path) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43", "44", "52") as (hunan, guangdong, guizhou):
        record_id = stated(hunan, "dishonesty", listing())
        repair_id = granted(hunan, record_id)
        letters = hunan.posted()
        guangdong.receive(letters)
        hunan.receive(guangdong.posted())
        ground = hunan.parts.ground
        chasing = Chasing(ground.reading, "43", load_regions(), clock, ground.metrics)
        with hunan.reading() as session:
            assert chasing.overdue(session, milliseconds(clock.now())) == []
        clock.advance(3 * DAY_S + 1)
        chasing.round()
        with hunan.reading() as session:
            assert chasing.overdue(session, milliseconds(clock.now())) == [(repair_id, "52")]
        assert ground.metrics.value(OVERDUE_STOP_USES, region="52") == 1
        guizhou.receive(letters)
        hunan.receive(guizhou.posted())
        chasing.round()
        assert ground.metrics.value(OVERDUE_STOP_USES, region="52") == 0


def test_an_objection_is_overdue_only_where_it_was_told_live(tmp_path: Path) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43", "44") as (hunan, guangdong):
        record_id = stated(hunan, "dishonesty", listing())
        guangdong.receive(hunan.posted())
        desk = guangdong.parts.objections
        told = {"record_kind": "dishonesty", "record_id": record_id, "raised_by": "示例厅"}
        with guangdong.sessions().begin() as session:
            for claim in ("甲", "乙"):
                desk.raise_(session, told | {"claim": claim}, desk.new_id(record_id))
        live, past = guangdong.posted()
        hunan.receive([live, Letter(past.topic, past.event | {"mode": "backfill"})])
        ground = hunan.parts.ground
        clock.advance(365 * DAY_S)
        rounds = ObjectionRounds(
            ground.writing, hunan.parts.objections, "43", clock, ground.metrics
        )
        rounds.round()
        assert ground.metrics.value(OVERDUE_OBJECTIONS) == 1
        assert hunan.count(OBJECTION) == 2


def test_a_repair_waits_for_the_shortest_publication(tmp_path: Path) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43") as (hunan,):
        told = listing(list_type="严重违法失信名单")
        record_id = stated(hunan, "dishonesty", told)
        with pytest.raises(ConflictError, match="shortest publication"):
            granted(hunan, record_id)
        assert measures_seen(hunan) == ["2-1"]


def test_a_region_ends_nothing_that_another_stated(tmp_path: Path) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43", "44", "52") as (hunan, guangdong, guizhou):
        record_id = stated(hunan, "dishonesty", listing())
        letters = hunan.posted()
        guizhou.receive(letters)
        granted(hunan, record_id)
        forged = [
            Letter(topic, {**event, "origin": "44", "record_origin": "44"})
            for topic, event in hunan.posted()
        ]
        guizhou.receive(forged)
        assert measures_seen(guizhou) == ["2-1"]
        assert guizhou.tombstones() == []
        assert guangdong.count(MEASURE) == 0


@pytest.mark.parametrize(("basis", "kept"), [("法释〔2017〕7号第六条", 1), ("内部规定", 0)])
def test_a_persons_record_is_taken_over_only_on_a_law(
    tmp_path: Path, basis: str, kept: int
) -> None:
    person = {
        "subject_type": "natural_person",
        "subject_name": None,
        "uscc": None,
        "person_name": "示例甲",
        "person_id_no": "11010519491231002X",
        "person_basis": "法释〔2017〕7号第六条",
    }
    with credit_hubs(tmp_path, FakeClock(START), "43", "44") as (hunan, guangdong):
        stated(hunan, "dishonesty", listing(**person))
        ((topic, event),) = hunan.posted()
        guangdong.receive([Letter(topic, {**event, "person_basis": basis})])
        assert guangdong.count(DISHONESTY) == kept


def test_an_objection_waits_for_a_repair_that_erases_its_record(
    tmp_path: Path, postgres_url: str
) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43", urls=[postgres_url]) as (hunan,):
        record_id = stated(hunan, "dishonesty", listing())
        desk = hunan.parts.objections
        claim: dict[str, Any] = {"record_kind": "dishonesty", "record_id": record_id}
        claim |= {"raised_by": "示例厅", "claim": "事由不符", "field": None, "evidence": []}

        def object_() -> None:
            with hunan.sessions().begin() as session:
                desk.raise_(session, claim, desk.new_id(record_id))

        with ThreadPoolExecutor(1) as others, hunan.sessions().begin() as repairing:
            hunan.parts.records["dishonesty"].shelf.lock(repairing)
            objecting = others.submit(object_)
            wait_until(partial(_somebody_waits, hunan))
            erase(repairing, "dishonesty", record_id, "43-XF-1", milliseconds(START))
            repairing.commit()
            with pytest.raises(UnknownRecordError):
                objecting.result(10)
        assert hunan.count(OBJECTION) == 0


def _somebody_waits(hub: Hub) -> bool:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with hub.reading() as session:
        return bool(session.scalar(waiting))
