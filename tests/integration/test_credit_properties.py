"""What holds of any record: measures alone restrict, and a repair leaves a tombstone alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.clock import FakeClock
from tests.support.credit import code
from tests.support.credit_hubs import Hub, Letter, credit_hubs

from lingqu.instants import days, milliseconds
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.measures.restrictions import restrictions
from lingqu_credit.records.kinds import DISHONEST, KINDS
from lingqu_credit.records.states import LIVE, legal_moves
from lingqu_credit.regions import load_regions
from lingqu_credit.repairs.chasing import Chasing
from lingqu_credit.repairs.desk import Application
from lingqu_credit.repairs.store import course_of
from lingqu_credit.tables import MEASURE

pytestmark = pytest.mark.integration

START = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
TODAY = days(START.date())
DAY_S = 86_400
USCC = code(77)
SECRETS = (USCC, "湖南示例建设有限公司", "湘示失信", "异议的内容", "使用的事项")
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
# What sounds like a restriction and is none.
WORDS = st.sampled_from(
    ["限制从业", "市场禁入;吊销许可证件", "依法依规限制任职 1-2", "2-1", "失信被执行人", "不准出境"]
)
BARE: dict[str, dict[str, Any]] = {
    kind: {name: told for name, told in example_of(kind).items() if name != "measures"}
    | {"decided_on": TODAY - 1, "valid_until": TODAY + 300}
    for kind in KINDS
}
TEXTS = {
    "licence": ("content", "licence_type"),
    "penalty": ("penalty_type", "content", "basis", "facts"),
    "rating": ("level", "scheme"),
    "dishonesty": ("list_type", "reason", "basis"),
    "abnormal": ("reason", "basis"),
}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, Hub]]:
    """Return Hunan and Guangdong, in which nobody ever states a measure."""
    folder = tmp_path_factory.mktemp("hubs")
    with credit_hubs(folder, FakeClock(START), "43", "44") as (hunan, guangdong):
        yield hunan, guangdong


@st.composite
def bare_statements(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    told = {
        name: said
        for name, said in BARE[kind].items()
        if name != "valid_until" or kind in {"licence", "rating"}
    }
    told |= draw(st.dictionaries(st.sampled_from(TEXTS[kind]), WORDS))
    told["note"] = draw(st.none() | WORDS)
    if kind in DISHONEST:
        told["grade"] = draw(st.sampled_from(["none", "minor", "general", "serious"]))
    if kind == "rating":
        told["rating_type"] = draw(st.sampled_from(["public_evaluation", "risk_class"]))
        public = told["rating_type"] == "public_evaluation"
        told["purpose"] = "public" if public else "regulation"
    return kind, told


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(bare_statements(), st.lists(st.sampled_from(LIVE), max_size=3), st.integers(1, 10_000))
def test_no_record_without_a_measure_ever_yields_a_restriction(
    two: tuple[Hub, Hub], stated: tuple[str, dict[str, Any]], states: list[str], number: int
) -> None:
    hunan, guangdong = two
    kind, told = stated
    records, uscc = hunan.parts.records[kind], code(number)
    declared = records.declare([told | {"uscc": uscc}])
    assert not declared.refused, declared.refused
    with hunan.reading() as session:
        (found,) = [
            each
            for each in records.shelf.all(session)
            if each["event_id"] == declared.outcomes[0][1]
        ]
    for state in states:
        with hunan.sessions().begin() as session:
            stands = records.own(session, found["record_id"])["state"]
            if state in legal_moves(stands):
                records.move(session, found["record_id"], state, None, None)
    guangdong.receive(hunan.posted())
    for hub in two:
        assert hub.count(MEASURE) == 0
        with hub.reading() as session:
            assert restrictions(session, uscc, TODAY)["restrictions"] == []


def story(hunan: Hub, guangdong: Hub, clock: FakeClock) -> tuple[str, str, list[Letter]]:
    """Let Hunan list, Guangdong use a measure and object, Hunan revise and repair.

    Return the ids of record and repair, and all that Hunan posted after the first listing.
    """
    (measure,) = example_of("dishonesty")["measures"]
    listing = BARE["dishonesty"] | {
        "uscc": USCC,
        "list_type": "失信被执行人",
        "measures": [{**measure, "from": TODAY - 1, "until": TODAY + 500}],
    }
    del listing["valid_until"]
    hunan.parts.records["dishonesty"].declare([listing])
    first = hunan.posted()
    guangdong.receive(first)
    record_id = first[0].event["record_id"]
    use = {"record_id": record_id, "measure_code": "2-1", "used_by": "示例厅", "used_on": TODAY}
    use |= {"matter": "使用的事项", "effect": "restricted"}
    guangdong.parts.uses.use(USCC, use, TODAY)
    desk = guangdong.parts.objections
    claim = {"record_kind": "dishonesty", "record_id": record_id, "raised_by": "示例厅"}
    with guangdong.sessions().begin() as session:
        desk.raise_(session, claim | {"claim": "异议的内容"}, desk.new_id(record_id))
    hunan.receive(guangdong.posted())
    clock.advance(1)
    hunan.parts.records["dishonesty"].declare([listing | {"reason": "更正后的事由"}])
    clock.advance(1)
    repairs = hunan.parts.repairs
    with hunan.sessions().begin() as session:
        application = Application("dishonesty", record_id, TODAY, corrected=True, committed=True)
        repair_id = repairs.apply(session, application)
        repairs.accept(session, repair_id, corrected=True, committed=True)
        repairs.grant(session, repair_id, "湘示修〔2026〕1号", "示例丁")
    return record_id, repair_id, [*first, *hunan.posted()]


@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(st.sets(st.sampled_from(["44", "52", "36"])), st.randoms(use_true_random=False))
def test_after_a_repair_a_tombstone_is_all_there_is_and_nobody_is_forgotten(
    tmp_path_factory: pytest.TempPathFactory, reached: set[str], chance: Any
) -> None:
    clock, folder = FakeClock(START), tmp_path_factory.mktemp("hubs")
    with credit_hubs(folder, clock, "43", "44", "52", "36") as (hunan, *partners):
        record_id, repair_id, letters = story(hunan, partners[0], clock)
        for hub in (each for each in partners if each.region in reached):
            again = letters + chance.sample(letters, 3)  # a topic may be read twice
            hub.receive(chance.sample(again, len(again)))
            hunan.receive(hub.posted() * 2)
            assert [hub.rows_with(secret) for secret in SECRETS] == [0] * len(SECRETS)
            assert [each["record_id"] for each in hub.tombstones()] == [record_id]
        assert [hunan.rows_with(secret) for secret in SECRETS] == [0] * len(SECRETS)
        assert [each["record_id"] for each in hunan.tombstones()] == [record_id]

        clock.advance(4 * DAY_S)
        now_ms, ground = milliseconds(clock.now()), hunan.parts.ground
        chasing = Chasing(ground.reading, "43", load_regions(), clock, ground.metrics)
        with hunan.reading() as session:
            at = course_of(session, repair_id, now_ms)
            escalated = {region for _, region in chasing.overdue(session, now_ms)}
        answered = {each.region for each in at.answers if each.answered_at_ms is not None}
        assert answered == reached
        assert answered | escalated == {"44", "52", "36"}
        assert not answered & escalated
        assert (at.state == "closed") == (not escalated)
