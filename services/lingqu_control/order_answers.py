"""What control answers of orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lingqu.kafka.order_reports import OrderReport
from lingqu_control.orders import selection_document
from lingqu_control.tables import OrderRow


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """An order and what its lanes have counted.

    `sent` events went to the partner, or would in a dry run; what today's agreement leaves out is
    `withheld`, what nobody can read `dead`, what the topic has dropped `gone`. `why` says what
    holds a lane up.
    """

    feed: str
    number: int
    attempt: int
    kind: str
    dry_run: bool
    state: str
    why: str
    selection: Mapping[str, Any]
    rate: float | None
    who: str
    at: str
    ended: str | None
    sent: int
    withheld: int
    dead: int
    gone: int
    lanes: Sequence[OrderReport]


def order_answer(row: OrderRow) -> OrderAnswer:
    lanes = [OrderReport(**each) for each in row.reports]
    troubled = [each for each in lanes if each.why and each.state != "done"]
    return OrderAnswer(
        feed=row.feed_id,
        number=row.number,
        attempt=row.number + 1,
        kind=row.document["kind"],
        dry_run=row.document["dry_run"],
        state=_state(row, lanes),
        why=troubled[0].why if troubled and row.state == "open" else "",
        selection=selection_document(row),
        rate=row.document["rate"],
        who=row.who,
        at=_moment(row.at_ms),
        ended=None if row.ended_ms is None else _moment(row.ended_ms),
        sent=sum(each.sent for each in lanes),
        withheld=sum(each.withheld for each in lanes),
        dead=sum(each.dead for each in lanes),
        gone=sum(each.gone for each in lanes),
        lanes=lanes,
    )


def _state(row: OrderRow, lanes: Sequence[OrderReport]) -> str:
    """Return done or cancelled, or of one that is open what its lanes are doing."""
    if row.state != "open":
        return row.state
    states = {each.state for each in lanes}
    return next((each for each in ("failed", "waiting", "running") if each in states), "open")


def _moment(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
