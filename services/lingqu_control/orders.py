"""Orders on feeds: what an operator has sent again or late, kept until every lane has done it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select

from lingqu.agreements.orders import OrderKind, OrderState, Selection
from lingqu.connect.api import SinkTask
from lingqu.connect.plugins import connector
from lingqu.connect.record_source import RecordSource
from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu.kafka.order_reports import OrderReport
from lingqu_control.hub import Hub
from lingqu_control.records import Records
from lingqu_control.tables import AgreementRow, OrderRow

_ORDER: TypeAdapter[OrderState] = TypeAdapter(OrderState)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator asks for."""

    kind: OrderKind
    selection: Selection
    dry_run: bool
    rate: float | None


def place_order(records: Records, hub: Hub, feed_id: str, wanted: Wanted, who: str) -> OrderRow:
    """Keep a new order and publish it. Raises NotFoundError, InputError or ConflictError."""
    feed = records.feed(feed_id)
    agreement = records.effective(feed.agreement_id)
    _check_feed(agreement, hub, wanted.kind)
    _check_partition(wanted.selection.partition, agreement, records)
    if wanted.kind != "offsets":
        _check_flows(agreement, hub, feed_id, paused=feed.paused)
    if not wanted.dry_run:
        _check_alone(records, feed_id)
    number = 1 + (_last_number(records, feed_id) or 0)
    at_ms = hub.now_ms()
    state = OrderState(number, wanted.kind, at_ms, wanted.selection, wanted.dry_run, wanted.rate)
    document = _ORDER.dump_python(state, mode="json")
    row = OrderRow(feed_id=feed_id, number=number, state="open", document=document, who=who)
    row.at_ms, row.reports = at_ms, []
    records.session.add(row)
    records.session.flush()
    records.publish(feed.agreement_id)
    return row


def cancel_order(records: Records, hub: Hub, feed_id: str, number: int) -> OrderRow:
    """Take an open order back: what was sent stays sent; one that is over stays as it is."""
    row = find_order(records, feed_id, number)
    if row.state == "open":
        row.state, row.ended_ms = "cancelled", hub.now_ms()
        records.session.flush()
        records.publish(records.feed(feed_id).agreement_id)
    return row


def settle_order(records: Records, hub: Hub, row: OrderRow, reports: Sequence[OrderReport]) -> None:
    """Keep what its lanes report; the order is done when all of them are."""
    mine = [each for each in reports if each.number == row.number]
    row.reports = [asdict(each) for each in sorted(mine, key=lambda each: each.partition)]
    feed = records.feed(row.feed_id)
    lanes = records.lanes(records.effective(feed.agreement_id))
    if sum(each.state == "done" for each in mine) < lanes:
        return
    row.state, row.ended_ms = "done", hub.now_ms()
    records.session.flush()
    records.publish(feed.agreement_id)


def find_order(records: Records, feed_id: str, number: int) -> OrderRow:
    row = records.session.get(OrderRow, (feed_id, number))
    if row is None:
        last = _last_number(records, feed_id)
        there = f"its orders are 1 to {last}" if last else "it has none yet"
        raise NotFoundError(f"feed {feed_id!r} has no order {number}; {there}")
    return row


def open_orders(records: Records) -> Sequence[OrderRow]:
    found = select(OrderRow).where(OrderRow.state == "open")
    return records.session.scalars(found.order_by(OrderRow.feed_id, OrderRow.number)).all()


def selection_document(row: OrderRow) -> dict[str, Any]:
    """Return what of the selection was said."""
    said: dict[str, Any] = row.document["selection"]
    return {name: value for name, value in said.items() if value not in (None, [], {}, False)}


def _check_feed(agreement: AgreementRow, hub: Hub, kind: OrderKind) -> None:
    terms = agreement.agreement
    found = connector(terms.delivery.connector)
    outbound = terms.provider.region in hub.own_regions and issubclass(found, SinkTask)
    # What is polled makes its ids of where a row stood, which letters do not tell.
    if outbound or (kind == "redrive" and not issubclass(found, RecordSource)):
        return
    raise InputError(
        f"feed {terms.feed!r} brings events in, and only what goes out can be sent again, or a dead"
        f" letter of a Kafka topic let in again; ask {terms.provider.partner!r} to publish those"
        " events once more"
    )


def _check_partition(partition: int | None, agreement: AgreementRow, records: Records) -> None:
    last = records.lanes(agreement) - 1
    if partition is not None and partition > last:
        raise InputError(
            f"partition: {agreement.agreement.contract} has partitions 0 to {last}, and {partition}"
            " is asked for; name one of those"
        )


def _check_flows(agreement: AgreementRow, hub: Hub, feed_id: str, *, paused: bool) -> None:
    terms = agreement.agreement
    in_force = terms.valid_from_ms <= hub.now_ms() < terms.valid_until_ms
    if agreement.state != "active" or not in_force:
        raise ConflictError(
            f"agreement {agreement.id!r} is {agreement.state}: nothing may be sent to"
            f" {terms.recipient.partner!r} now, also not again"
        )
    if paused:
        raise ConflictError(
            f"feed {feed_id!r} rests, and its orders with it; lingqu feed resume {feed_id} first"
        )


def _check_alone(records: Records, feed_id: str) -> None:
    """Let no two orders send the same events at once; dry runs harm nobody."""
    for row in open_orders(records):
        if row.feed_id == feed_id and not row.document["dry_run"]:
            raise ConflictError(
                f"order {row.number} of feed {feed_id!r}, a {row.document['kind']}, is not done"
                f" yet; wait for it, or lingqu feed cancel {feed_id} {row.number}"
            )


def _last_number(records: Records, feed_id: str) -> int | None:
    found = select(func.max(OrderRow.number)).where(OrderRow.feed_id == feed_id)
    return records.session.scalar(found)
