"""What closed periods owe, and to whom."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lingqu_water.compensation.account import Account, Line, Status, statements
from lingqu_water.compensation.corrections import Closed, owed

PARTIES = ("43", "50", "52")


def account(*lines: Line, period: str = "2021-04", status: Status = "computed") -> Account:
    return Account("shili", period, "monthly", "第一轮", True, status, lines=lines)


def line(payer: str, payee: str, amount: int, corrects: str | None = None) -> Line:
    return Line(payer, payee, amount, "", corrects)


def test_nothing_is_owed_while_nothing_changed() -> None:
    same = account(line("43", "50", 40))

    assert owed([Closed(same, same)], []).lines == ()


def test_a_turned_outcome_owes_both_amounts_to_the_other_side() -> None:
    closed = Closed(account(line("43", "50", 40)), account(line("50", "43", 40)))

    (correction,) = owed([closed], []).lines

    assert (correction.payer, correction.payee, correction.amount_fen) == ("50", "43", 80)
    assert correction.corrects == "2021-04"


def test_what_was_booked_is_not_owed_again_and_is_given_back_when_it_was_wrong() -> None:
    frozen, turned = account(line("43", "50", 40)), account(line("50", "43", 40))
    booked = [line("50", "43", 80, "2021-04")]

    assert owed([Closed(frozen, turned)], booked).lines == ()
    (back,) = owed([Closed(frozen, frozen)], booked).lines
    assert (back.payer, back.payee, back.amount_fen) == ("43", "50", 80)


def test_bookings_of_another_period_do_not_count() -> None:
    closed = Closed(account(line("43", "50", 40)), account(line("50", "43", 40)))

    (correction,) = owed([closed], [line("50", "43", 80, "2021-03")]).lines

    assert correction.amount_fen == 80


def test_a_period_that_can_no_longer_be_computed_is_left_to_people() -> None:
    today = account(status="insufficient")

    found = owed([Closed(account(line("43", "50", 40)), today)], [])

    assert found.lines == ()
    assert "会商" in found.notes[0]


LINES = st.lists(
    st.tuples(st.permutations(PARTIES), st.integers(1, 10**9)).map(
        lambda one: line(one[0][0], one[0][1], one[1])
    ),
    max_size=6,
)


@given(LINES, LINES, st.data())
def test_with_its_corrections_a_closed_period_pays_what_it_should(
    frozen: list[Line], today: list[Line], data: st.DataObject
) -> None:
    booked = [replace(one, corrects="2021-04") for one in data.draw(LINES)]
    closed = Closed(account(*frozen), account(*today))

    found = owed([closed], booked)

    paid = statements((*frozen, *booked, *found.lines), PARTIES)
    due = statements(today, PARTIES)
    assert [one.net_fen for one in paid] == [one.net_fen for one in due]
