"""Topics of contracts: how they grew, and growing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from lingqu.errors import UnavailableError
from lingqu.kafka.settings import KafkaSettings
from lingqu_control.desk import WHO, Desk
from lingqu_control.growths import growths_of, partitions_after
from lingqu_control.records import Records
from lingqu_control.repartition import MOST_PARTITIONS, Repartitioning, begin_growth, first_of
from lingqu_control.tables import AgreementRow, GrowthRow

_ASK_EVERY_S, _WAIT_S = 0.2, 20.0


class Wanted(BaseModel):
    """How many partitions a topic shall have: a multiple of what it has."""

    model_config = ConfigDict(extra="forbid")

    partitions: int = Field(ge=1, le=MOST_PARTITIONS, examples=[12])


@dataclass(frozen=True, slots=True)
class GrowthAnswer:
    """One growth; `barrier` has for each old partition the offset behind what it held then."""

    partitions: int
    state: Literal["growing", "grown"]
    barrier: list[int] | None
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TopicAnswer:
    """A topic's partitions, and the growths by which it has come to them, oldest first."""

    topic: str
    partitions: int
    feeds: list[str]
    growths: list[GrowthAnswer]


def router(desk: Desk, kafka: KafkaSettings, repartitioning: Repartitioning) -> APIRouter:
    routes = APIRouter(prefix="/v1/topics", tags=["topics"])

    @routes.get("", summary="The topics of all contracts")
    def list_topics() -> list[TopicAnswer]:
        with desk.reading() as records:
            feeds = records.by_topic()
            return [
                _answer(records, desk, topic, feeds.get(topic, ()))
                for topic in sorted(desk.hub.catalogue.topics())
            ]

    @routes.get("/{topic}", summary="A topic's partitions, and how it came to have them")
    def show_topic(topic: str) -> TopicAnswer:
        with desk.reading() as records:
            return _answer(records, desk, topic, records.of_topic(topic))

    @routes.post(
        "/{topic}/partitions", summary="Add partitions; order per key holds for every feed"
    )
    def repartition(topic: str, wanted: Wanted) -> TopicAnswer:
        with desk.writing() as records:
            begin_growth(records, desk.hub, kafka, topic, wanted.partitions, WHO)
        _await(desk, repartitioning, topic)
        with desk.reading() as records:
            return _answer(records, desk, topic, records.of_topic(topic))

    return routes


def _await(desk: Desk, repartitioning: Repartitioning, topic: str) -> None:
    clock, never = desk.hub.clock, threading.Event()
    deadline = clock.monotonic() + _WAIT_S
    while not repartitioning.go_on():
        if clock.monotonic() > deadline:
            raise UnavailableError(
                f"topic {topic!r} has begun to grow and goes on by itself; "
                f"lingqu topic show {topic} says how far it is"
            )
        clock.wait(_ASK_EVERY_S, never)


def _answer(
    records: Records, desk: Desk, topic: str, agreements: Sequence[AgreementRow]
) -> TopicAnswer:
    first, growths = first_of(desk.hub, topic), growths_of(records.session, topic)
    feeds = [row.agreement.feed for row in agreements]
    return TopicAnswer(topic, partitions_after(growths, first), feeds, list(map(_growth, growths)))


def _growth(row: GrowthRow) -> GrowthAnswer:
    state: Literal["growing", "grown"] = "growing" if row.barrier is None else "grown"
    at = datetime.fromtimestamp(row.at_ms / 1000, UTC)
    return GrowthAnswer(row.partitions, state, row.barrier, row.who, at)
