from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.support.licences import KEY, LICENCE, licence

from lingqu.domain_service.statements.noun import Document, Key
from lingqu.domain_service.statements.planning import Circumstances, Offered, Plan, make_plan
from lingqu.domain_service.statements.shelf import Head

NUMBERS = st.sampled_from(["A-1", "A-2", "A-3"])
STATEMENTS = st.builds(
    lambda number, fee, taken_back: licence(
        number, fee_fen=fee, **({"change": "withdrawal"} if taken_back else {})
    ),
    NUMBERS,
    st.integers(0, 2),
    st.booleans(),
)


def planned(
    statements: list[Document],
    heads: dict[Key, Head],
    now_ms: int = 1000,
    *,
    imported: bool = False,
) -> Plan:
    offered = {place: Offered.of(LICENCE, each) for place, each in enumerate(statements)}
    around = Circumstances(LICENCE, heads, "43", "live", now_ms, KEY, imported)
    return make_plan(offered, around)


def heads_after(plan: Plan, before: dict[Key, Head]) -> dict[Key, Head]:
    told = plan.standing.values()
    return before | {each.key: Head.of(each.event, each.digest) for each in told}


def content(said: Document) -> int | None:
    """Return what is said, None for a withdrawal."""
    fee: int = said["fee_fen"]
    return None if said.get("change") == "withdrawal" else fee


@given(st.lists(STATEMENTS, max_size=12), st.integers(0, 12))
def test_however_rows_are_parted_into_batches_the_same_events_come_of_them(
    statements: list[Document], cut: int
) -> None:
    whole = planned(statements, {})
    first = planned(statements[:cut], {})
    rest = planned(statements[cut:], heads_after(first, {}))
    parted = [*first.standing.values(), *rest.standing.values()]
    assert [each.event["event_id"] for each in whole.standing.values()] == [
        each.event["event_id"] for each in parted
    ]


@given(st.lists(STATEMENTS, max_size=12))
def test_events_of_a_key_are_a_chain_that_ends_in_its_last_statement(
    statements: list[Document],
) -> None:
    plan = planned(statements, {})
    last: dict[str, Document] = {}
    for each in plan.standing.values():
        number = each.event["licence_no"]
        before = last.get(number)
        assert each.event["supersedes"] == (before["event_id"] if before else None)
        assert before is None or before["occurred_at"] < each.event["occurred_at"]
        last[number] = each.event
    said = {
        each["licence_no"]: content(each)
        for place, each in enumerate(statements)
        if place in plan.outcomes
    }
    assert {number: content(event) for number, event in last.items()} == said
    ids = [each.event["event_id"] for each in plan.standing.values()]
    assert len(set(ids)) == len(ids)


@given(st.lists(STATEMENTS, max_size=12))
def test_a_file_imported_again_publishes_nothing_however_it_corrects_itself(
    statements: list[Document],
) -> None:
    heads = heads_after(planned(statements, {}, imported=True), {})
    assert planned(statements, heads, 2000, imported=True).standing == {}
