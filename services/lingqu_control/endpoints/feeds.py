"""Feeds, to look at, pause, resume, stop and restart."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select

from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_control.answers import FeedAnswer, feed_answer
from lingqu_control.desk import Desk
from lingqu_control.tables import FeedRow

_LISTING = "feeds"


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/feeds", tags=["feeds"])

    @routes.get("", summary="Feeds by id")
    def list_feeds(limit: PageSize = 100, cursor: PageCursor = None) -> Page[FeedAnswer]:
        (after,) = position_of(_LISTING, cursor) or ("",)
        found = select(FeedRow).where(FeedRow.id > after).order_by(FeedRow.id).limit(limit + 1)
        with desk.reading() as records:
            answers = [
                feed_answer(feed, records.effective(feed.agreement_id), desk.hub)
                for feed in records.session.scalars(found)
            ]
        return page(_LISTING, answers, limit, lambda one: (one.id,))

    @routes.get("/{feed_id}", summary="One feed")
    def show_feed(feed_id: str) -> FeedAnswer:
        return desk.feed(feed_id)

    @routes.post("/{feed_id}/pause", summary="Hold its events back; none is lost")
    def pause_feed(feed_id: str) -> FeedAnswer:
        return desk.pause(feed_id, paused=True)

    @routes.post("/{feed_id}/resume", summary="Go on where it stopped")
    def resume_feed(feed_id: str) -> FeedAnswer:
        return desk.pause(feed_id, paused=False)

    @routes.post("/{feed_id}/stop", summary="Hold it back so that its offsets may be altered")
    def stop_feed(feed_id: str) -> FeedAnswer:
        return desk.stop(feed_id)

    @routes.post("/{feed_id}/restart", summary="Stop its lanes and start them anew")
    def restart_feed(feed_id: str) -> FeedAnswer:
        return desk.restart(feed_id)

    return routes
