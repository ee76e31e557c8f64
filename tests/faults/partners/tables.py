"""What stands in a partner's tables, judged by what should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.faults.partners.ranked import Ranked, Row

COLUMNS = "lq_part, lq_seq, event_id, station, number, level, weather, keeper, phone"

Found = Sequence[tuple[Any, ...]]


def judge_append(rows: Found, ranked: Ranked) -> Iterator[str]:
    """Yield what is wrong with a table that keeps every event."""
    seen = set()
    for part, number, *shown in rows:
        if (part, number) in seen:
            yield f"number {number} of lane {part} is there twice"
        seen.add((part, number))
        yield from _judge(shown, ranked.events.get((part, number)), f"lane {part}, {number}")
    for part, number in ranked.events.keys() - seen:
        yield f"number {number} of lane {part} was lost"


def judge_upsert(rows: Found, ranked: Ranked) -> Iterator[str]:
    """Yield what is wrong with a table that keeps the last event of each station."""
    seen = set()
    for part, number, *shown in rows:
        station = shown[1]
        if station in seen:
            yield f"station {station} is there twice"
        seen.add(station)
        if ranked.last.get(station) != (part, number):
            yield f"{station} shows number {number} of lane {part}, not {ranked.last.get(station)}"
        yield from _judge(shown, ranked.events.get((part, number)), station)
    for station in ranked.last.keys() - seen:
        yield f"station {station} was lost"


def _judge(shown: list[Any], event: Row | None, place: str) -> Iterator[str]:
    if event is None:
        yield f"{place}: nothing of that number was to be delivered"
        return
    plain = [event[name] for name in ("event_id", "station", "number", "level", "weather")]
    if shown != [*plain, "***", "***77"]:
        yield f"{place}: it differs from what the view shows of event {event['event_id']}"
