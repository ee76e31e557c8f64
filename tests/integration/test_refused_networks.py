"""A partner's address that leads into the hub's own networks: refused, and nothing is sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from tests.support.http_feed import HttpFeed, http_feed
from tests.support.lanes import await_lane, readings
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.state import PartyState
from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.registry import RegistryClient
from lingqu_worker.networks import AddressRefusedError, Networks

pytestmark = pytest.mark.integration

IN_PRODUCTION = Networks()
LOOPBACK = ip_network("127.0.0.0/8")


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


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_an_endpoint_in_a_refused_network_hears_nothing_under_any_name(
    feed: HttpFeed, host: str
) -> None:
    feed.worker.networks = IN_PRODUCTION
    feed.agree(options={"url": f"http://{host}:{feed.partner.port}/events"})
    with feed.worker.running() as (loop, _):
        await_lane(loop, feed.name, "failed", "127.0.0.1: it lies in 127.0.0.0/8", "correct the")
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
            await_lane(loop, unique, "failed", "127.0.0.1: it lies in 127.0.0.0/8")
    assert heard == [b""]


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
