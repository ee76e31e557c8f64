"""What is open is closed at the end of its `with`, and an error passes through."""

from __future__ import annotations

import pytest

from lingqu.closing import Closing


class Door(Closing):
    """Counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_it_is_closed_once_at_the_end() -> None:
    with Door() as door:
        assert door.closed == 0
    assert door.closed == 1


def test_an_error_closes_it_and_passes() -> None:
    door = Door()
    with pytest.raises(ValueError, match="wrong"), door:
        raise ValueError("wrong")
    assert door.closed == 1
