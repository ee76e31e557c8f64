"""Orders on feeds: redrive 异常重投, replay 历史重发 and backfill 历史补录, each with a dry run."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from lingqu.agreements.orders import OrderKind, Selection
from lingqu.errors import ReasonCode
from lingqu.kafka.order_reports import read_reports
from lingqu.kafka.settings import KafkaSettings
from lingqu.service.instants import Instant
from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_control.desk import WHO, Desk
from lingqu_control.letter_keys import digest_of_key
from lingqu_control.order_answers import OrderAnswer, order_answer
from lingqu_control.orders import (
    Wanted,
    cancel_order,
    find_order,
    open_orders,
    place_order,
    settle_order,
)
from lingqu_control.tables import OrderRow

_LISTING = "orders"

Number = Annotated[int, Path(ge=1)]


class Terms(BaseModel):
    """What every order may say: a dry run counts and sends nothing, `rate` is events a second."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    dry_run: bool = False
    rate: float | None = Field(default=None, ge=0.001, le=1e9, allow_inf_nan=False)
    since: Instant | None = Field(default=None, alias="from")
    until: Instant | None = Field(default=None, alias="to")
    partition: int | None = Field(default=None, ge=0)


class Replay(Terms):
    """Which events are sent again: by time, by number, or both."""

    first_sequence: int | None = Field(default=None, ge=1)
    last_sequence: int | None = Field(default=None, ge=1)


class Redrive(Terms):
    """Which dead letters' events are sent again; quarantined ones only where that is said."""

    reason: ReasonCode | None = None
    key: str | None = Field(default=None, max_length=4_000)
    letters: tuple[str, ...] = Field(default=(), max_length=1_000)
    quarantined: bool = False


class Backfill(Terms):
    """How much of what was published before the feed began is sent late."""


def router(desk: Desk, kafka: KafkaSettings) -> APIRouter:
    routes = APIRouter(prefix="/v1/feeds/{feed_id}", tags=["orders"])
    _add_orders(routes, desk)
    _add_looks(routes, desk, kafka)
    return routes


def _add_orders(routes: APIRouter, desk: Desk) -> None:
    def place(feed_id: str, kind: OrderKind, terms: Terms, **chosen: object) -> OrderAnswer:
        asked = terms.model_dump(exclude={"dry_run", "rate", "since", "until", "key"})
        selection = Selection(
            from_ms=_ms(terms.since), until_ms=_ms(terms.until), **{**asked, **chosen}
        )
        wanted = Wanted(kind, selection, terms.dry_run, terms.rate)
        with desk.writing() as records:
            return order_answer(place_order(records, desk.hub, feed_id, wanted, WHO))

    @routes.post("/replay", summary="Send again what was sent, under today's agreement")
    def replay(feed_id: str, terms: Replay) -> OrderAnswer:
        return place(feed_id, "replay", terms)

    @routes.post("/backfill", summary="Send late what was published before the feed began")
    def backfill(feed_id: str, terms: Backfill) -> OrderAnswer:
        return place(feed_id, "backfill", terms)

    @routes.post("/redrive", summary="Send the events of dead letters again")
    def redrive(feed_id: str, terms: Redrive) -> OrderAnswer:
        digest = None if terms.key is None else digest_of_key(desk, feed_id, terms.key)
        return place(feed_id, "redrive", terms, key_digest=digest)


def _add_looks(routes: APIRouter, desk: Desk, kafka: KafkaSettings) -> None:
    def settle(feed_id: str) -> None:
        """Take in what lanes of open orders have reported by now."""
        with desk.reading() as records:
            waits = any(row.feed_id == feed_id for row in open_orders(records))
        if not waits:
            return
        reports = read_reports(kafka, desk.hub.region, feed_id)
        with desk.writing() as records:
            for row in open_orders(records):
                if row.feed_id == feed_id:
                    settle_order(records, desk.hub, row, reports)

    @routes.get("/orders", summary="The feed's orders, oldest first")
    def list_orders(
        feed_id: str, limit: PageSize = 100, cursor: PageCursor = None
    ) -> Page[OrderAnswer]:
        (after,) = position_of(_LISTING, cursor) or (0,)
        settle(feed_id)
        with desk.reading() as records:
            feed = records.feed(feed_id)
            found = select(OrderRow).where(OrderRow.feed_id == feed.id, OrderRow.number > after)
            rows = records.session.scalars(found.order_by(OrderRow.number).limit(limit + 1))
            answers = [order_answer(row) for row in rows]
        return page(_LISTING, answers, limit, lambda one: (one.number,))

    @routes.get("/orders/{number}", summary="One order, and what its lanes have counted")
    def show_order(feed_id: str, number: Number) -> OrderAnswer:
        settle(feed_id)
        with desk.reading() as records:
            return order_answer(find_order(records, feed_id, number))

    @routes.post("/orders/{number}/cancel", summary="Stop an order; what was sent stays sent")
    def cancel(feed_id: str, number: Number) -> OrderAnswer:
        with desk.writing() as records:
            return order_answer(cancel_order(records, desk.hub, feed_id, number))


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
