from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lingqu_medical.reconciliations.compare import Row, compare

ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from("ABCDEFGH"),
        st.booleans(),
        st.integers(-3, 3),
        st.integers(-3, 3),
        st.integers(-3, 3),
    ),
    unique_by=lambda row: row.place,
    max_size=12,
)


def row(id_: str, fen: int = 1, *, refunded: bool = False) -> Row:
    return Row(id_, refunded, fen, fen, 0)


def test_it_names_what_is_missing_here_and_there_and_what_differs() -> None:
    found = compare([row("A"), row("B"), row("C", 5)], [row("B"), row("C", 6), row("D")])
    assert [(each.id, each.kind) for each in found] == [
        ("A", "missing_there"),
        ("C", "different_amounts"),
        ("D", "missing_here"),
    ]
    assert found[1].record()["here_fund_fen"] == 5
    assert found[2].record()["here_fund_fen"] is None


def test_a_negative_record_is_not_its_settlement() -> None:
    (found,) = compare([row("A"), row("A", -1, refunded=True)], [row("A")])
    assert (found.id, found.refunded, found.kind) == ("A", True, "missing_there")


def test_a_row_that_a_list_repeats_counts_once() -> None:
    assert compare([row("A")], [row("A"), row("A")]) == []


@given(ROWS, ROWS, st.randoms())
def test_it_names_exactly_the_rows_that_are_not_on_both_sides_in_any_order(
    here: list[Row], there: list[Row], chance: random.Random
) -> None:
    differing = {one.place for one in {*here} ^ {*there}}
    shuffled = chance.sample(here, len(here))
    found = compare(shuffled, there)
    assert {(each.id, each.refunded) for each in found} == differing
    assert found == compare(here, chance.sample(there, len(there)))
    mirrored = {"missing_here": "missing_there", "missing_there": "missing_here"}
    assert [mirrored.get(each.kind, each.kind) for each in found] == [
        each.kind for each in compare(there, here)
    ]
