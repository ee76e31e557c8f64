"""What an operator does to what runs: suspends, resumes, ends and pauses it."""

from __future__ import annotations

from sqlalchemy import select

from lingqu.agreements.lifecycle import ENDED, IN_FORCE, MOVES
from lingqu.agreements.state import StateName
from lingqu.errors import ConflictError
from lingqu_control.hub import Hub
from lingqu_control.records import Records
from lingqu_control.tables import AgreementRow, FeedRow, OrderRow

TERM_ENDED = "the last day of its term has passed"


def move_agreement(
    records: Records, agreement_id: str, to: StateName, reason: str | None
) -> AgreementRow:
    """Move what is in force and publish it; moving it to where it is changes nothing.

    Raises NotFoundError, ConflictError for an illegal move, InputError for a missing reason.
    """
    row = records.effective(agreement_id)
    if row.state == to:
        return row
    records.move(row, to, reason)
    if to in ENDED:
        _withdraw_pending(records, row)
        _cancel_orders(records, row)
    records.publish(agreement_id)
    return row


def pause_feed(records: Records, feed_id: str, hub: Hub, *, paused: bool) -> FeedRow:
    """Pause or resume the feed and publish it; doing so twice changes nothing.

    One that is stopped is resumed by this too. Raises ConflictError while its offsets are altered.
    """
    feed = records.feed(feed_id)
    if not paused:
        _check_offsets_settled(records, feed)
    if feed.paused != paused or feed.stopped:
        feed.paused, feed.stopped, feed.changed_ms = paused, False, hub.now_ms()
        records.publish(feed.agreement_id)
    return feed


def stop_feed(records: Records, feed_id: str, hub: Hub) -> FeedRow:
    """Stop the feed, so that its offsets may be altered, and publish it; twice changes nothing."""
    feed = records.feed(feed_id)
    if not feed.stopped:
        feed.paused = feed.stopped = True
        feed.changed_ms = hub.now_ms()
        records.publish(feed.agreement_id)
    return feed


def restart_feed(records: Records, feed_id: str, hub: Hub) -> FeedRow:
    """Let workers stop the feed's lanes and start them anew; one that rests goes on resting."""
    feed = records.feed(feed_id)
    feed.restarts += 1
    feed.changed_ms = hub.now_ms()
    records.publish(feed.agreement_id)
    return feed


def expire_agreements(records: Records, hub: Hub) -> int:
    """Say so where a term has ended; the workers have stopped by their own clocks already."""
    over = select(AgreementRow).where(
        AgreementRow.state.in_(IN_FORCE), AgreementRow.valid_until_ms <= hub.now_ms()
    )
    rows = records.session.scalars(over).all()
    for row in rows:
        move_agreement(records, row.id, "expired", TERM_ENDED)
    return len(rows)


def publish_all(records: Records) -> int:
    """Publish every agreement that is or was in force, for a topic that knows none of them."""
    ids = records.session.scalars(select(AgreementRow.id).distinct().order_by(AgreementRow.id))
    found = list(ids)
    for agreement_id in found:
        records.publish(agreement_id)
    return len(found)


def _check_offsets_settled(records: Records, feed: FeedRow) -> None:
    found = select(OrderRow).where(OrderRow.feed_id == feed.id, OrderRow.state == "open")
    for row in records.session.scalars(found):
        if row.document["kind"] == "offsets":
            raise ConflictError(
                f"the offsets of feed {feed.id!r} are being altered by order {row.number}; resume"
                f" when it is done, or lingqu feed cancel {feed.id} {row.number}"
            )


def _cancel_orders(records: Records, ended: AgreementRow) -> None:
    feed = ended.agreement.feed
    found = select(OrderRow).where(OrderRow.feed_id == feed, OrderRow.state == "open")
    for row in records.session.scalars(found):
        row.state = "cancelled"


def _withdraw_pending(records: Records, ended: AgreementRow) -> None:
    for row in records.versions(ended.id):
        if row.version > ended.version and "withdrawn" in MOVES[row.now]:
            records.move(row, "withdrawn", "the agreement has ended")
