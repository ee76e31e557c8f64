from __future__ import annotations

import pytest

from lingqu_water.alerts.scale import Reminding, Step
from lingqu_water.alerts.timetable import due_ms, posts

MINUTE_MS = 60_000
REMINDING = Reminding(
    steps=(Step(minutes=30), Step(minutes=60, escalate_to="值班负责人")), repeat=240
)


@pytest.mark.parametrize(("reminder", "minutes"), [(0, 30), (1, 60), (2, 240), (9, 240)])
def test_each_step_has_its_minutes_and_after_the_last_it_repeats(
    reminder: int, minutes: int
) -> None:
    assert due_ms(REMINDING, reminder, 1_000) == 1_000 + minutes * MINUTE_MS


@pytest.mark.parametrize(("reminder", "passed"), [(0, ()), (1, ()), (2, ("值班负责人",))])
def test_an_alert_is_passed_up_with_the_step_that_says_so(
    reminder: int, passed: tuple[str, ...]
) -> None:
    assert posts(REMINDING, reminder) == passed
