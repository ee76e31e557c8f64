from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_water.readings.change import History, Outcome, Standing, Statement, decide
from lingqu_water.readings.rank import Rank, first_place

Stated = tuple[str, int]

# A content of its own at one of few moments: repeats, reverts, late ones and contradictions abound.
STATED = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), min_size=1, max_size=8)


def statements(stated: Iterable[Stated]) -> list[Statement]:
    return [
        Statement(place, content.encode(), Rank(0, moment, 0))
        for place, (content, moment) in enumerate(stated)
    ]


def outcomes(*stated: Stated) -> list[Outcome]:
    """Return what each statement comes to when they arrive one by one."""
    history = History()
    return [decide(history, [each]).outcomes[each.place] for each in statements(stated)]


def in_one_batch(*stated: Stated) -> list[Outcome]:
    decision = decide(History(), statements(stated))
    return [decision.outcomes[place] for place in range(len(stated))]


def standing(batches: Sequence[Sequence[Stated]]) -> Standing | None:
    history = History()
    for batch in batches:
        decide(history, statements(batch))
    return history.standing()


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ([("a", 1)], ["first"]),
        ([("a", 1), ("a", 1)], ["first", "repeat"]),
        ([("a", 1), ("a", 2)], ["first", "repeat"]),
        ([("a", 1), ("b", 2)], ["first", "revision"]),
        ([("a", 2), ("b", 1)], ["first", "late"]),
        ([("a", 2), ("b", 1), ("b", 1)], ["first", "late", "repeat"]),
        ([("a", 1), ("b", 2), ("a", 1)], ["first", "revision", "repeat"]),
        ([("a", 1), ("b", 2), ("a", 3)], ["first", "revision", "revision"]),
        ([("a", 1), ("b", 1)], ["first", "conflict"]),
        ([("b", 1), ("a", 1)], ["first", "conflict"]),
        ([("a", 1), ("b", 1), ("b", 1)], ["first", "conflict", "repeat"]),
        ([("a", 1), ("b", 1), ("b", 2)], ["first", "conflict", "revision"]),
        ([("a", 1), ("b", 1), ("a", 2)], ["first", "conflict", "revision"]),
    ],
)
def test_statements_that_arrive_one_by_one(stated: list[Stated], expected: list[Outcome]) -> None:
    assert outcomes(*stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ([("a", 1), ("b", 2)], ["first", "revision"]),
        ([("a", 1), ("b", 1)], ["first", "conflict"]),
        ([("b", 1), ("a", 1)], ["conflict", "first"]),
        ([("a", 1), ("b", 1), ("a", 1)], ["first", "conflict", "repeat"]),
        ([("a", 0), ("b", 1), ("c", 1)], ["first", "revision", "conflict"]),
    ],
)
def test_statements_of_one_batch(stated: list[Stated], expected: list[Outcome]) -> None:
    assert in_one_batch(*stated) == expected


def test_a_contradiction_inside_a_batch_is_told_once() -> None:
    (move,) = decide(History(), statements([("b", 1), ("a", 1)])).moves
    assert (move.place, move.contested) == (1, True)


def test_a_later_contradiction_lets_what_stands_be_contested() -> None:
    history = History()
    decide(history, statements([("a", 1)]))
    (move,) = decide(history, statements([("b", 1)])).moves
    assert (move.place, move.contested) == (None, True)


def test_restating_a_whole_correction_on_another_day_moves_nothing() -> None:
    history = History()
    decide(history, statements([("a", 1), ("b", 2)]))
    decision = decide(history, statements([("a", 8), ("b", 9)]))
    assert (set(decision.outcomes.values()), decision.moves) == ({"repeat"}, ())


def test_restating_only_the_corrected_value_brings_it_back() -> None:
    history = History()
    decide(history, statements([("a", 1), ("b", 2)]))
    assert decide(history, statements([("a", 8)])).outcomes == {0: "revision"}


@given(STATED, st.randoms())
def test_what_stands_does_not_depend_on_the_order_of_arrival(
    stated: list[Stated], chance: object
) -> None:
    shuffled = list(stated)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing([shuffled]) == standing([stated])


@given(STATED, st.lists(st.booleans(), min_size=8, max_size=8))
def test_what_stands_does_not_depend_on_how_statements_are_batched(
    stated: list[Stated], cuts: list[bool]
) -> None:
    batches: list[list[Stated]] = [[]]
    for each, cut in zip(stated, cuts, strict=False):
        batches[-1].append(each)
        if cut:
            batches.append([])
    assert standing([batch for batch in batches if batch]) == standing([stated])


@given(STATED)
def test_saying_everything_again_is_only_repeats(stated: list[Stated]) -> None:
    history = History()
    decide(history, statements(stated))
    decision = decide(history, statements(stated))
    assert set(decision.outcomes.values()) == {"repeat"}
    assert not decision.moves


@given(STATED)
def test_every_statement_gets_one_outcome_and_every_move_is_one_of_them(
    stated: list[Stated],
) -> None:
    decision = decide(History(), statements(stated))
    assert sorted(decision.outcomes) == list(range(len(stated)))
    told = [outcome for outcome in decision.outcomes.values() if outcome in {"first", "revision"}]
    assert len(told) == len(decision.moves)


# A content in a row of one of two files, of one of two days.
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 1), st.integers(0, 1), st.integers(0, 3)),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[1:],
)
FILES = [first_place(name) for name in (b"file one", b"file two")]


def row_of(place: int, content: str, day: int, file: int, row: int) -> Statement:
    return Statement(place, content.encode(), Rank(0, day, FILES[file] + row))


@given(ROWS, st.randoms())
def test_which_of_two_files_of_a_day_comes_first_means_nothing(
    rows: list[tuple[str, int, int, int]], chance: object
) -> None:
    told = [row_of(place, *row) for place, row in enumerate(rows)]
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = History(), History()
    decide(one, told)
    for each in shuffled:
        decide(other, [each])
    assert one.standing() == other.standing()
    day = max(row[1] for row in rows)
    last = {row[2]: row[0] for row in sorted(rows, key=itemgetter(3)) if row[1] == day}
    standing = one.standing()
    assert standing is not None
    assert (standing.digest, standing.contested) == (
        min(last.values()).encode(), len(set(last.values())) > 1,
    )  # fmt: skip


@pytest.mark.parametrize("first", [0, 1])
def test_two_files_of_a_day_that_say_otherwise_contradict_each_other(first: int) -> None:
    history = History()
    rows = [row_of(0, "a", 1, 0, 9), row_of(0, "b", 1, 1, 3)]
    told = [decide(history, [rows[place]]).outcomes[0] for place in (first, 1 - first)]
    assert told == ["first", "conflict"]
    assert decide(history, [row_of(0, "b", 2, 0, 1)]).outcomes[0] == "revision"
