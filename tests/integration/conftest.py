"""What tests of workers share: a registry without contracts, and a worker of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.registry import running_registry
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.kafka.settings import KafkaSettings


@pytest.fixture(scope="session")
def registry_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve one for the whole run; each test registers under a name of its own."""
    folder = tmp_path_factory.mktemp("registry")
    schemas = folder / "none"
    schemas.mkdir()
    with running_registry(f"sqlite:///{folder / 'registry.sqlite'}", schemas) as url:
        yield url


@pytest.fixture
def worker(tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str) -> WorkerUnderTest:
    """Return what runs a worker on a contract, a topic and a table of the test's own."""
    return worker_under_test(tmp_path, kafka, registry_url, unique)
