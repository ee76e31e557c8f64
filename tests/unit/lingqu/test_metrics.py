from __future__ import annotations

import threading

from lingqu.metrics import Metric, Metrics

EVENTS = Metric("lingqu_demo_events_total", "counter", "Events", ("feed",))


def test_threads_that_count_for_the_first_time_at_once_share_one_counter() -> None:
    for _ in range(20):
        metrics, together = Metrics(), threading.Barrier(8)

        def count(metrics: Metrics = metrics, together: threading.Barrier = together) -> None:
            together.wait()
            metrics.inc(EVENTS, feed="a")

        threads = [threading.Thread(target=count) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert metrics.value(EVENTS, feed="a") == 8


def test_what_was_never_counted_is_zero() -> None:
    assert Metrics().value(EVENTS, feed="a") == 0
