"""Orders on a feed under test, put where control would publish them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.orders import OrderKind, OrderState, Selection
from lingqu.agreements.state import AgreementState
from lingqu.clock import SystemClock
from lingqu.kafka.order_reports import OrderReport, read_reports
from lingqu.kafka.progress import progress_key

FAR_MS = 4_102_444_800_000


def order(number: int, kind: OrderKind, *, dry_run: bool = False, **chosen: Any) -> OrderState:
    """Return an order on all that has happened by now."""
    at_ms = int(SystemClock().now().timestamp() * 1000) + 1
    rate = chosen.pop("rate", None)
    return OrderState(number, kind, at_ms, Selection(**chosen), dry_run, rate)


def carried_out(
    worker: WorkerUnderTest, state: AgreementState, *orders: OrderState, region: str = "43"
) -> list[OrderReport]:
    """Publish the orders and wait until every lane says it is done; return their sums by order."""
    worker.put(replace(state, orders=orders))
    reports: list[OrderReport] = []

    def all_done() -> bool:
        numbers = {each.number for each in orders}
        found = read_reports(worker.kafka, region, state.feed)
        reports[:] = [each for each in found if each.number in numbers]
        done = [each for each in reports if each.state == "done"]
        return len(done) == len(orders) * state.partitions

    try:
        wait_until(all_done)
    except pytest.fail.Exception:
        pytest.fail(f"not done: {reports}")
    return [_sum([each for each in reports if each.number == one.number]) for one in orders]


def _sum(reports: list[OrderReport]) -> OrderReport:
    first = reports[0]
    return replace(
        first,
        sent=sum(each.sent for each in reports),
        withheld=sum(each.withheld for each in reports),
        dead=sum(each.dead for each in reports),
        gone=sum(each.gone for each in reports),
    )


def counts(report: OrderReport) -> tuple[int, int, int, int]:
    """Return sent, withheld, dead and gone."""
    return report.sent, report.withheld, report.dead, report.gone


def at_rest(worker: WorkerUnderTest, feed: str, resources: Any, events: int) -> None:
    """Wait until the hub's copy of the lanes' progress has come to their ends."""
    lanes = [progress_key("43", feed, worker.topic, n) for n in range(worker.contract.partitions)]

    def copied() -> bool:
        copies = [resources.copies.last(lane) for lane in lanes]
        done = [copy.next_sequence - 1 for copy in copies if copy is not None]
        return bool(sum(done) >= events)

    wait_until(copied)
