"""One order running: a seat for each partition of the feed's topic, and a lane in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lingqu.agreements.state import AgreementState
from lingqu.connect.plugins import parse_options
from lingqu_worker.assignments import sink_class
from lingqu_worker.dead_letters import DeadLetters
from lingqu_worker.feed import FeedStage
from lingqu_worker.feed_spec import FeedSpec
from lingqu_worker.gate import Gate
from lingqu_worker.inlet import Inlet, Seek
from lingqu_worker.orders.delivery import OrderAnswered, OrderDelivery
from lingqu_worker.orders.dry_run import DryRun
from lingqu_worker.orders.inbound import InboundRedrive, Readmission
from lingqu_worker.orders.lane import OrderLane, OrderWork
from lingqu_worker.orders.offsets import MovedDelivery, OffsetsWork, StoppedGate
from lingqu_worker.resources import Resources


def readmission_inlet(spec: Readmission, resources: Resources, instance: str | None) -> Inlet:
    """Return the inlet of an inbound feed's redrive."""
    return _inlet(
        spec.state, resources, instance, lambda seat: InboundRedrive(spec, seat, resources)
    )


def order_inlet(state: AgreementState, resources: Resources, instance: str | None) -> Inlet:
    """Return the inlet of an order; of several workers, one has the seat of each partition."""
    return _inlet(state, resources, instance, lambda seat: _work(state, seat, resources))


def _inlet(
    state: AgreementState,
    resources: Resources,
    instance: str | None,
    work: Callable[[int], OrderWork],
) -> Inlet:
    def make(partition: int, _seek: Seek) -> OrderLane:
        return OrderLane(state, partition, work(partition), resources)

    group = f"lingqu.{resources.region}.{state.runs_as}"
    return Inlet(resources.kafka, state.topic, group, make, instance=instance)


def _work(state: AgreementState, partition: int, resources: Resources) -> OrderWork:
    (order,) = state.orders
    if order.kind == "offsets":
        return _offsets(state, partition, resources)
    gate = Gate(resources.table, resources.clock, state, resources.skew)
    today = resources.stage(state)
    if order.dry_run:
        return DryRun(state, today, partition, resources, gate)
    spec = _spec(state, today, gate, resources, order.attempt)
    delivery = OrderAnswered if spec.sink.answers else OrderDelivery
    return delivery(spec, today, partition, resources)


def _offsets(state: AgreementState, partition: int, resources: Resources) -> OffsetsWork:
    """Return the work on the feed's own lane: it bears the feed's name, not the order's."""
    gate = StoppedGate(resources.table, resources.clock, state, resources.skew)
    feed = replace(state, orders=())
    today = resources.stage(feed)
    spec = _spec(feed, today, gate, resources, 1)
    return OffsetsWork(state, spec, today, MovedDelivery(spec, partition, resources))


def _spec(
    state: AgreementState, today: FeedStage, gate: Gate, resources: Resources, attempt: int
) -> FeedSpec:
    key = resources.hub_key.open(state.dead_letter_key, state.dead_letter_context)
    place = (state.feed, state.agreement, state.recipient.partner, key, resources.clock)
    return FeedSpec(
        state=state,
        sink=sink_class(state),
        options=parse_options(state.delivery.connector, state.delivery.options),
        stage=today,
        dead_letters=DeadLetters(*place, attempt=attempt),
        gate=gate,
    )
