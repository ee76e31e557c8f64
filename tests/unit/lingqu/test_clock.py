from __future__ import annotations

import pytest

from lingqu.clock import shown


@pytest.mark.parametrize(
    "moment", ["2026-02-28T16:30:59.999Z", "2026-02-28T16:30:59+00:00", "2026-03-01T00:30:59+08:00"]
)
def test_an_instant_is_shown_in_chinas_time_to_the_second(moment: str) -> None:
    assert shown(moment) == "2026-03-01 00:30:59"
