from __future__ import annotations

from datetime import date
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from lingqu_credit.subjects.lineage import Change, Lineage, SubjectEvent

DAY = date(2026, 6, 30)
A, B, C, D = "91430102616831072Q", "914301116168309775", "91431000772257316L", "9143000018380908X1"


def change(event: SubjectEvent, uscc: str, day: int, **told: str) -> Change:
    return Change(
        f"{event}-{uscc}-{day}",
        uscc,
        event,
        date(2026, 1, day),
        told.get("name", ""),
        told.get("former"),
        told.get("into"),
    )


STORY = [
    change("registered", A, 1, name="甲公司"),
    change("renamed", A, 5, name="甲集团", former="甲公司"),
    change("uscc_changed", A, 10, into=B),
    change("merged", C, 12, into=B),
    change("uscc_changed", D, 3, into=C),
    change("cancelled", C, 13),
]


def test_records_of_all_former_codes_count() -> None:
    found = Lineage(STORY, DAY).identity(B)
    assert set(found.codes) == {A, B, C, D}
    assert {each.uscc: each.tie for each in found.forebears} == {
        A: "same",
        C: "merged",
        D: "merged",
    }
    assert [each.name for each in found.names] == ["甲公司", "甲集团"]


def test_an_absorbed_or_cancelled_subject_says_so() -> None:
    found = Lineage(STORY, DAY).identity(C)
    assert (found.successor, found.cancelled_on) == (B, date(2026, 1, 13))


def test_what_is_not_in_effect_yet_says_nothing() -> None:
    found = Lineage(STORY, date(2026, 1, 9)).identity(B)
    assert found.forebears == ()
    assert Lineage(STORY, date(2026, 1, 9)).identity(A).successor is None


def test_the_order_in_which_changes_came_makes_no_difference() -> None:
    found = {Lineage(order, DAY).identity(B) for order in permutations(STORY)}
    assert len(found) == 1


CODES = st.sampled_from([A, B, C, D])
CHANGES = st.builds(
    lambda event, uscc, day, into: change(event, uscc, day, into=into),
    st.sampled_from(["merged", "uscc_changed"]),
    CODES,
    st.integers(1, 28),
    CODES,
)


@given(st.lists(CHANGES, max_size=8), CODES)
def test_circles_of_codes_end(changes: list[Change], uscc: str) -> None:
    codes = Lineage(changes, DAY).identity(uscc).codes
    assert len(codes) == len(set(codes))
