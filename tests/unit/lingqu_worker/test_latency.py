"""Events counted by their age, whole columns at a time, as one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.connect.batch import Batch
from lingqu.metrics import Metric, Metrics
from lingqu_worker.latency import ages

NOW_MS = 1_790_000_000_000
BOUNDS_S = (0.5, 1, 60)
SHOWN = Metric("lingqu_demo_seconds", "histogram", "Seconds", ("feed",), BOUNDS_S)


def batch(ages_ms: Sequence[int], modes: Sequence[str] | None = None) -> Batch:
    count = len(ages_ms)
    columns = pa.record_batch(
        {
            "occurred_at": pa.array([NOW_MS - age for age in ages_ms], pa.timestamp("ms")),
            "mode": pa.array(modes or ["live"] * count, pa.string()),
        }
    )
    numbers = range(count)
    payloads = [b""] * count
    return Batch("feed", "topic", 0, numbers, numbers, payloads, payloads, "", lambda: columns)


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from((0, 499, 500, 501, 1_000, 1_001, 60_000, 60_001)),
                st.integers(-5_000, 90_000),
            ),
            st.sampled_from(("live", "live", "backfill", "snapshot")),
            st.booleans(),
        )
    )
)
def test_columns_are_counted_as_one_by_one(events: list[tuple[int, str, bool]]) -> None:
    places = [place for place, (_, _, taken) in enumerate(events) if taken]
    one_by_one = Metrics()
    wanted = [max(0, events[place][0]) for place in places if events[place][1] == "live"]
    for age_ms in wanted:
        one_by_one.observe(SHOWN, age_ms / 1000, feed="f")

    given_batch = batch([age for age, _, _ in events], [mode for _, mode, _ in events])
    found = ages(given_batch, places, NOW_MS, BOUNDS_S)
    at_once = Metrics()
    at_once.observe_counted(SHOWN, found.counts, found.sum_s, feed="f")

    assert sum(found.counts) == len(wanted)
    assert found.sum_s == pytest.approx(sum(wanted) / 1000)
    if wanted:
        assert shown(at_once) == pytest.approx(shown(one_by_one))


def test_what_is_counted_twice_adds_up() -> None:
    metrics = Metrics()
    for _ in range(2):
        found = ages(batch([100, 700, 700, 90_000]), range(4), NOW_MS, BOUNDS_S)
        metrics.observe_counted(SHOWN, found.counts, found.sum_s, feed="f")
    counted = shown(metrics)
    assert [counted[bound] for bound in ("0.5", "1.0", "60.0", "+Inf")] == [2, 6, 6, 8]
    assert counted[""] == 8


def shown(metrics: Metrics) -> Counter[str]:
    """Return the buckets of the histogram by their bounds, and the count of all under no name."""
    found: Counter[str] = Counter()
    for family in metrics.registry.collect():
        for sample in family.samples:
            if sample.name.endswith(("_bucket", "_count")):
                found[sample.labels.get("le", "")] = int(sample.value)
    return found
