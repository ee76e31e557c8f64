"""One feed running: its inlet with the lanes, outbound or inbound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lingqu.admission import Admission, RegionScope
from lingqu.admission.twins import Twins, today
from lingqu.agreements.state import AgreementState
from lingqu.connect.api import Options, SinkTask, TopicInlet
from lingqu.connect.hosts import permit_brokers
from lingqu.connect.plugins import parse_options
from lingqu.connect.record_source import RecordSource
from lingqu.contracts.model import Catalogue, Contract
from lingqu.errors import PermanentError
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import AGREEMENT_TOPIC
from lingqu.wire.registry import RegistryClient
from lingqu_worker.answered import AnsweredDelivery
from lingqu_worker.assignments import SOURCE_OF_SINK, sink_class, source_class
from lingqu_worker.dead_letters import DeadLetters
from lingqu_worker.delivery import Delivery
from lingqu_worker.feed_spec import FeedSpec
from lingqu_worker.gate import Gate
from lingqu_worker.inlet import Inlet, Seek
from lingqu_worker.intake import Intake, IntakeSpec
from lingqu_worker.lane import Lane, LaneWork
from lingqu_worker.orders.inbound import Readmission
from lingqu_worker.periodic import PeriodicDelivery
from lingqu_worker.polled_intake import PolledIntake, PolledSpec
from lingqu_worker.polled_lane import PolledLane
from lingqu_worker.resources import Resources
from lingqu_worker.source_topic import SourceTopic


@dataclass(frozen=True, slots=True)
class Runner:
    """A running feed, the agreement version it runs under, and the topic it reads, if any.

    `contract` is that by which an inbound one admits.
    """

    state: AgreementState
    inlet: Inlet
    source: SourceTopic | None = None
    contract: Contract | None = None


def start_outbound(state: AgreementState, resources: Resources, instance: str | None) -> Runner:
    """Start to forward a topic of this hub to a partner."""
    spec = FeedSpec(
        state=state,
        sink=sink_class(state),
        options=parse_options(state.delivery.connector, state.delivery.options),
        stage=resources.stage(state),
        dead_letters=_dead_letters(state, state.recipient.partner, resources),
        gate=Gate(resources.table, resources.clock, state, resources.skew),
    )
    delivery = _delivery(spec.sink)
    inlet = Inlet(
        resources.kafka,
        state.topic,
        f"lingqu.{resources.region}.{state.feed}",
        _lanes(state, resources, lambda partition: delivery(spec, partition, resources)),
        instance=instance,
    )
    inlet.start()
    return Runner(state, inlet, resources.source_topic(state.topic, state.feed))


def _delivery(sink: type[SinkTask]) -> type[Delivery]:
    if sink.answers:
        return AnsweredDelivery
    return PeriodicDelivery if sink.needs_intent else Delivery


def start_inbound(
    state: AgreementState, resources: Resources, catalogue: Catalogue, instance: str | None
) -> Runner:
    """Start to admit what a partner delivers, or what a source brings."""
    source = source_class(state)
    own = state.delivery.connector not in SOURCE_OF_SINK
    options = source.options_model.model_validate(state.delivery.options if own else {})
    if issubclass(source, RecordSource):
        return _start_polled(state, source, options, resources, catalogue, instance)
    contract, _ = catalogue.by_topic(state.topic)
    where = source().inlet(options, state.topic, state.provider.region)
    kafka = _cluster(where, resources)
    spec = IntakeSpec(
        state=state,
        source=resources.source_topic(where.topic, state.feed, kafka),
        admission=lambda: _admission(state, resources, catalogue, where.registry_url),
        dead_letters=_dead_letters(state, state.provider.partner, resources),
        gate=Gate(resources.table, resources.clock, state, resources.skew),
    )
    inlet = Inlet(
        kafka,
        where.topic,
        f"lingqu.{resources.region}.{state.feed}",
        _lanes(state, resources, lambda partition: Intake(spec, partition, resources)),
        instance=instance,
    )
    inlet.start()
    return Runner(state, inlet, spec.source, contract)


def readmission(state: AgreementState, resources: Resources, catalogue: Catalogue) -> Readmission:
    """Return what an order of an inbound feed needs to admit its dead letters again."""
    (order,) = state.orders
    source = source_class(state)
    if issubclass(source, RecordSource):
        raise PermanentError(f"feed {state.feed!r} is polled: its rows are handed in again")
    own = state.delivery.connector not in SOURCE_OF_SINK
    options = source.options_model.model_validate(state.delivery.options if own else {})
    where = source().inlet(options, state.topic, state.provider.region)
    return Readmission(
        state,
        lambda: _admission(state, resources, catalogue, where.registry_url),
        _dead_letters(state, state.provider.partner, resources, order.attempt),
        Gate(resources.table, resources.clock, state, resources.skew),
    )


def _start_polled(
    state: AgreementState,
    source: type[RecordSource],
    options: Options,
    resources: Resources,
    catalogue: Catalogue,
    instance: str | None,
) -> Runner:
    contract, major = catalogue.by_topic(state.topic)
    spec = PolledSpec(
        state=state,
        source=source,
        options=options,
        mappings=contract.folder / "mappings",
        schema=contract.latest(major).schema,
        admission=lambda: _admission(state, resources, catalogue, None),
        dead_letters=_dead_letters(state, state.provider.partner, resources),
        gate=Gate(resources.table, resources.clock, state, resources.skew),
    )

    def make(_partition: int, _seek: Seek) -> PolledLane:
        work = PolledIntake(spec, resources)
        return PolledLane(state.feed, work, clock=resources.clock, metrics=resources.metrics)

    seat = Inlet(
        resources.kafka,
        AGREEMENT_TOPIC,
        f"lingqu.{resources.region}.{state.feed}",
        make,
        instance=instance,
    )
    seat.start()
    return Runner(state, seat, contract=contract)


def _cluster(where: TopicInlet, resources: Resources) -> KafkaSettings:
    if not where.kafka:
        return resources.kafka
    name = where.password_secret
    password = {} if name is None else {"sasl_password": resources.secret(name)}
    settings = KafkaSettings.model_validate({**where.kafka, **password})
    permit_brokers(settings.bootstrap_servers.split(","), resources.permit)
    return settings


def _lanes(
    state: AgreementState, resources: Resources, work: Callable[[int], LaneWork]
) -> Callable[[int, Seek], Lane]:
    def make(partition: int, seek: Seek) -> Lane:
        return Lane(
            state.feed,
            partition,
            work(partition),
            seek=seek,
            clock=resources.clock,
            metrics=resources.metrics,
        )

    return make


def _dead_letters(
    state: AgreementState, partner: str, resources: Resources, attempt: int = 1
) -> DeadLetters:
    key = resources.hub_key.open(state.dead_letter_key, state.dead_letter_context)
    return DeadLetters(state.feed, state.agreement, partner, key, resources.clock, attempt)


def _admission(
    state: AgreementState, resources: Resources, catalogue: Catalogue, registry_url: str | None
) -> Admission:
    """Return the gate for a provider's events: it may speak for its own region only."""
    contract, major = catalogue.by_topic(state.topic)
    with RegistryClient(resources.registry_url) as registry:
        ids = {
            each: registry.register(contract.subject(each), contract.latest(each).schema)
            for each in {major, *contract.served(today())}
        }
    return Admission(
        contract,
        major,
        scope=RegionScope((state.provider.region,)),
        environment=resources.environment,
        schema_of=resources.schemas_at(registry_url).text,
        schema_id=ids[major],
        id_key=resources.hub_key.derive("event-id", resources.region),
        skipped_rules=state.skipped_rules,
        twins=Twins(contract, major, ids.__getitem__),
    )
