"""A partner's address that leads into the hub's own networks: refused, and nothing is sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from tests.faults.proxy import Line, to_socket
from tests.support.http_feed import HttpFeed, http_feed
from tests.support.lanes import await_lane, readings
from tests.support.ports import free_ports
from tests.support.tables import ask
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.state import PartyState
from lingqu.connect.samples import Lane
from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.registry import RegistryClient
from lingqu_connectors.kafka.options import KafkaSinkOptions
from lingqu_connectors.kafka.target import prepare
from lingqu_worker.networks import AddressRefusedError, Networks

pytestmark = pytest.mark.integration

IN_PRODUCTION = Networks()
LOOPBACK = ip_network("127.0.0.0/8")
REFUSED = "127.0.0.1: it lies in 127.0.0.0/8"
REFUSED_BY_NAME = "refused to partners"  # by ::1, where localhost is that as well


@pytest.fixture
def feed(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> Iterator[HttpFeed]:
    with http_feed(tmp_path, kafka, registry_url, unique) as made:
        made.worker.publish(readings(0, 5))
        yield made


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Yield a port of this machine, and all that was said to it once the block has ended."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            peer, _ = server.accept()
            with peer:
                heard.append(peer.recv(1_024))

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(10)


@contextmanager
def uncalled() -> Iterator[int]:
    """Yield a port of this machine at which nobody knocks until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_an_endpoint_in_a_refused_network_hears_nothing_under_any_name(
    feed: HttpFeed, host: str
) -> None:
    feed.worker.networks = IN_PRODUCTION
    feed.agree(options={"url": f"http://{host}:{feed.partner.port}/events"})
    with feed.worker.running() as (loop, _):
        await_lane(loop, feed.name, "failed", REFUSED, "correct the")
    assert feed.partner.log == []


def test_an_endpoint_that_the_operator_allows_is_served(feed: HttpFeed) -> None:
    feed.worker.networks = Networks(allowed=[LOOPBACK])
    feed.agree()
    with feed.worker.running():
        feed.await_taken(5)


def test_a_source_in_a_refused_network_hears_nothing(worker: WorkerUnderTest, unique: str) -> None:
    worker.networks = IN_PRODUCTION
    with listening() as (port, heard):
        options = {"url": f"http://localhost:{port}/rows"}
        sides = {"provider": PartyState("south", "44"), "recipient": PartyState("north", "43")}
        worker.agree(unique, connector="http-source", options=options, **sides)
        with worker.running() as (loop, _):
            await_lane(loop, unique, "failed", REFUSED)
    assert heard == [b""]


@pytest.mark.parametrize("place", ["u@localhost:{}/x", "u@/x?host=127.0.0.1:{0}&host=absent:{0}"])
def test_a_database_in_a_refused_network_is_not_called(
    worker: WorkerUnderTest, unique: str, place: str
) -> None:
    worker.networks = IN_PRODUCTION
    with uncalled() as port:
        options = {"url": f"postgresql://{place.format(port)}", "table": "reading"}
        worker.agree(unique, connector="database-sink", options=options)
        with worker.running() as (loop, _):
            await_lane(loop, unique, "failed", REFUSED_BY_NAME)


def test_a_socket_file_of_this_machine_is_refused_as_its_loopback_is(
    worker: WorkerUnderTest, unique: str, postgres_url: str
) -> None:
    worker.networks = IN_PRODUCTION
    options = {"url": postgres_url, "table": "reading"}
    worker.agree(unique, connector="database-sink", options=options)
    with worker.running() as (loop, _):
        await_lane(loop, unique, "failed", REFUSED)
    assert not ask(postgres_url, "SELECT 1 FROM pg_tables WHERE tablename LIKE 'lingqu%'")


def test_a_database_that_may_be_called_is_found_by_any_name_that_is_known(
    worker: WorkerUnderTest, unique: str, postgres_url: str
) -> None:
    worker.networks = Networks(allowed=[LOOPBACK, ip_network("::1/128")])
    there = make_url(postgres_url)
    (port,) = free_ports(1)
    line = Line(to_socket(f"{there.query['host']}/.s.PGSQL.5432"), port)
    hosts = f"host=absent.invalid:1&host=localhost:{port}"
    url = f"postgresql://postgres@/{there.database}?{hosts}"
    options = {"url": url, "table": "reading", "mode": "append"}
    worker.agree(unique, connector="database-sink", options=options)
    worker.publish(readings(0, 5))
    with worker.running():
        wait_until(lambda: ask(postgres_url, "SELECT 1 FROM pg_tables WHERE tablename = 'reading'"))
        wait_until(lambda: len(ask(postgres_url, "SELECT 1 FROM reading")) == 5)
    line.close()


def test_a_cluster_in_a_refused_network_is_not_called(worker: WorkerUnderTest, unique: str) -> None:
    worker.networks = IN_PRODUCTION
    with uncalled() as port:
        there = {"bootstrap_servers": f"localhost:{port}"}
        worker.agree(f"{unique}-to", options=worker.kafka_options(**there))
        sides = {"provider": PartyState("south", "44"), "recipient": PartyState("north", "43")}
        worker.agree(f"{unique}-from", connector="kafka-source", options=there, **sides)
        with worker.running() as (loop, _):
            await_lane(loop, f"{unique}-to", "failed", REFUSED_BY_NAME)
            wait_until(lambda: REFUSED_BY_NAME in loop.problems.get(f"{unique}-from", ""))


def test_brokers_are_looked_at_where_the_cluster_says_they_are(kafka: KafkaSettings) -> None:
    """At 0.0.0.0 answers this machine as well, and its broker says that it is at 127.0.0.1."""
    port = kafka.bootstrap_servers.rpartition(":")[2]
    settings = KafkaSettings(bootstrap_servers=f"0.0.0.0:{port}")
    options = KafkaSinkOptions(
        bootstrap_servers=settings.bootstrap_servers, registry_url="http://registry.partner.example"
    )
    lane = Lane("partner-a", "trial.reading.v1").context(options)
    context = replace(lane, permit=Networks(refused=[LOOPBACK]).permit)
    with pytest.raises(AddressRefusedError, match=REFUSED):
        prepare(options, settings, context)


def test_a_partners_registry_in_a_refused_network_hears_nothing() -> None:
    refused = pytest.raises(AddressRefusedError)
    with listening() as (port, heard):
        url = f"http://localhost:{port}"
        with RegistryClient(url, permit=IN_PRODUCTION.permit) as registry, refused:
            registry.register("trial-value", '"string"')
    assert heard == [b""]


def test_a_registry_that_may_be_called_answers_as_ever(registry_url: str, unique: str) -> None:
    asked: list[str] = []
    with RegistryClient(registry_url, permit=asked.append) as registry:
        first = registry.register(f"{unique}-value", '"string"')
        assert registry.lookup(f"{unique}-value", '"string"') == first
        assert registry.schema(first)
    assert asked == ["127.0.0.1"], "one connection is kept, and asked about once"
