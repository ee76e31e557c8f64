from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_water.readings.change import History, Outcome, Standing, Statement, decide
from lingqu_water.readings.rank import Rank

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
