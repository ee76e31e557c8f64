from __future__ import annotations

import pytest

from lingqu.kafka.topics import kept_for

DAY_MS = 86_400_000


@pytest.mark.parametrize(("days", "segment_days"), [(30, 1), (90, 3), (1095, 7)])
def test_a_record_stays_a_thirtieth_longer_than_its_retention_at_most(
    days: int, segment_days: int
) -> None:
    told = kept_for(days * DAY_MS)
    assert told["cleanup.policy"] == "delete"
    assert int(told["retention.ms"]) == days * DAY_MS
    assert int(told["segment.ms"]) == segment_days * DAY_MS
