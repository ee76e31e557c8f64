"""A connector's offsets in Kafka Connect's words (KIP-875): read, alter, reset."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from lingqu.agreements.orders import Selection
from lingqu.clock import SystemClock
from lingqu.errors import InputError, UnavailableError
from lingqu.kafka.order_reports import OrderReport, read_reports
from lingqu.kafka.settings import KafkaSettings
from lingqu_control.desk import WHO, Desk
from lingqu_control.offsets import altered, lane_offsets
from lingqu_control.orders import (
    Wanted,
    cancel_order,
    find_order,
    place_order,
    settle_order,
)

_WAIT_S = 20.0
_ASK_EVERY_S = 0.3


class Partition(BaseModel):
    """A partition of the feed's topic."""

    model_config = ConfigDict(extra="forbid")

    kafka_topic: str
    kafka_partition: int = Field(ge=0)


class Offset(BaseModel):
    """The next offset to be read, and, where it is answered, the next number."""

    model_config = ConfigDict(extra="forbid")

    kafka_offset: int = Field(ge=0)
    lq_seq: int | None = None


class PartitionOffset(BaseModel):
    """Where one lane goes on; without an offset at the oldest event that is kept."""

    model_config = ConfigDict(extra="forbid")

    partition: Partition
    offset: Offset | None


class Offsets(BaseModel):
    """The offsets of a connector."""

    model_config = ConfigDict(extra="forbid")

    offsets: list[PartitionOffset]


@dataclass(frozen=True, slots=True)
class Message:
    """What was done, in a sentence."""

    message: str


def add_offsets(routes: APIRouter, desk: Desk, kafka: KafkaSettings) -> None:
    def alter(name: str, wanted: Mapping[str, int]) -> Message:
        """Order it, wait until every lane has done it, and say so; take it back otherwise."""
        order = Wanted("offsets", Selection(offsets=dict(wanted)), dry_run=False, rate=None)
        with desk.writing() as records:
            number = place_order(records, desk.hub, name, order, WHO).number
        reports = _awaited(desk, kafka, name, number)
        failed = [each for each in reports if each.state == "failed"]
        with desk.writing() as records:
            row = find_order(records, name, number)
            settle_order(records, desk.hub, row, reports)
            if row.state != "done":
                cancel_order(records, desk.hub, name, number)
                if failed:
                    raise InputError(failed[0].why)
                waits = next((each.why for each in reports if each.why), "no worker answers")
                raise UnavailableError(f"the offsets of {name!r} were not altered in time: {waits}")
        return Message(f"the offsets of {name} have been altered; it goes on there when resumed")

    @routes.get("/connectors/{name}/offsets", summary="How far its lanes are, up to 5 s ago")
    def show_offsets(name: str) -> Offsets:
        with desk.reading() as records:
            lanes = lane_offsets(records, desk.hub, kafka, name)
        found = [
            PartitionOffset(
                partition=Partition(kafka_topic=lane.topic, kafka_partition=lane.partition),
                offset=Offset(kafka_offset=lane.next_offset, lq_seq=lane.next_sequence),
            )
            for lane in lanes
        ]
        return Offsets(offsets=found)

    @routes.patch("/connectors/{name}/offsets", summary="Alter offsets of one that is stopped")
    def alter_offsets(name: str, wanted: Offsets) -> Message:
        asked = [
            (
                each.partition.kafka_topic,
                each.partition.kafka_partition,
                None if each.offset is None else each.offset.kafka_offset,
            )
            for each in wanted.offsets
        ]
        with desk.reading() as records:
            places = altered(records, name, asked)
        return alter(name, places)

    @routes.delete("/connectors/{name}/offsets", summary="Let one that is stopped begin anew")
    def reset_offsets(name: str) -> Message:
        with desk.reading() as records:
            agreement = records.effective(records.feed(name).agreement_id)
            topic, lanes = records.topic(agreement), records.lanes(agreement)
            asked = [(topic, number, None) for number in range(lanes)]
            places = altered(records, name, asked)
        return alter(name, places)


def _awaited(desk: Desk, kafka: KafkaSettings, name: str, number: int) -> list[OrderReport]:
    """Return the reports once each lane is done or one has failed, or as they are in the end."""
    clock, never = SystemClock(), threading.Event()
    deadline = clock.monotonic() + _WAIT_S
    with desk.reading() as records:
        lanes = records.lanes(records.effective(records.feed(name).agreement_id))
    while True:
        found = read_reports(kafka, desk.hub.region, name)
        mine = [each for each in found if each.number == number]
        done = sum(each.state == "done" for each in mine)
        failed = any(each.state == "failed" for each in mine)
        if done == lanes or failed or clock.monotonic() > deadline:
            return mine
        clock.wait(_ASK_EVERY_S, never)
