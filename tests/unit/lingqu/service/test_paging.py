from __future__ import annotations

import pytest

from lingqu.service.paging import CursorError, Page, cursor_of, page, position_of


def list_after(cursor: str | None, rows: list[int], limit: int) -> Page[int]:
    """Stand in for a query: rows after the cursor's, one more than asked for."""
    position = position_of("numbers", cursor)
    after = [row for row in rows if position is None or row > int(position[0])]
    return page("numbers", after[: limit + 1], limit, lambda row: (row,))


def test_pages_hold_every_row_once() -> None:
    rows, seen, cursor = list(range(10)), list[int](), None
    while True:
        found = list_after(cursor, rows, 3)
        seen += found.items
        if (cursor := found.next) is None:
            break

    assert seen == rows


def test_a_row_that_comes_before_the_cursor_shifts_nothing() -> None:
    first = list_after(None, [10, 20, 30, 40], 2)
    second = list_after(first.next, [5, 10, 15, 20, 30, 40], 2)

    assert second.items == [30, 40]
    assert second.next is None


@pytest.mark.parametrize("position", [(1,), ("4306", 17), ("灵渠", "a|b")])
def test_a_cursor_names_the_place_it_was_made_of(position: tuple[str | int, ...]) -> None:
    assert position_of("things", cursor_of("things", position)) == position


@pytest.mark.parametrize(
    "cursor", ["", "x", "灵渠", "e30", cursor_of("others", (1,)), cursor_of("numbers", ())]
)
def test_a_text_that_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(CursorError, match="begin again without one"):
        position_of("numbers", cursor)
